"""Every reason a row can be found wanting: its code, what it does to the row, and the sentence that mends it.

Knows no rule that leads to a reason, and nobody's data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Effect(StrEnum):
    """What a finding does to its row."""

    REJECTS = "rejects"
    CORRECTS = "corrects"
    DROPS = "drops"  # a contact
    FLAGS = "flags"  # the person is to be verified
    WARNS = "warns"  # something of the row was left out
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its effect and the sentence that tells a clerk how to mend it."""

    effect: Effect
    mend: str  # Indonesian; {found} is what stood there


def _reasons() -> Mapping[str, Reason]:
    e = Effect
    table = {
        # people: rejected
        "missing_nik": (e.REJECTS, "NIK kosong. Isi dengan 16 angka sesuai KTP."),
        "short_nik": (e.REJECTS, "NIK kurang dari 16 angka. Periksa KTP lalu lengkapi."),
        "long_nik": (e.REJECTS, "NIK lebih dari 16 angka. Periksa KTP lalu perbaiki."),
        "letters_in_nik": (e.REJECTS, "NIK memuat huruf atau tanda. Ganti dengan angka, misalnya huruf O menjadi 0."),
        "nik_without_serial": (e.REJECTS, "NIK berakhir 0000, padahal nomor urut mulai 0001. Periksa KTP."),
        "nik_stored_as_number": (
            e.REJECTS,
            "Lembar kerja menyimpan NIK sebagai angka sehingga digit ke-16 hilang. Ubah format kolom menjadi Teks, "
            "isi ulang NIK dari sumbernya, lalu ekspor lagi.",
        ),
        "impossible_date": (
            e.REJECTS,
            "Tanggal ini tidak ada atau tidak mungkin. Tulis HH/BB/TTTT sesuai KTP; di NIK tanggal lahir adalah "
            "angka ke-7 sampai ke-12 (perempuan: hari ditambah 40).",
        ),
        "missing_name": (e.REJECTS, "Nama kosong. Isi nama lengkap sesuai KTP."),
        "long_name": (e.REJECTS, "Nama lebih dari 120 huruf. Tulis namanya saja."),
        "unknown_region": (
            e.REJECTS,
            'Kode wilayah "{found}" tidak dikenal. Pakai kode Kemendagri sampai desa, misalnya 31.75.07.1003.',
        ),
        "outside_region": (e.REJECTS, 'Wilayah "{found}" bukan wilayah petugas yang mengimpor.'),
        "wrong_width": (
            e.REJECTS,
            "Jumlah kolom baris ini ({found}) berbeda dari judulnya. Beri tanda kutip pada isian yang memuat pemisah.",
        ),
        # people: second lines
        "dup_exact": (e.DUPLICATE, "Baris ini sama dengan baris sebelumnya. Hapus salah satu."),
        "dup_same_person": (e.DUPLICATE, "Orang ini sudah ada di berkas; isian barunya digabungkan. Cukup satu baris."),
        "dup_same_nik_other_name": (
            e.CONFLICT,
            "NIK {found} sudah dipakai nama lain. Yang pertama berlaku; putuskan di daftar konflik.",
        ),
        "put_right_by_hand": (
            e.CONFLICT,
            "Data NIK {found} sudah diperbaiki petugas dan berbeda dari berkas ini. Putuskan di daftar konflik.",
        ),
        # people: corrected
        "trailing_spaces": (e.CORRECTS, "Spasi berlebih dibuang."),
        "odd_characters": (e.CORRECTS, "Tanda yang tak terlihat dibuang."),
        "nik_spelling": (e.CORRECTS, "Pemisah di dalam nomor dibuang."),
        "phone_spelling": (e.CORRECTS, "Nomor HP ditulis ulang dengan awalan +62."),
        "phone_stored_as_number": (e.CORRECTS, "Nomor HP tersimpan sebagai angka; awalannya dipulihkan."),
        "number_cell": (e.CORRECTS, "Isian tersimpan sebagai angka; dibaca sebagai teks."),
        "date_cell": (e.CORRECTS, "Tanggal tersimpan sebagai sel tanggal; dibaca apa adanya."),
        "region_spelling": (e.CORRECTS, "Kode wilayah ditulis ulang dengan titik."),
        "email_spelling": (e.CORRECTS, "Penulisan alamat e-mail diseragamkan."),
        "cut_short": (e.CORRECTS, "Isian terlalu panjang; dipotong."),
        # people: accepted, but
        "bad_phone": (e.DROPS, "Nomor HP tidak benar, tidak disimpan. Tulis misalnya 081234567890."),
        "bad_email": (e.DROPS, "Alamat e-mail tidak benar, tidak disimpan. Tulis misalnya nama@contoh.id."),
        "chat_id_text": (e.DROPS, "Chat ID Telegram harus angka, bukan nama pengguna; tidak disimpan."),
        "birth_mismatch": (e.FLAGS, "Tanggal lahir tidak cocok dengan NIK. Cocokkan dengan KTP."),
        "gender_mismatch": (e.FLAGS, "Jenis kelamin tidak cocok dengan NIK. Cocokkan dengan KTP."),
        "unknown_programme": (e.WARNS, 'Program "{found}" tidak dikenal. Pakai salah satu: {programmes}.'),
        "unknown_status": (e.WARNS, 'Status "{found}" tidak dikenal. Pakai salah satu: {statuses}.'),
        "unknown_gender": (e.WARNS, 'Jenis kelamin "{found}" tidak dikenal, dilewati. Tulis L atau P.'),
        "unknown_language": (e.WARNS, 'Bahasa "{found}" tidak dikenal; dipakai bahasa Indonesia (id).'),
        "unknown_channel": (e.WARNS, 'Saluran "{found}" tidak dikenal, dilewati. Tulis sms, telegram atau email.'),
        "bad_kk": (e.WARNS, "Nomor KK bukan 16 angka, tidak disimpan. Periksa kartu keluarga."),
        "kk_stored_as_number": (e.WARNS, "Nomor KK tersimpan sebagai angka sehingga rusak, tidak disimpan."),
        "absent": (e.ABSENT, "{found} ada di daftar tetapi tidak ada di berkas ini; tidak dihapus."),
        # rounds
        "missing_cell": (e.REJECTS, "Isian ini wajib. Lengkapi lalu impor lagi."),
        "long_cell": (e.REJECTS, "Isian ini terlalu panjang (paling banyak {found} huruf)."),
        "bad_code": (
            e.REJECTS,
            'Kode "{found}" tidak benar: huruf, angka, titik, garis; tanpa spasi; paling banyak 48.',
        ),
        "bad_time": (e.REJECTS, 'Waktu "{found}" tidak terbaca. Tulis TTTT-BB-HH JJ:MM, waktu setempat.'),
        "closes_before_opens": (e.REJECTS, "SELESAI tidak sesudah MULAI. Perbaiki salah satu."),
        "bad_amount": (e.REJECTS, 'Nominal "{found}" bukan jumlah rupiah. Tulis angka saja, misalnya 200000.'),
        "unknown_method": (e.REJECTS, 'Metode "{found}" tidak dikenal. Pakai salah satu: {methods}.'),
        "unknown_state": (e.REJECTS, 'Status "{found}" tidak dikenal. Tulis BUKA atau BATAL, atau kosongkan.'),
        "dup_round": (e.CONFLICT, "Kode ini sudah ada di baris sebelumnya dengan isi lain. Yang pertama berlaku."),
        "amount_spelling": (e.CORRECTS, "Penulisan nominal diseragamkan."),
        "unknown_point": (e.REJECTS, 'Titik "{found}" tidak ada. Periksa kodenya atau impor titiknya dahulu.'),
        # points
        "bad_degrees": (e.REJECTS, 'Koordinat "{found}" tidak benar. Tulis derajat desimal, misalnya -6.2347.'),
        "bad_capacity": (e.REJECTS, 'Kapasitas "{found}" bukan jumlah orang. Tulis angka saja, atau kosongkan.'),
        "bad_hours": (
            e.REJECTS,
            'Jam buka "{found}" tidak terbaca. Tulis misalnya Sen-Jum 08:00-15:00; Sab 08:00-12:00.',
        ),
        "unknown_point_state": (e.REJECTS, 'Status "{found}" tidak dikenal. Tulis BUKA atau TUTUP, atau kosongkan.'),
        # statuses
        "unknown_nik": (e.REJECTS, "NIK {found} tidak ada di daftar penerima. Impor penerimanya dahulu."),
        "unknown_round": (e.REJECTS, 'Penyaluran "{found}" tidak ada. Periksa kodenya atau impor dahulu.'),
        "illegal_status": (e.REJECTS, "Status tidak mungkin berubah begitu: {found}."),
        "not_invited": (e.REJECTS, "Orang ini tidak DITETAPKAN untuk program dan wilayah penyaluran itu."),
        "older_status": (e.REJECTS, "Ada catatan yang lebih baru ({found}); baris ini dilewati."),
        "future_status": (
            e.REJECTS,
            "Tanggal {found} belum tiba. Tulis hari kejadiannya, atau kosongkan untuk hari ini.",
        ),
        # visits
        "bad_visit_code": (e.REJECTS, 'Kode "{found}" salah tulis. Salin dari daftar kunjungan, misalnya K-222KQ7.'),
        "unknown_visit": (e.REJECTS, "Kode ini tidak ada di daftar kunjungan wilayah Anda. Periksa daftarnya."),
        "unknown_result": (
            e.REJECTS,
            'Hasil "{found}" tidak dikenal. Tulis diberitahu, tidak ada, pindah, atau meninggal.',
        ),
        "impossible_visit_day": (e.REJECTS, "Tanggal {found} belum tiba atau lebih dari setahun lalu. Perbaiki."),
        "not_visited": (e.WARNS, "Hasil kosong: belum dikunjungi, dilewati. Isi setelah dikunjungi."),
        "visit_moved": (e.FLAGS, "Dilaporkan pindah. Cocokkan data penerima; haknya tidak diubah."),
        "visit_died": (e.FLAGS, "Dilaporkan meninggal. Cocokkan data penerima; haknya tidak diubah."),
    }
    return MappingProxyType({code: Reason(effect, mend) for code, (effect, mend) in table.items()})


REASONS: Mapping[str, Reason] = _reasons()

"""What each fact and filter of a template is, in Indonesian, by its English meaning. A test holds it against both."""

from collections.abc import Mapping
from types import MappingProxyType

IN_A_ROUND = ", when there is a round"
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        # facts
        "who we are, as the configuration names the service": "siapa kami, seperti nama layanan di konfigurasi",
        "whether the line this leaves on can be answered": "apakah jalur ini dapat dibalas",
        "time zone of the reader or the round; dates and hours are said in it": (
            "zona waktu pembaca atau penyaluran; tanggal dan jam disebut menurutnya"
        ),
        "the code by which citizens check that the message is ours": "kode untuk memeriksa bahwa pesan ini dari kami",
        "the citizen's name": "nama warga",
        "short name of the programme": "nama pendek program",
        "full name of the programme": "nama lengkap program",
        "what it is paid for": "untuk masa apa bantuan ini",
        "where to come": "ke mana harus datang",
        "address of the place": "alamat tempatnya",
        "first moment it can be fetched": "sejak kapan dapat diambil",
        "last moment it can be fetched": "sampai kapan dapat diambil",
        "rupiah; empty for goods": "rupiah; kosong untuk barang",
        "how it is paid": "cara penyalurannya",
        "what to bring or to know": "apa yang perlu dibawa atau diketahui",
        "code of the round": "kode penyaluran",
        "number of the ticket": "nomor aduan",
        "number of the ticket, when it is about one": "nomor aduan, kalau tentang aduan",
        "what the ticket is about": "tentang apa aduannya",
        "what the citizen wrote": "yang ditulis warga",
        "until when we promised to answer": "sampai kapan kami berjanji menjawab",
        "which promise": "janji yang mana",
        "when the promise ends": "kapan janji itu berakhir",
        "how often it was escalated": "berapa kali dieskalasi",
        "page of the ticket": "halaman aduan",
        "where it was to be, if that changed": "tempat sebelumnya, kalau berubah",
        "when it was to open, if that changed": "waktu buka sebelumnya, kalau berubah",
        "when it was to close, if that changed": "waktu tutup sebelumnya, kalau berubah",
        "whether the round does not take place": "apakah penyaluran dibatalkan",
        "whether it was posted with another date or place before": (
            "apakah sebelumnya diumumkan dengan tanggal atau tempat lain"
        ),
        "what the benefit has become": "status bantuan sekarang",
        "why, as the payment record says": "alasannya menurut catatan pembayaran",
        "how many changes there are": "berapa perubahannya",
        "all of them, one a line": "semuanya, satu per baris",
        "all of them in one line; empty when that does not fit an SMS": (
            "semuanya dalam satu baris; kosong kalau tidak muat dalam satu SMS"
        ),
        "what the office tells, as it was written and approved with the plan": (
            "yang disampaikan kantor, seperti ditulis dan disetujui bersama rencananya"
        ),
        "what we answer": "jawaban kami",
        "how it was settled": "bagaimana diselesaikan",
        "how it stands; empty for who is not known for its reporter": (
            "keadaannya; kosong bagi yang tidak dikenal sebagai pelapor"
        ),
        "until when something happens": "sampai kapan akan ada kabar",
        "why the reporter's identity was opened": "mengapa identitas pelapor dibuka",
        "what was asked: schedule, place, documents, amount, status, how_to_complain, register, genuine": (
            "yang ditanyakan: schedule (jadwal), place (tempat), documents (berkas), amount (jumlah), status, "
            "how_to_complain (cara lapor), register (daftar), genuine (keaslian)"
        ),
        "the public status, when that was asked": "status untuk umum, kalau itu yang ditanyakan",
        "an answer in words, when there is one": "jawaban dalam kata-kata, kalau ada",
        "what the code is: real, changed, cancelled, false, missing": (
            "hasil pemeriksaan kode: real (asli), changed (berubah), cancelled (batal), false (palsu), "
            "missing (tidak ada)"
        ),
        "the code that was asked about": "kode yang ditanyakan",
        "what kind of message has it": "jenis pesan yang memakai kode itu",
        "when that message was sent": "kapan pesan itu dikirim",
        "whether the person is silenced everywhere: yes or empty": "apakah berhenti di semua jalur: yes atau kosong",
        "megabytes a file may have": "ukuran berkas paling besar, dalam megabita",
        "what is said next in a conversation": "yang dikatakan berikutnya dalam percakapan",
        "the answers that can be given by a number; empty where they hang below as buttons": (
            "jawaban yang dapat diberikan dengan angka; kosong kalau tergantung di bawah sebagai tombol"
        ),
        "how the ticket begins": "awal isi aduan",
        "what staff have to look at": "yang perlu dilihat petugas",
        "the figures, when there are some": "angkanya, kalau ada",
        "page to open": "halaman yang dibuka",
        "page to say it, by mail; ?nilai=5 chooses": "halaman penilaian, lewat surel; ?nilai=5 memilihkan",
        "number of the broadcast": "nomor siaran",
        "why it stopped, with the figures": "mengapa berhenti, dengan angkanya",
        "page of the broadcast": "halaman siaran",
        "name of the line": "nama jalur",
        "name of the webhook": "nama webhook",
        "why it was switched off": "mengapa dimatikan",
        "what is wrong with it": "apa masalahnya",
        "whether the trouble is over": "apakah masalahnya sudah selesai",
        "words to try": "kata-kata yang dicoba",
        # filters
        "full date: Senin, 7 Desember 2026": "tanggal lengkap: Senin, 7 Desember 2026",
        "short date: 7 Des 2026": "tanggal pendek: 7 Des 2026",
        "day and month: 7 Des": "hari dan bulan: 7 Des",
        "hour with its zone: 08.00 WIB": "jam dengan zonanya: 08.00 WIB",
        "hour alone: 08.00": "jam saja: 08.00",
        "an amount: Rp200.000": "jumlah uang: Rp200.000",
        "at most so many characters: Kelurahan becomes Kel., then the end is left off": (
            "paling banyak sekian huruf: Kelurahan menjadi Kel., lalu akhirnya dipotong"
        ),
        "what stands for a code: Bantuan belum diterima": "arti sebuah kode: Bantuan belum diterima",
        "keeps line breaks in e-mail HTML": "mempertahankan baris baru dalam HTML surel",
    }
)


def meant(meaning: str, tongue: str) -> str:
    """A meaning in the reader's language."""
    if tongue == "en":
        return meaning
    bare = meaning.removesuffix(IN_A_ROUND)
    return MEANINGS.get(bare, bare) + (", kalau ada penyaluran" if bare != meaning else "")

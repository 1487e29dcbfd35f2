"""The rules of the checker in the words of the staff: code → what is wrong and how it is mended, in Indonesian.

English readers get the checker's own sentences, which name the same places. A test holds this table against the rules.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from notifier.render import Finding

# code → (what is wrong, how it is mended); {0} is the word the checker names, {1} what it proposes
RULES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "syntax": (
            "Tulisan ini tidak terbaca sebagai templat.",
            "Fakta ditulis {{{{ name }}}}, syarat ditulis {{% if note %}}…{{% endif %}}.",
        ),
        "unknown_tag": ("Tidak ada perintah “{0}”.", "Pakai {{% if … %}} {{% elif … %}} {{% else %}} {{% endif %}}."),
        "unknown_fact": ("Tidak ada fakta bernama “{0}”.", "{1}"),
        "unknown_filter": ("Tidak ada saringan bernama “{0}”.", "{1}"),
        "unknown_test": ("Tidak ada uji bernama “{0}”.", "{1}"),
        "argument": ("Saringan ini diberi isi kurung yang salah.", "Tulis seperti {1}"),
        "no_else": ("“if” di dalam {{{{ }}}} perlu “else”.", "Tulis {{{{ a if b else c }}}}."),
        "disallowed": ("Ini tidak boleh ada di dalam templat.", "Pakai fakta, saringan dan {{% if %}} saja."),
        "too_deep": ("Terlalu banyak syarat di dalam syarat.", "Pisahkan menjadi beberapa syarat pendek."),
        "too_long": ("Tulisannya terlalu panjang.", "Persingkat."),
        "odd_character": ("Ada huruf kendali yang tidak terlihat di sini.", "Hapus."),
        "compile": ("Templat ini tidak dapat disiapkan.", "Sederhanakan kalimatnya."),
        "fails": (
            "Dengan salah satu contoh orang, pesan ini tidak dapat disusun.",
            "Tanyakan dahulu fakta yang boleh kosong dengan {{% if %}}.",
        ),
        "personal_data": ("NIK atau nomor KK tidak pernah ditulis di dalam pesan.", "Hapus."),
        "left_over": ("Warga akan membaca tanda kurung ini apa adanya.", "Fakta ditulis {{{{ name }}}}."),
        "unformatted": ("“{0}” belum ditulis seperti orang membacanya.", "{1}"),
        "wrong_filter": ("Saringan ini bukan untuk fakta itu.", "Pilih saringan yang cocok dari daftar di bawah."),
        "may_be_empty": ("“{0}” boleh kosong.", "Tulis {{% if {0} %}}…{{% endif %}} di sekelilingnya."),
        "says_nothing": ("Belum ada isinya.", "Tulis pesannya."),
        "missing_part": ("Ada bagian yang belum ditulis.", "Tulis bagian itu juga."),
        "segments": (
            "Dengan fakta yang panjang, ini lebih dari satu SMS.",
            "Persingkat, atau potong fakta seperti {{{{ name|singkat(18) }}}}.",
        ),
        "not_gsm": ("Huruf {0} tidak dikenal SMS dan menggandakan biayanya.", "Ganti dengan: {1}"),
        "link": ("Tautan ini bermasalah: alamatnya tidak utuh, atau jalur SMS membuang pesan bertautan.", "{1}"),
        "risky_word": ("Kata ini sering dianggap penipuan oleh jalur SMS.", "Pakai kata lain."),
        "amount": ("Jumlah uang sering dianggap penipuan oleh jalur SMS.", "Sebut tanpa jumlah."),
        "long_digits": ("Angka panjang sering dibuang oleh jalur SMS.", "Sebut dengan cara lain."),
        "telegram_html": ("Telegram akan menolak pesan ini karena kodenya.", "{1}"),
        "too_long_telegram": (
            "Pesan ini dapat melewati 4.096 huruf, batas Telegram.",
            "Potong fakta yang panjang dengan singkat.",
        ),
        "mail_html": ("Program surel akan menyembunyikan atau merusak ini.", "{1}"),
        "remote_image": (
            "Gambar dari luar diblokir dan memberi tahu orang lain siapa yang membaca.",
            "Katakan dengan kata-kata.",
        ),
        "unquoted": ("Fakta di dalam tanda < > perlu diapit tanda kutip.", "{1}"),
        "subject_lines": ("Judul surel hanya satu baris.", "Gabungkan barisnya."),
        "long_subject": ("Judul ini dapat terpotong karena panjang.", "Persingkat."),
        "no_answer_word": (
            "Pertanyaan ini tidak menyebut jawabannya: YA atau TIDAK.",
            "Balas YA kalau sudah, TIDAK kalau belum.",
        ),
        "cannot_answer": (
            "Jalur yang tidak dapat dibalas tidak bisa ditanyai.",
            "Apit ajakan membalas dengan {{% if replies %}}…{{% endif %}}.",
        ),
        "no_code": (
            "Pesan ini tidak menyebut kodenya: warga tidak dapat memeriksa keasliannya.",
            "Tambahkan ASLI {{{{ code }}}}.",
        ),
        "no_stop": ("Pesan ini tidak memberi tahu cara berhenti.", "Tambahkan STOP=berhenti."),
        "one_way": (
            "Ini meminta balasan juga di jalur yang tidak dapat dibalas.",
            "Apit dengan {{% if replies %}}…{{% endif %}}.",
        ),
        "relative_day": (
            "“{0}” salah bila pesan tiba sehari kemudian.",
            "Sebut tanggalnya: {{{{ opens_at|tanggal }}}}.",
        ),
        "invisible": ("Ada huruf yang tidak terlihat di sini.", "Hapus."),
        "fact_dropped": (
            "“{0}” tidak lagi disebut, padahal sekarang disebut.",
            "Pastikan warga tidak memerlukannya, atau kembalikan.",
        ),
        "fact_added": ("“{0}” baru disebut di sini.", "Lihat dengan semua contoh orang; sebut juga dalam bahasa lain."),
        "unknown_key": ("Halaman ini tidak punya kalimat itu.", "{1}"),
        "markup": ("Tanda < atau > akan terbaca apa adanya.", "Katakan dengan kata-kata."),
        "lexicon": ("Kata tambahan ini tidak terbaca: {0}", "{1}"),
    }
)
_NAMED = tuple(map(re.compile, (r'"([^"]{1,64})"', r"^('.{1,6}')", r"<(/?\w+)>", r"^(\w+) (?:can't|may|is)\b")))


def sentence(finding: Finding, tongue: str) -> str:
    """What a finding says to a colleague, with how it is mended."""
    rule = RULES.get(finding.code)
    if tongue == "en" or rule is None:
        return f"{finding.message} {finding.suggestion}".rstrip()
    found = next((seen for pattern in _NAMED if (seen := pattern.search(finding.message))), None)
    named = found[1] if found else ""
    if finding.code == "lexicon":
        named = finding.message
    proposed = finding.suggestion.replace("Did you mean", "Maksudnya").replace("There are:", "Yang ada:")
    proposed = proposed.replace("Write ", "Tulis ").replace("Use ", "Pakai ").replace("Delete it.", "hapus saja")
    return " ".join(piece.format(named, proposed) for piece in rule).rstrip()

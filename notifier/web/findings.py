"""What the checker says, in the words of the staff: each sentence about what is wrong, and each about how it is mended.

English readers get the checker's own sentences. A test holds these tables against every rule of the checker, so that no
sentence is told half in one language and half in another.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from notifier.render import Finding
from notifier.web.language import word
from notifier.web.meanings import meant

_Said = str | Callable[[re.Match[str]], str]

# what a template can't hold
_HELD: Mapping[str, str] = MappingProxyType(
    {
        "a loop (for)": "pengulangan (for)",
        "a call with ( )": "panggilan dengan ( )",
        "an attribute after a dot": "sifat sesudah titik",
        "an item in [ ]": "isi dalam [ ]",
        "an assignment (set)": "penetapan (set)",
        "arithmetic": "hitungan",
        "joining with ~": "sambungan dengan ~",
        "a list or table": "daftar atau tabel",
        "another template (include)": "templat lain (include)",
        "another template (extends)": "templat lain (extends)",
        "another template (import)": "templat lain (import)",
        "a macro": "makro",
        "a call block": "blok panggilan",
        "a filter block": "blok saringan",
        "a block": "blok",
        "a with block": "blok {% with %}",
    }
)
_WHAT: Mapping[str, str] = MappingProxyType({"fact": "fakta", "filter": "saringan", "test": "uji"})


def _unreadable(found: re.Match[str]) -> str:
    """What the reader of templates stumbled over, as far as it can be told."""
    why = found[1]
    if why.startswith("Unexpected end of template"):
        return "Ada {% if %} yang belum ditutup."
    odd = re.match(r"(?:unexpected|expected token '.*', got) '(.*)'", why)
    if odd:
        return f"Tulisan ini tidak terbaca sebagai templat: “{odd[1]}” tidak pada tempatnya."
    return "Tulisan ini tidak terbaca sebagai templat."


# what is wrong: the checker's sentence → ours
MESSAGES: tuple[tuple[str, _Said], ...] = (
    (r"(?:The template|This) has (\d+) characters; at most (\d+) are read\.", r"Ada \1 huruf; paling banyak \2."),
    (
        r"There is an invisible control character \((.*)\) here\.",
        r"Ada huruf kendali yang tidak terlihat (\1) di sini.",
    ),
    (r"There is an invisible character \((.*)\) here\.", r"Ada huruf yang tidak terlihat (\1) di sini."),
    (r"Too many .* lie within each other\.", "Terlalu banyak syarat atau kurung di dalam yang lain."),
    (r"A number can't be read: .*", "Ada angka yang terlalu panjang untuk dibaca."),
    (r'There is no tag "(.*)"\.', r"Tidak ada perintah “\1”."),
    (r"This can't be read as a template: (.*)\.", _unreadable),
    (r"A template can't hold (.*)\.", lambda m: f"Templat tidak boleh berisi {_HELD.get(m[1], m[1])}."),
    (r"An if within \{\{ \}\} needs its else\.", "“if” di dalam {{ }} perlu “else”."),
    (r"A filter stands after what it changes\.", "Saringan berdiri sesudah fakta yang diubahnya."),
    (
        r"singkat needs one number from (\d+) to (\d+): .*",
        r"singkat perlu satu angka, \1 sampai \2: berapa huruf yang boleh tinggal.",
    ),
    (r"(\w+) takes nothing in brackets\.", r"\1 tidak memakai kurung."),
    (r"A NIK, family card, .*", "NIK, nomor KK, rekening atau telepon tidak pernah ditulis di dalam pesan."),
    (r"This long number looks like .* \((.*)\)", r"Angka panjang ini mirip nomor telepon atau rekening orang (\1)."),
    (r'"(.*)" is read in several ways, .*', r"“\1” dapat dibaca lain, dan tetap begitu bila tanggalnya berubah."),
    (r'"(.*)" is hard to read, .*', r"“\1” sulit dibaca, dan tetap begitu bila jumlahnya berubah."),
    (r"These 16 digits look like a NIK, .*", "16 angka ini mirip NIK, yang tidak pernah ditulis di sini."),
    (r'There is no (fact|filter|test) "(.*)" here\.', lambda m: f"Tidak ada {_WHAT[m[1]]} bernama “{m[2]}” di sini."),
    (r"(\w+) can't be read by people as it is\.", r"“\1” belum ditulis seperti orang membacanya."),
    (r"(\w+) is not for (\w+): .*", r"Saringan “\1” bukan untuk “\2”."),
    (r"[\w, ]+(?:line \d+|can't be compiled).*", "Templat ini tidak dapat disiapkan."),
    (r'With the sample "(\w+)": .*', lambda m: f"Dengan contoh orang “{_of(m[1])}” pesan ini tidak dapat disusun."),
    (r"(\w+) may be empty: (.*)\.", lambda m: f"“{m[1]}” boleh kosong: {meant(m[2], 'id')}."),
    (r"This says nothing\.", "Belum ada isinya."),
    (r"The subject can have (\d+) characters\.", r"Judul ini dapat mencapai \1 huruf; kebanyakan program memotongnya."),
    (r"This can have (\d+) characters, Telegram takes (\d+)\.", r"Ini dapat mencapai \1 huruf; Telegram menerima \2."),
    (r"This does not carry its code: .*", "Pesan ini tidak menyebut kodenya: warga tidak dapat memeriksa keasliannya."),
    (
        r'With the sample "(\w+)" this costs (\d+) SMS \((\d+) characters; one has 160\)\.',
        lambda m: f"Dengan contoh orang “{_of(m[1])}” ini menjadi {m[2]} SMS ({m[3]} huruf; satu SMS 160).",
    ),
    (
        r'With the longest facts "(.*)" costs (\d+) SMS \((\d+) characters; one has 160\)\.',
        r"Dengan fakta terpanjang “\1” menjadi \2 SMS (\3 huruf; satu SMS 160).",
    ),
    (
        r'Two choices of "(.*)" are both called "(.*)": .*',
        r"Dua pilihan pada “\1” sama-sama bernama “\2”: tidak dapat dibedakan.",
    ),
    (r'Telegram takes "<" for a broken tag .*', "Telegram membaca “<” sebagai kode rusak dan menolak pesan ini."),
    (r"Telegram refuses (\S+) here: no closing tag is due\.", r"Telegram menolak \1 di sini: tidak ada yang ditutup."),
    (r"Telegram refuses (\S+) here: (\S+) is due\.", r"Telegram menolak \1 di sini: seharusnya \2."),
    (r"(\S+) is never closed, so Telegram refuses it\.", r"\1 tidak ditutup, sehingga Telegram menolaknya."),
    (r"Telegram does not know (\S+) and refuses the message\.", r"Telegram tidak mengenal \1 dan menolak pesan ini."),
    (r"(\S+) can't have (\S+) on Telegram\.", r"Di Telegram \1 tidak boleh memakai \2."),
    (r"A link needs its whole address\.", "Alamat tautan harus lengkap."),
    (r"(\S+) is never closed\.", r"\1 tidak ditutup."),
    (r"Mail programs drop (\S+), and .*", r"Program surel membuang \1, dan pembaca mencurigai surel seperti itu."),
    (r"(\S+) closes nothing that is open here\.", r"\1 tidak menutup apa pun di sini."),
    (r"(\S+) runs a script, which no mail program does\.", r"\1 menjalankan skrip; tidak ada program surel yang mau."),
    (r"Remote pictures are blocked, .*", "Gambar dari luar diblokir dan memberi tahu orang lain siapa yang membaca."),
    (r"The question does not say that (\w+) is an answer\.", r"Pertanyaan ini tidak menyebut bahwa \1 adalah jawaban."),
    (r"This asks for an answer also on .*", "Ini meminta balasan juga di jalur yang tidak dapat dibalas."),
    (r"This asks YA or TIDAK also on .*", "Ini menanyakan YA atau TIDAK juga di jalur yang tidak dapat dibalas."),
    (r"This does not say how to stop .*", "Pesan ini tidak memberi tahu cara berhenti."),
    (r"Citizens would read '(.*)' as it stands here\.", r"Warga akan membaca “\1” apa adanya."),
    (r'"(.*)" is wrong when the message arrives .*', r"“\1” salah bila pesan tiba sehari kemudian."),
    (r"A subject is one line\.", "Judul surel hanya satu baris."),
    (r"A fact inside a tag needs quotes .*", "Fakta di dalam tanda < > perlu diapit tanda kutip."),
    (r"['\"](.*)['\"] is not in the alphabet of SMS .*", r"Huruf “\1” tidak dikenal SMS dan menggandakan biayanya."),
    (r"Some SMS routes drop messages with links\. \((.*)\)", r"Ada jalur SMS yang membuang pesan bertautan (\1)."),
    (r"Some SMS routes take this word for fraud\. \((.*)\)", r"Ada jalur SMS yang menganggap “\1” penipuan."),
    (r"Some SMS routes take amounts for fraud\.(?: \((.*)\))?", "Ada jalur SMS yang menganggap jumlah uang penipuan."),
    (r"Some SMS routes drop messages with long numbers\. \((.*)\)", r"Ada jalur SMS yang membuang angka panjang (\1)."),
    (r"(\w+) needs the part (\w+) in this language too\.", r"\1 memerlukan bagian \2 juga dalam bahasa ini."),
    (r"(\w+) is no longer said: readers would not learn (.*)\.", lambda m: f"“{m[1]}” tidak lagi disebut: {_mean(m)}."),
    (r"(\w+) is new here: (.*)\.", lambda m: f"“{m[1]}” baru disebut di sini: {_mean(m)}."),
    # pages, conversations, answers
    (r"This can't be read: .*", "Baris ini tidak terbaca."),
    (r'There is no sentence "(.*)" here\.', r"Di sini tidak ada kalimat bernama “\1”."),
    (r"(\S+) says nothing\.", r"“\1” belum berisi."),
    (r"(\S+) has no (\S+): a question and its answer .*", r"“\1” tanpa “\2”: pertanyaan dan jawabannya berpasangan."),
    (r"(\S+) comes after no (\S+): .*", r"“\1” tidak didahului “\2”, sehingga tidak tampil."),
    (r"What stands in braces in (\S+) is filled in by us\.", r"Yang berada dalam kurung kurawal pada “\1” kami isi."),
    (r"(\S+) has < or >: .*", r"“\1” berisi < atau >, yang terbaca apa adanya."),
    (r"The first line, by which .*", "Baris pertama, judul untuk petugas, masih kosong."),
    (
        r"The title in the first line has (\d+) characters; at most (\d+) are shown\.",
        r"Judul di baris pertama \1 huruf; paling banyak \2.",
    ),
    (r"This has a title and no words: .*", "Ini hanya judul tanpa isi: tidak ditawarkan lagi."),
    # the words we understand
    (r"the additions have (\d+) characters, at most (\d+) are read\.", r"Ada \1 huruf; paling banyak \2."),
    (r"this can't be read: .*", "Baris ini tidak terbaca."),
    (r"too many brackets lie within each other\.", "Terlalu banyak kurung di dalam yang lain."),
    (r"(\S+) is no (?:section|table)\.", r"Tidak ada bagian bernama “\1”."),
    (r"(\S+) is no text\.", r"“\1” bukan teks."),
    (r"(\S+) is no shipped key\.", r"Tidak ada kata bawaan bernama “\1”."),
    (r'(\S+) names "(.*)", which is not among its shipped words\.', r"“\2” bukan kata bawaan dari “\1”."),
    (r"(\S+) would leave nothing of it\.", r"“\1” akan mematikan semua polanya."),
    (r"concepts is missing or empty\.", "Bagian concepts kosong."),
    (r"(\S+) is unknown\.", r"“\1” tidak dikenal."),
    (r"(\S+) names (\S+), which is no concept\.", r"“\1” menyebut “\2”, padahal tidak ada konsep itu."),
    (r"concept (\S+) uses (\S+), which is not defined\.", r"Konsep “\1” memakai \2, yang tidak ada."),
    (r"concepts are built on each other in a circle: (.*)\.", r"Konsep-konsep ini saling memakai berputar: \1."),
    (r'concept (\S+) has a pattern without words: "(.*)"\.', r"Konsep “\1” punya pola tanpa kata: “\2”."),
    (r"(\S+) lists no spellings\.", r"“\1” tanpa ejaan."),
    (r'(\S+) has "(.*)"\.', r"“\1” berisi “\2”, yang bukan pasangan kata."),
)
# how it is mended; what is no sentence is written as it stands
MENDS: tuple[tuple[str, _Said], ...] = (
    (r"Say it in fewer words\.", "Persingkat."),
    (r"Delete it\.", "Hapus."),
    (r"Delete it, or open (\S+) before\.", r"Hapus, atau buka \1 sebelumnya."),
    (r"Leave (?:it|braces) out\.", "Hapus."),
    (r"Leave it out, unless it is an office's\.", "Hapus, kecuali nomor kantor."),
    (r"Say the amount: (.*)\.", r"Sebut jumlahnya: \1."),
    (r"Take some of them apart\.", "Pisahkan menjadi beberapa syarat pendek."),
    (r"The tags there are: (.*)\.", r"Yang ada: \1."),
    (
        r"Facts are written (\{\{ name \}\}), conditions (.*)\.",
        r"Fakta ditulis \1, syarat ditulis \2.",
    ),
    (r"Facts are written (.*)\.", r"Fakta ditulis \1."),
    (r"Use facts, filters and \{% if %\} only\.", "Pakai fakta, saringan dan {% if %} saja."),
    (r"Use (<.*)\.", r"Pakai \1."),
    (r"Use one of (.*)\.", r"Pakai salah satu: \1."),
    (r"Write (.*), or (.*)\.", r"Tulis \1, atau \2."),
    (r'Did you mean "(.*)"\? There are: (.*)\.', r"Maksudnya “\1”? Yang ada: \2."),
    (r"There are: (.*)\.", r"Yang ada: \1."),
    (r"Write (\{% if .*) round it and what goes with it\.", r"Tulis \1 di sekelilingnya dan yang menyertainya."),
    (r"Write (\{% if .*) round (?:it|the question)\.", r"Apit dengan \1."),
    (r"Ask first, as in (.*)\.", r"Tanyakan dahulu seperti \1."),
    (r"Close tags in the order .*", "Tutup yang terakhir dibuka lebih dahulu."),
    (r"Write the message\.", "Tulis pesannya."),
    (r"Write the answer\.", "Tulis jawabannya."),
    (r"Write the answer below its title\.", "Tulis jawabannya di bawah judul."),
    (r"Write a title there\.", "Tulis judul di sana."),
    (r"Write it\.", "Tulis bagian itu juga."),
    (r"Write it in quotes\.", "Tulis di antara tanda kutip."),
    (r"Write it as it stands there\.", "Tulis persis seperti di sana."),
    (r'Write (\w+ = ".*"), one a line\.', r"Tulis \1, satu per baris."),
    (r"Write sections and keys.*", "Tulis bagian dan kata seperti contoh di atas."),
    (r"Write (\[\S+\]) and (?:its keys|a line such as (.*)) below\.", r"Tulis \1, lalu kata-katanya di bawahnya."),
    (r'Write key = "words"\.', 'Tulis kata = "ejaan".'),
    (r"Write two words, and a comma between pairs\.", "Tulis dua kata, dengan koma antara pasangan."),
    (r"Write (.*)\.", r"Tulis \1."),
    (r"Shorten it\.", "Persingkat."),
    (r"Cut long facts with singkat\.", "Potong fakta yang panjang dengan singkat, misalnya {{ note|singkat(80) }}."),
    (r"Say less, or cut facts as in (.*)\.", r"Persingkat, atau potong fakta seperti \1."),
    (r"Say it (?:in words|otherwise)\.", "Katakan dengan cara lain."),
    (r"Say the date: (.*)\.", r"Sebut tanggalnya: \1."),
    (r"Join the lines\.", "Gabungkan barisnya."),
    (r"Number them without a gap\.", "Beri nomor tanpa lompatan."),
    (r"Give each its own word\.", "Beri masing-masing kata sendiri."),
    (r"Keep (\{\{ \w+ \}\}), or drop it knowingly\.(?: (.*) still says? it\.)?", lambda m: _kept(m)),
    (r"Keep (\{.*)\.", r"Pertahankan \1."),
    (r"Keep at least one pattern\.", "Sisakan paling sedikit satu pola."),
    (r"It may be empty\. Say it in (.*) too\.", lambda m: f"Fakta ini boleh kosong. Sebut juga dalam {_in(m[1])}."),
    (r"Say it in (.*) too\.", lambda m: f"Sebut juga dalam {_in(m[1])}."),
    (r"It may be empty\.", "Fakta ini boleh kosong."),
    (r"Look at every sample before you publish\.", "Lihat semua contoh orang sebelum menerbitkan."),
    (r"Look it up in (\S+)\.", "Cocokkan dengan daftar kata bawaan."),
    (r"Name one, or take the line out\.", "Isi, atau hapus barisnya."),
    (r"Name at least one concept and its patterns\.", "Tulis paling sedikit satu konsep."),
    (r"Correct (?:it|its name)\.", "Betulkan namanya."),
    (r"Break it\.", "Putuskan lingkarannya."),
    (r"Complete it\.", "Lengkapi."),
)


def _mean(found: re.Match[str]) -> str:
    return meant(found[2], "id")


def _of(sample: str) -> str:
    return word("sample", sample, "id")


def _in(languages: str) -> str:
    return ", ".join(word("language", one, "id") for one in languages.split(", "))


def _kept(found: re.Match[str]) -> str:
    still = f" {_in(found[2])} masih menyebutnya." if found[2] else ""
    return f"Pertahankan {found[1]}, atau hapus dengan sengaja.{still}"


# what is about a message as a whole
_WHOLE = frozenset({"segments", "no_stop", "no_code", "no_answer_word", "says_nothing", "missing_part", "fact_dropped"})
_WHOLE |= {"too_long", "too_long_telegram", "long_subject", "fails", "compile", "not_offered"}
AROUND = 28  # characters of the source shown on either side of a mistake
_WORD = re.compile(r"\w+|</?\w*>?|\{[{%].{0,40}?[%}]\}|\S")
_MESSAGES = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in MESSAGES)
_MENDS = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in MENDS)


def sentence(finding: Finding, tongue: str) -> str:
    """What a finding says to a colleague, with how it is mended."""
    wrong, mend = finding.message, finding.suggestion
    if mend and not _is_sentence(mend):
        mend = f"Tulis: {mend}" if tongue != "en" else f"Write: {mend}"
    elif tongue != "en":
        mend = told(_MENDS, mend)
    return f"{wrong if tongue == 'en' else told(_MESSAGES, wrong)} {mend}".rstrip()


def told(table: tuple[tuple[re.Pattern[str], _Said], ...], said: str) -> str:
    """A sentence of the checker in Indonesian; one that nobody translated stays as it is."""
    for pattern, words in table:
        found = pattern.fullmatch(said)
        if found:
            return found.expand(words) if isinstance(words, str) else words(found)
    return said


def _is_sentence(mend: str) -> bool:
    """Whether it is said in words, rather than what is to be written."""
    return mend[-1] in ".?" and mend[:1].isupper() and not mend.startswith("Balas ")


def excerpt(source: str, finding: Finding) -> tuple[str, str, str]:
    """The piece of the source that a finding is about: before it, the word or tag itself, after it; nothing for one
    about the whole.
    """
    line, column = finding.line, finding.column
    if finding.code in _WHOLE:
        return "", "", ""
    row = (source.split("\n")[line - 1 : line] or [""])[0]
    at = min(column - 1, len(row))
    word = _WORD.match(row, at)
    stop = max(word.end() if word else at, at + 1)
    before, after = row[max(at - AROUND, 0) : at], row[stop : stop + AROUND]
    return f"{'…' if at > AROUND else ''}{before}", row[at:stop], f"{after}{'…' if len(row) > stop + AROUND else ''}"

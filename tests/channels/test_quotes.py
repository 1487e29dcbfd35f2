"""What a mail newly says, with the attributions, marks and signatures of the programs people really use."""

import email
import email.policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.quotes import new_words, passed_on

MAIL = Path(__file__).parents[1] / "data" / "mail"
QUOTE = "> Yth. penerima,\n>\n> Sudah terima bantuan? Balas YA atau TIDAK\n"
HEADS = (
    "Dari: Layanan Bansos <bansos@dinsos.test>\nDikirim: Rabu, 9 Desember 2026 09.00\nKepada: Siti\nPerihal: Bantuan\n"
)

ATTRIBUTIONS = {
    "gmail": "Pada Sel, 11 Agu 2026 pukul 09.15 Layanan Bansos <bansos@dinsos.test> menulis:",
    "gmail wrapped": "Pada Sel, 11 Agu 2026 pukul 09.15 Layanan Bansos <\nbansos@dinsos.test> menulis:",
    "gmail in three lines": "Pada Sel, 11 Agu 2026 pukul 09.15 Layanan Bansos Kemensos\n<bansos@dinsos.test>\nmenulis:",
    "gmail with narrow spaces": "Pada Sel, 11 Agu 2026 pukul\u202f09.15 Layanan\u00a0Bansos <b@dinsos.test> menulis:",
    "gmail without address": "Pada Rab, 9 Des 2026 pukul 09.00 Layanan Bansos menulis:",
    "gmail in right-to-left marks": "\u200ePada Rab, 9 Des 2026 pukul 09.00 Layanan Bansos menulis:\u200f",
    "gmail English": "On Tue, Aug 11, 2026 at 9:15\u202fAM Layanan Bansos <bansos@dinsos.test> wrote:",
    "gmail English wrapped": "On Tue, Aug 11, 2026 at 9:15 AM Layanan Bansos <bansos@dinsos.test>\nwrote:",
    "yahoo": "Pada Selasa, 11 Agustus 2026 pukul 09.15.00 WIB, Layanan Bansos <b@dinsos.test> menulis: ",
    "yahoo English": "On Tuesday, August 11, 2026, 09:15:00 AM GMT+7, Layanan Bansos <b@dinsos.test> wrote:",
    "apple": "Pada 11 Agu 2026, pukul 09.15, Layanan Bansos <bansos@dinsos.test> menulis:",
    "apple English": "On 11 Aug 2026, at 09.15, Layanan Bansos <bansos@dinsos.test> wrote:",
    "thunderbird": "Pada 11/08/26 09.15, Layanan Bansos menulis:",
    "thunderbird English": "On 11/08/2026 09:15, Layanan Bansos wrote:",
    "address first": "Layanan Bansos <bansos@dinsos.test> menulis pada Sel, 11 Agu 2026:",
    "roundcube": "Pada 2026-08-11 09:15, Layanan Bansos menulis:",
    "gmail on a phone": "Pada Sel, 11 Agu 2026, 09.15 Layanan Bansos, <bansos@dinsos.test> menulis:",
    "gmail on a phone, English": "On Tue, 11 Aug 2026, 09:15 Layanan Bansos, <bansos@dinsos.test> wrote:",
    "gmail of old": "2026-08-11 9:15 GMT+07:00 Layanan Bansos <bansos@dinsos.test>:",
    "gmail in Spanish": "El mar, 11 ago 2026 a las 9:15, Layanan Bansos (<bansos@dinsos.test>) escribió:",
    "gmail in German": "Layanan Bansos <bansos@dinsos.test> schrieb am Di., 11. Aug. 2026, 09:15:",
    "gmail in Chinese": "Layanan Bansos <bansos@dinsos.test> 于2026年8月11日周二 09:15写道：",
    "another verb": "Pada Sel, 11 Agu 2026 pukul 09.15 Layanan Bansos berkata:",
    "in a mail of that date": "Dalam pesan tertanggal 11/08/2026 09.15, Layanan Bansos menulis:",
    "lower case": "pada tanggal 11 agu 2026 09.15, bansos@dinsos.test menulis :",
}
BLOCKS = {
    "original message": "-----Original Message-----\nFrom: Bansos\nSent: 11 August 2026 09:15\nTo: S\nSubject: B\n",
    "pesan orisinal": f"-------- Pesan Orisinal --------\n{HEADS}",
    "pesan asli": "-------- Pesan asli --------\nDari: B <b@d.test>\nTanggal: 11/08/26 09.15\nKe: S\nSubjek: B\n",
    "pesan terusan": "------ Pesan terusan ------\nDari: B <b@d.test>\nTanggal: 11 Agu 2026\nSubjek: B\nKepada: S\n",
    "forwarded": "---------- Forwarded message ---------\nFrom: B <b@d.test>\nDate: 11 Aug 2026\nSubject: B\nTo: S\n",
    "outlook": HEADS,
    "outlook after a rule": f"________________________________\n{HEADS}",
    "outlook in bold": HEADS.replace("Dari:", "*Dari:*").replace("Dikirim:", "*Dikirim:*"),
    "outlook English": "From: Bansos <b@d.test>\nSent: Wednesday, December 9, 2026 9:00 AM\nTo: S\nSubject: Bantuan\n",
    "outlook folded": HEADS.replace("Kepada: Siti", "Kepada: Siti Aminah;\n Budi Santoso"),
    "outlook, who sent it": HEADS.replace("Dari: Layanan Bansos", "Pengirim: Layanan Bansos"),
    "answering a message": f"----- Membalas Pesan -----\n{HEADS}",
    "apple forward": "Awal pesan terusan:\n\nDari: B <b@d.test>\nHal: B\nTanggal: 11 Agustus 2026 09.15\nKepada: S\n",
}
DEVICES = (
    "Dikirim dari iPhone saya",
    "Dikirim dari iPad saya",
    "Dikirim dari ponsel cerdas Samsung Galaxy saya.",
    "Dikirim dari Yahoo Mail di Android",
    "Dikirim dari Outlook untuk Android",
    "Dikirim dari perangkat Xiaomi saya",
    "Dikirim dari HP saya",
    "Terkirim dari iPhone saya",
    "Diunduh dari Yahoo Mail",
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for iOS",
    "Dapatkan Outlook untuk Android",
    "Dapatkan Outlook untuk Android<https://aka.ms/ghei36>",
    "Get Outlook for iOS <https://aka.ms/o0ukef>",
    "Dikirim dengan Gmail",
    "Sent with Proton Mail secure email.",
    "Powered by Telkomsel BlackBerry®",
    "Yahoo Mail: Cari, Atur, Taklukkan",
)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_an_answer_above_a_marked_quote_is_what_is_new(attribution: str) -> None:
    assert new_words(f"Belum, Pak.\n\n{attribution}\n{QUOTE}") == "Belum, Pak."
    assert new_words(f"Belum, Pak.\n\n{attribution}\n\n{QUOTE}") == "Belum, Pak."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_an_answer_below_the_quote_is_kept(attribution: str) -> None:
    assert new_words(f"{attribution}\n{QUOTE}\nBelum, Pak.\n") == "Belum, Pak."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_what_follows_an_attribution_without_marks_is_the_past(attribution: str) -> None:
    assert new_words(f"Belum.\n\n{attribution}\n\nSudah terima bantuan?\nBalas YA atau TIDAK\n") == "Belum."


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_everything_under_a_block_of_headers_is_the_past(block: str) -> None:
    assert new_words(f"Belum, Pak.\n\n{block}\nSudah terima bantuan?\nBalas YA atau TIDAK\n") == "Belum, Pak."
    assert (
        new_words(f"Belum, Pak.\r\n\r\n{block}\nSudah?\n".replace("\r\n", "\n").replace("\n", "\r\n")) == "Belum, Pak."
    )


@pytest.mark.parametrize("device", DEVICES)
def test_what_a_phone_says_of_itself_is_not_the_person_speaking(device: str) -> None:
    assert new_words(f"Belum, Pak.\n\n{device}\n") == "Belum, Pak."
    assert new_words(f"Belum, Pak.\n\n{device}\n\n{ATTRIBUTIONS['gmail']}\n{QUOTE}") == "Belum, Pak."


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("", ""),
        ("   \n\n", ""),
        ("STOP", "STOP"),
        (QUOTE, ""),
        (f"{ATTRIBUTIONS['gmail']}\n{QUOTE}", ""),
        (BLOCKS["pesan terusan"] + "\nIsi lama", ""),
        ("> sudah terima?\nsudah\n> lengkap?\nkurang 50 ribu\n", "sudah\nkurang 50 ribu"),
        (">> lama sekali\n> lama\nbaru\n", "baru"),
        ("baru\n &gt; lama\n", "baru"),
        (f"Belum.\n\nMengutip Layanan Bansos <b@d.test>:\n\n{QUOTE}", "Belum."),
        (
            f"{ATTRIBUTIONS['gmail']}\n\n> Sudah?\n\nBelum.\n\n> Berapa?\n\nKurang 50 ribu.\n",
            "Belum.\n\nKurang 50 ribu.",
        ),
        ("Belum.\n\n-- \nSiti Aminah\nRT 02", "Belum."),
        (
            "Belum.\n\n--\nSiti Aminah\n\n" + ATTRIBUTIONS["gmail"] + "\n" + QUOTE + "PS: besok saya datang",
            "Belum.\n\nPS: besok saya datang",
        ),
        ("Belum\n________________\n", "Belum"),
        ("satu\n\n\n\n\ndua", "satu\n\ndua"),
        ("Belum. Pada Rab, 9 Des 2026 pukul 09.00 Layanan Bansos menulis: > Sudah terima?", "Belum."),
        ("Belum, Pak.\r\n\r\nPada Rab, 9 Des 2026 pukul 09.00 Layanan Bansos menulis:\r\n> Sudah?\r\n", "Belum, Pak."),
    ],
)
def test_mails_as_they_come(text: str, new: str) -> None:
    assert new_words(text) == new


@pytest.mark.parametrize(
    "text",
    [
        "Pada tanggal 5 Desember 2026 saya ke kantor pos, uangnya tidak ada.",
        "Pada hari Selasa Pak RT menulis:\nnama saya dicoret",
        "Dari: Siti Aminah\nKepada: Yth. Dinas Sosial\nPerihal: Pengaduan\n\nSaya belum menerima bantuan.",
        "Dari pagi antri.\nTanggal 5 disuruh balik.",
        "Dikirim dari kantor pos ke rumah, berasnya kurang 2 kg",
        "Dikirim ke HP saya tapi belum masuk",
        "Get help please",
        "Mengutip kata pak lurah: sabar dulu",
        "Email ke bansos@dinsos.test tanggal 5 Desember 2026 isinya begini:\nsaya belum terima",
        "Dikirim dengan motor ke balai desa, telurnya pecah",
        "Ini benar tidak pak?\n\n*INFO RESMI* Bantuan Rp2.400.000 daftar di x.example sebelum 5/12/2026:\nSebarkan!",
        "*** PESAN PENTING ***\nberas busuk",
        "- kurang 2 kg\n- busuk",
        "Hal: laporan\nuang saya dipotong",
        "On Monday they refused to serve me",
    ],
)
def test_a_citizens_own_words_stay_however_much_they_look_like_a_quote(text: str) -> None:
    assert new_words(text) == text


def test_a_real_servers_reply_says_only_its_first_line() -> None:
    mail = email.message_from_bytes((MAIL / "reply-09-x.eml").read_bytes(), policy=email.policy.default)
    body = mail.get_content()
    assert new_words(body) == "Assalamualaikum, sy blm terima bantuan min. Kata pak RT sdh diambil org lain??"


PIECES = st.sampled_from(
    [
        "belum",
        "",
        "> lama",
        "-- ",
        "Dari: a@b",
        "Dikirim: 9",
        "Kepada: c",
        "Pada 9 Des 2026",
        "menulis:",
        "____________",
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES | st.text(max_size=20), max_size=20))
def test_nothing_is_invented_and_nothing_fails(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    new = new_words(text)
    assert not new or all(line.strip() in text or not line.strip() for line in new.split("\n"))
    assert new_words(new) == new_words(new_words(new)) or len(new_words(new)) <= len(new)


@pytest.mark.parametrize(
    "line", ["> x", "Pada 9 2026", "____________", "", "Dari: a@b", "a <", "-- x", "Dikirim dari "]
)
def test_a_hundred_thousand_lines_are_read(line: str) -> None:
    assert new_words("baru\n" + f"{line}\n" * 100_000).startswith("baru")
    assert new_words("baru\n\n" + line * 20_000).startswith("baru")


@pytest.mark.parametrize(
    ("text", "forwards", "passed"),
    [
        (
            "Ini asli?\n\n---------- Forwarded message ---------\nFrom: A <a@b.c>\nDate: 7 Dec 2026\n\nAda hadiah",
            False,
            "Ada hadiah",
        ),
        ("-------- Pesan yang diteruskan --------\nDari: A <a@b.c>\n\nAda hadiah", False, "Ada hadiah"),
        ("Begin forwarded message:\n\n> From: A <a@b.c>\n> Date: 7 Dec\n>\n> Ada hadiah", True, "Ada hadiah"),
        ("Asli?\n\n> Ada hadiah\n> besar", True, "Ada hadiah\nbesar"),
        ("Belum\n\n> Ada hadiah", False, ""),
        ("Belum\n\nOn 7 Dec 2026 10:00, A <a@b.c> wrote:\nlama\n---- Forwarded message ----\ntua", False, ""),
        ("", True, ""),
    ],
)
def test_what_is_passed_on_is_told_apart_from_what_is_answered(text: str, forwards: bool, passed: str) -> None:
    assert passed_on(text, forwards=forwards).endswith(passed)
    assert bool(passed_on(text, forwards=forwards)) == bool(passed)

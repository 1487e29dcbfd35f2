"""Why a message did not arrive, or why a broadcast asks, in the reader's language: our own words and those of the
channels, by one table.

What is stored stays as it is, so that lists and retries go by it. A provider's own words nobody can translate: they are
quoted as they came. It must not know where a reason is kept or shown.
"""

import re
from collections.abc import Sequence

_Row = tuple[str, str, str]  # what is stored, as a pattern; in Indonesian; in English

_STEPS: Sequence[_Row] = (  # what we did, or left
    ("no_contact", "tidak punya kontak", "no contact"),
    ("no_way_back", "hanya punya jalur yang tidak dapat dibalas", "only lines that cannot be answered"),
    ("stopped", "berhenti berlangganan", "asked us to stop"),
    ("unknown", "tidak pasti terkirim; petugas perlu memeriksa", "perhaps sent; someone has to look"),
    ("failed", "ditolak penyedia", "refused by the provider"),
    ("expired", "terlambat untuk dikirim", "too late to send"),
    ("cancelled", "dibatalkan", "cancelled"),
    ("overtaken", "didahului perubahan lain sebelum terkirim", "overtaken by another change before it left"),
    ("taken back", "ditarik kembali sebelum terkirim", "taken back before it left"),
    ("suppressed", "tidak ada kontak yang dapat dipakai", "no usable contact"),
    ("never reached: the broadcast was stopped", "belum sempat dikirimi: siaran dihentikan", r"\g<0>"),
    ("resend", "dikirim ulang sendiri dengan kunci yang sama", "sent once more by itself, with the same key"),
    ("sent again by hand", "dikirim ulang oleh petugas", "sent again by hand"),
    ("left as it is", "dibiarkan oleh petugas", "left as it is"),
    ("wrong person", "bukan nomor penerima", "not this person's number"),
    ("stopped before it was known", "siaran dihentikan sebelum hasilnya diketahui", r"\g<0>"),
    ("stopped by hand", "siaran dihentikan petugas", r"\g<0>"),
    ("planned by hand instead", "diganti rencana yang dibuat petugas", r"\g<0>"),
    (r"the round was changed \(version (\d+)\)", r"penyalurannya diubah (versi \1)", r"\g<0>"),
    (r"its round was changed", r"penyalurannya diubah", r"\g<0>"),
    ("too late to send again", "terlambat untuk dikirim ulang", r"\g<0>"),
    ("too late for its event", "terlambat untuk acaranya", r"\g<0>"),
    ("its send window opens too late for its event", "jam kirim warga baru buka setelah acaranya", r"\g<0>"),
    ("nobody knows whether it arrived", "tidak ada yang tahu apakah sampai", r"\g<0>"),
    ("never known", "tidak pernah diketahui hasilnya", r"\g<0>"),
    ("no receipt", "tanda terima tidak pernah datang", "no receipt came"),
    ("no word from the sender", "pengirim berhenti tanpa kabar", r"\g<0>"),
    ("not sent", "belum jadi dikirim", r"\g<0>"),
    ("broken off", "terputus di tengah pengiriman", r"\g<0>"),
    ("the address is finished", "alamatnya tidak dapat dipakai lagi", r"\g<0>"),
    ("blocked", "warga memblokir kami", "the citizen blocked us"),
    ("numbers begin here after a restore", "nomor dimulai lagi di sini setelah pemulihan", r"\g<0>"),
    (
        "the database is a restored backup: .*",
        "basis data dipulihkan dari cadangan: mungkin sudah terkirim",
        r"\g<0>",
    ),
    ("the channel broke: (.+)", r"saluran rusak: \1", r"\g<0>"),
    ("unreadable: (.*)", r"datanya tidak terbaca: \1", r"\g<0>"),
    ("the words are broken: (.*)", r"kata-katanya rusak: \1", r"\g<0>"),
    ("too big", "terlalu besar", r"\g<0>"),
    ("the line (.+) can't fetch files", r"jalur \1 tidak dapat mengambil berkas", r"\g<0>"),
    ("no way to fetch it", "tidak dapat diambil dari jalur ini", r"\g<0>"),
    ("the file is no longer where it came from", "berkas sudah tidak ada di tempat asalnya", r"\g<0>"),
)

_WEBHOOKS: Sequence[_Row] = (  # why another system is told nothing any more
    ("it answered 410: it wants no more", "penerima menjawab 410: tidak mau lagi", r"\g<0>"),
    ("the complaint was hidden meanwhile", "aduannya sudah tertutup", r"\g<0>"),
    ("the webhook follows this no more", "webhook tidak lagi mengikuti ini", r"\g<0>"),
    (r"it failed for three days: status (\d+)", r"gagal tiga hari: menjawab \1", r"\g<0>"),
    ("it failed for three days: (.*)", r"gagal tiga hari: \1", r"\g<0>"),
)

_ASKING: Sequence[_Row] = (  # why a broadcast stopped and asks
    (
        r"(\d+) of (\d+) messages failed \((\S+) %, at most (\S+) %\)",
        r"\1 dari \2 kiriman gagal (\3 %, batasnya \4 %)",
        r"\g<0>",
    ),
    (
        r"(\d+) complaints after (\d+) messages \((\S+) %, at most (\S+) %\)",
        r"\1 keluhan dari \2 kiriman (\3 %, batasnya \4 %)",
        r"\g<0>",
    ),
    (
        r"(\d+) answers after (\d+) messages say it is wrong \((\S+) %, at most (\S+) %\)",
        r"\1 dari \2 penerima menjawab bahwa isinya salah (\3 %, batasnya \4 %)",
        r"\g<0>",
    ),
    (
        r"none of the first (\d+) people could be told",
        r"tidak satu pun dari \1 orang pertama dapat diberi tahu",
        r"\g<0>",
    ),
    (
        r"it has cost (\S+) and would pass its cap of (\S+)",
        r"biayanya sudah \1 dan akan melewati batas \2",
        r"\g<0>",
    ),
    ("the round was changed after the plan", "penyalurannya berubah setelah siaran direncanakan", r"\g<0>"),
    (
        "the plan is past due: the service did not run at its time",
        "waktu rencana sudah lewat: layanan tidak berjalan pada waktunya",
        r"\g<0>",
    ),
    (
        r"the audience moved from (\d+) to (\d+) people since it was approved",
        r"sasaran berubah dari \1 menjadi \2 orang sejak disetujui",
        r"\g<0>",
    ),
)

_CHANNELS: Sequence[_Row] = (  # what `channels` make of a provider's answer
    ("too many messages", "terlalu banyak pesan sekaligus", r"\g<0>"),
    ("the connection broke: (.+)", r"sambungan putus (\1)", r"the connection broke (\1)"),
    ("the gateway did not answer in time", "gerbang SMS tidak menjawab pada waktunya", r"\g<0>"),
    ("the gateway cannot be reached: (.+)", r"gerbang SMS tidak dapat dihubungi (\1)", r"\g<0>"),
    (
        "the gateway's url is not usable; .*",
        "alamat gerbang SMS tidak dapat dipakai; perbaiki `url` jalurnya",
        r"\g<0>",
    ),
    (r"the gateway's answer (\d+) broke off", r"jawaban \1 dari gerbang SMS terputus", r"\g<0>"),
    (
        r"the gateway answered (\d+) without a readable body",
        r"gerbang SMS menjawab \1 tanpa isi yang terbaca",
        r"\g<0>",
    ),
    (r"gateway answered (\d+): (.*)", r"gerbang SMS menjawab \1: “\2”", r"the gateway answered \1: “\2”"),
    (r"gateway answered (\d+)", r"gerbang SMS menjawab \1", r"the gateway answered \1"),
    ("unknown_subscriber", "nomor tidak dikenal", "unknown number"),
    ("user_is_blocked", "warga memblokir kami", "the citizen blocked us"),
    ("Telegram took the call but did not answer: .*", "Telegram tidak menjawab: mungkin sudah terkirim", r"\g<0>"),
    (
        "Telegram took it and answered something unreadable: .*",
        "jawaban Telegram tidak terbaca: mungkin sudah terkirim",
        r"\g<0>",
    ),
    ("Telegram does not accept the bot's token", "token bot tidak diterima Telegram", r"\g<0>"),
    ("the person blocked the bot", "warga memblokir bot kami", r"\g<0>"),
    ("the account or group does not exist any more", "akun atau grupnya sudah tidak ada", r"\g<0>"),
    ("the account does not exist any more", "akunnya sudah tidak ada", r"\g<0>"),
    ("the bot was removed from the group", "bot dikeluarkan dari grup", r"\g<0>"),
    ("the bot is not a member of the group", "bot bukan anggota grup", r"\g<0>"),
    ("the person has not pressed /start", "warga belum menekan /start", r"\g<0>"),
    ("the bot is not allowed to write there", "bot tidak boleh menulis di sana", r"\g<0>"),
    ("Telegram knows no such chat", "Telegram tidak mengenal alamat itu", r"\g<0>"),
    ("the message's HTML is not what Telegram understands", "format pesan tidak dipahami Telegram", r"\g<0>"),
    ("the message is too long for Telegram", "pesan terlalu panjang untuk Telegram", r"\g<0>"),
    ("the file is larger than the 20 MB Telegram hands to bots", "berkas lebih dari 20 MB", r"\g<0>"),
    ("Telegram does not know this file", "Telegram tidak mengenal berkas ini", r"\g<0>"),
    ("Telegram needs a public https:// address for the webhook", "Telegram perlu alamat https:// umum", r"\g<0>"),
    ("a button's data is longer than 64 bytes", "isi tombol lebih dari 64 bita", r"\g<0>"),
    ("Telegram refused the message as malformed", "Telegram menolak bentuk pesannya", r"\g<0>"),
    ("the file is too large for Telegram", "berkas terlalu besar untuk Telegram", r"\g<0>"),
    ("Telegram can't be reached or is in trouble", "Telegram tidak dapat dihubungi atau sedang terganggu", r"\g<0>"),
    ("Telegram refused for a reason this channel .*", "Telegram menolak tanpa alasan yang kami kenal", r"\g<0>"),
    ("the group became a supergroup", "grup berganti alamat", r"\g<0>"),
    ("the address is not a Telegram chat id", "alamatnya bukan nomor obrolan Telegram", r"\g<0>"),
    (r"the text has (\d+) characters, Telegram takes (\d+)", r"pesan \1 huruf, Telegram menerima \2", r"\g<0>"),
    ("the message has no words", "pesannya kosong", r"\g<0>"),
    ("a button needs a label, .*", "tombol perlu tulisan dan isi", r"\g<0>"),
    (
        r"(\d+) files in one message, Telegram takes (\d+)",
        r"\1 berkas dalam satu pesan, Telegram menerima \2",
        r"\g<0>",
    ),
    (r"a file must have 1 to (\d+) bytes, one has (\d+)", r"berkas \2 bita, batasnya \1", r"\g<0>"),
    ("Telegram gives no path for this file; .*", "berkas di Telegram terlalu lama atau terlalu besar", r"\g<0>"),
    (r"the file has (\d+) bytes, more than the (\d+) allowed", r"berkas \1 bita, batasnya \2", r"\g<0>"),
    (r"the file is larger than the (\d+) bytes allowed", r"berkas lebih dari \1 bita", r"\g<0>"),
    (r"Telegram answered (\d+) instead of the file", r"Telegram menjawab \1, bukan berkasnya", r"\g<0>"),
    (r"the file could not be fetched \((.+)\)", r"berkas tidak dapat diambil (\1)", r"\g<0>"),
    ("bounced", "surel dikembalikan", "mail bounced"),
    ("the address cannot be mailed to", "alamat surelnya tidak dapat dipakai", r"\g<0>"),
    ("not an e-mail address we can write on an envelope", "alamat surelnya tidak sah", r"\g<0>"),
    ("the key is not made of .*", "kunci pesannya tidak sah", r"\g<0>"),
    (r"the mail has (\d+) bytes, max_size allows less", r"surel \1 bita, melebihi max_size", r"\g<0>"),
    (r"the mail server cannot be talked to \((.+)\)", r"server surel tidak dapat dihubungi (\1)", r"\g<0>"),
    (
        r"the mail server fell silent after it had got the mail \((.+)\)",
        r"server surel diam setelah menerima surel (\1)",
        r"\g<0>",
    ),
    (
        r"the mail server fell silent \((.+)\); the mail had not left",
        r"server surel diam (\1); surel belum terkirim",
        r"\g<0>",
    ),
    (
        r"(?:connect|MAIL|RCPT|DATA|mail): (\d{3}) (.+)",
        r"server surel menolak dengan \1: “\2”",
        r"the mail server refused with \1: “\2”",
    ),
    (
        r"(?:connect|MAIL|RCPT|DATA|mail): (\d{3})",
        r"server surel menolak dengan \1",
        r"the mail server refused with \1",
    ),
    (r"delayed: (.+)", r"surel tertunda: “\1”", r"mail delayed: “\1”"),
)

_TABLE = tuple((re.compile(stored, re.DOTALL), words) for stored, *words in (*_STEPS, *_WEBHOOKS, *_ASKING, *_CHANNELS))


def said(reason: str, tongue: str) -> str:
    """A stored reason in the reader's language; what no row of the table knows is quoted, for somebody else said it."""
    found = known(reason)
    if found is None:
        return f"“{reason}”" if reason else ""
    pattern, (indonesian, english) = found
    return pattern.sub(english if tongue == "en" else indonesian, reason, count=1)


def known(reason: str) -> tuple[re.Pattern[str], list[str]] | None:
    """The row of the table that a stored reason belongs to."""
    return next(((pattern, list(words)) for pattern, words in _TABLE if pattern.fullmatch(reason)), None)

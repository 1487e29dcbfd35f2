"""Acts of the ledger in sentences a person reads: who, what, about what. Knows the codes; opens nothing."""

from collections.abc import Mapping
from types import MappingProxyType

from notifier.store.ledger import Act
from notifier.web import language

_Said = Mapping[str, tuple[str, str]]  # code → (Indonesian, English); {about} is what it is about

SAID: _Said = MappingProxyType(
    {
        # signing in, accounts, keys
        "signed_in": ("masuk", "signed in"),
        "sign_in_refused": ("salah mengetik kata sandi {about}", "gave a wrong password of {about}"),
        "code_refused": ("salah mengetik kode langkah kedua {about}", "gave a wrong code of {about}"),
        "second_step_on": ("mengaktifkan langkah kedua", "switched the second step on"),
        "second_step_off": ("mematikan langkah kedua", "switched the second step off"),
        "second_step_reset": ("menghapus langkah kedua {about}", "reset the second step of {about}"),
        "recovery_code_used": ("memakai kode pemulihan", "used a recovery code"),
        "recovery_codes_made": ("membuat kode pemulihan baru", "made new recovery codes"),
        "account_added": ("menambahkan {about}", "added {about}"),
        "account_changed": ("mengubah {about}", "changed {about}"),
        "account_disabled": ("mematikan {about}", "disabled {about}"),
        "account_enabled": ("menghidupkan lagi {about}", "enabled {about}"),
        "account_unlocked": ("membuka kunci {about}", "unlocked {about}"),
        "password_reset": ("memberi kata sandi baru kepada {about}", "gave {about} a new password"),
        "password_changed": ("mengganti kata sandinya", "changed their password"),
        "session_ended": ("mengakhiri satu sesinya", "ended one of their sessions"),
        "sessions_ended": ("mengakhiri sesi {about}", "ended sessions of {about}"),
        "key_added": ("membuat {about}", "made {about}"),
        "key.rotated": ("membuat kunci penyegel baru", "made a new sealing key"),
        "key.resealed": ("menyegel ulang data dengan kunci baru", "sealed the data anew"),
        "key.retired": ("mengeluarkan kunci penyegel lama", "took an old sealing key out"),
        "backup.made": ("membuat cadangan", "made a backup"),
        "webhook.added": ("menambahkan {about}", "added {about}"),
        "webhook.changed": ("mengubah {about}", "changed {about}"),
        "webhook.removed": ("menghapus {about}", "removed {about}"),
        "webhook.secret": ("mengganti rahasia {about}", "gave {about} a new secret"),
        "webhook.pinged": ("mencoba {about}", "tried {about}"),
        "webhook.replayed": ("mengirim ulang lewat {about}", "had calls of {about} made again"),
        "webhook.off": ("mematikan {about}: gagal terus", "switched {about} off: it kept failing"),
        "key_revoked": ("mencabut {about}", "revoked {about}"),
        # broadcasts
        "broadcast.planned": ("merencanakan {about}", "planned {about}"),
        "broadcast.approved": ("menyetujui {about}", "approved {about}"),
        "broadcast.begun": ("memulai {about}", "began {about}"),
        "broadcast.canary_passed": ("melanjutkan {about} setelah penerima pertama", "went on with {about}"),
        "broadcast.grew": ("menambah sasaran {about}", "found more people for {about}"),
        "broadcast.reopened": ("membuka lagi {about}", "reopened {about}"),
        "broadcast.resumed": ("melanjutkan {about}", "resumed {about}"),
        "broadcast.released": ("melepas sisa {about}", "let the others of {about} go"),
        "broadcast.retried": ("mengirim ulang {about}", "sent {about} once more"),
        "broadcast.asks": ("menahan {about} sampai disetujui", "held {about} until somebody approves"),
        "broadcast.halted": ("menghentikan sementara {about}", "halted {about}"),
        "broadcast.paused": ("menjeda {about}", "paused {about}"),
        "broadcast.stopped": ("menghentikan {about}", "stopped {about}"),
        "broadcast.withdrawn": ("menarik {about}", "withdrew {about}"),
        "broadcast.done": ("menyelesaikan {about}", "finished {about}"),
        "statement.printed": ("mencatat neraca {about}", "put the account of {about} on record"),
        "series.planned": ("membuat {about}", "defined {about}"),
        "series.approved": ("menyetujui {about}", "approved {about}"),
        "series.reworded": ("mengganti kata-kata {about}", "changed the words of {about}"),
        "settled": ("mencatat hasil kiriman", "recorded what became of messages"),
        "list.brought": ("mengunggah {about}", "brought {about}"),
        "line.tried": ("mencoba {about} sekarang", "had {about} tried"),
        "line.tested": ("mengirim pesan uji lewat {about}", "sent a test by {about}"),
        "visit.recorded": ("mencatat hasil kunjungan, {about}", "recorded a visit, {about}"),
        "restore.noticed": ("menemukan basis data dari cadangan", "noticed a restored backup"),
        "restore.confirmed": ("mengonfirmasi pemulihan", "confirmed a restore"),
        # lists that were taken away
        "export.ledger": ("mengunduh buku besar", "took the ledger away"),
        "export.people": ("mengunduh daftar orang, {about}", "took a list of people away, {about}"),
        "export.strays": ("mengunduh baris tak dikenal dari {about}", "took the unknown rows of {about}"),
        "export.unreachable": ("mengunduh yang tidak terjangkau, {about}", "took those out of reach away, {about}"),
        "export.unreached": ("mengunduh daftar kunjungan, {about}", "took the list of visits away, {about}"),
        "export.silent": ("mengunduh yang diam, {about}", "took the silent away, {about}"),
        "export.coverage": ("mengunduh cakupan {about}", "took the coverage of {about} away"),
        # people, registers, rounds
        "round.created": ("membuat {about}", "wrote {about}"),
        "round.changed": ("mengubah {about}", "changed {about}"),
        "round.cancelled": ("membatalkan {about}", "cancelled {about}"),
        "person_revealed": ("membuka data {about}", "opened the clear values of {about}"),
        "person_sought": ("mencari seseorang dengan nomor", "looked somebody up by a number"),
        "person_corrected": ("memperbaiki data {about}", "corrected {about}"),
        "person_put": ("menulis data {about}", "wrote {about}"),
        "person_exported": ("mengambil semua data {about}", "exported everything about {about}"),
        "person_erased": ("menghapus data {about}", "erased {about}"),
        "people_merged": ("menggabungkan {about}", "merged {about}"),
        "words_erased": ("menghapus kata-kata {about}", "erased the words of {about}"),
        "retained": ("menghapus isi yang sudah lama", "let old bodies go"),
        "contact_retired": ("berhenti memakai kontak {about}", "retired an address of {about}"),
        "contact_linked": ("mengaitkan kontak dengan {about}", "linked an address with {about}"),
        "contact_denied": ("menyatakan kontak bukan miliknya, {about}", "said that an address is not theirs, {about}"),
        "applied": ("minta didaftarkan", "asked to be registered"),
        "invited": ("mengundang warga menautkan Telegram", "invited people to link Telegram"),
        "status_asked": ("menanyakan status {about}", "asked for the status of {about}"),
        "stop_code_asked": ("minta kode berhenti", "asked for a code to stop"),
        "stopped": ("minta berhenti, {about}", "asked to stop, {about}"),
        "started": ("minta dikirimi lagi, {about}", "asked to be told again, {about}"),
        "upload_taken": ("mengunggah {about}", "uploaded {about}"),
        "upload_started": ("memulai impor {about}", "started {about}"),
        "upload_cancelled": ("membatalkan {about}", "cancelled {about}"),
        "rejected_taken": ("mengunduh baris ditolak dari {about}", "took the rejected rows of {about}"),
        "programme.changed": ("mengubah {about}", "changed {about}"),
        "point.created": ("menambahkan {about}", "added {about}"),
        "point.changed": ("mengubah {about}", "changed {about}"),
        "statuses.changed": ("mengubah status bantuan, {about}", "changed the status of aid, {about}"),
        "entitlement_heard": ("mencatat jawaban penerimaan, {about}", "recorded an answer of receipt, {about}"),
        # the desk
        "ticket_note": ("menulis catatan internal pada {about}", "wrote an internal note on {about}"),
        "ticket_rated": ("menilai {about}", "rated {about}"),
        "ticket_reword": ("mengubah kata-kata {about}", "changed the words of {about}"),
        "ticket_proposal_withdrawn": ("menarik usulan tentang {about}", "withdrew a proposal about {about}"),
        "reporter_revealed": ("membuka identitas pelapor {about}", "opened who reported {about}"),
        "reporter_moved": ("memindahkan pelapor {about}", "moved the reporter of {about}"),
        "file_seen": ("melihat lampiran {about}", "looked at an attachment of {about}"),
        "file_kept": ("menyimpan lampiran {about}", "kept an attachment of {about}"),
        "case_file": ("mencetak berkas {about}", "took the case file of {about}"),
        "promise_broken": ("mencatat janji terlewat, {about}", "recorded a broken promise, {about}"),
        "promise_adopted": ("memberi janji baru kepada {about}", "gave {about} another promise"),
        "policy_changed": ("mengganti standar layanan", "changed the service promises"),
        "radar_rang": ("membunyikan {about}", "rang {about}"),
        "radar_taken": ("menangani {about}", "took {about}"),
        "incident_answered": ("menjawab satu insiden, {about}", "answered an incident, {about}"),
        "absent": ("mencatat ketidakhadiran", "was marked as away"),
        "present": ("mencatat kehadiran", "was marked as back"),
        "arrival_failed": ("tidak memahami {about}", "could not understand {about}"),
        "arrival_replayed": ("membaca ulang {about}", "had {about} read again"),
        # words
        "template_drafted": ("menyimpan draf {about}", "drafted {about}"),
        "template_published": ("menerbitkan {about}", "published {about}"),
        "template_reviewed": ("menyetujui {about}", "reviewed {about}"),
        "template_rolled_back": ("mengembalikan {about}", "rolled {about} back"),
        "template_withdrawn": ("menarik {about}", "withdrew {about}"),
        "template_discarded": ("membuang draf {about}", "discarded a draft of {about}"),
    }
)
ABOUT: _Said = MappingProxyType(
    {
        "account": ("akun {n}", "account {n}"),
        "alarm": ("alarm {n}", "alarm {n}"),
        "arrival": ("pesan masuk {n}", "arrival {n}"),
        "broadcast": ("siaran {n}", "broadcast {n}"),
        "conflict": ("konflik {n}", "conflict {n}"),
        "contact": ("kontak {n}", "contact {n}"),
        "delivery": ("kiriman {n}", "delivery {n}"),
        "group": ("grup {n}", "group {n}"),
        "heard": ("pesan warga {n}", "message {n}"),
        "import": ("impor {n}", "import {n}"),
        "key": ("kunci API {n}", "API key {n}"),
        "ledger": ("buku besar", "the ledger"),
        "line": ("jalur {n}", "line {n}"),
        "list": ("daftar {n}", "list {n}"),
        "people": ("penerima", "people"),
        "person": ("penerima {n}", "person {n}"),
        "point": ("titik {n}", "point {n}"),
        "policy": ("standar layanan", "the promises"),
        "programme": ("program {n}", "programme {n}"),
        "register": ("daftar penerima", "the register"),
        "round": ("penyaluran {n}", "round {n}"),
        "series": ("rencana {n}", "plan {n}"),
        "template": ("templat {n}", "template {n}"),
        "ticket": ("aduan {n}", "ticket {n}"),
        "upload": ("unggahan {n}", "upload {n}"),
        "vault": ("brankas", "the vault"),
        "webhook": ("webhook {n}", "webhook {n}"),
    }
)
PAGES: Mapping[str, str] = {  # kind → where it is looked at
    "account": "/accounts/{n}",
    "broadcast": "/broadcasts/{n}",
    "person": "/people/{n}",
    "series": "/plans/{n}",
    "upload": "/imports/{n}",
    "programme": "/programmes/{n}",
}
FAMILIES = (  # acts of one family share their sentence; the rest of the code is read as a word
    ("ticket_", ("melakukan “{what}” pada {about}", "did “{what}” on {about}")),
    ("export.", ("mengunduh daftar ({what})", "took a list away ({what})")),
    ("import.", ("mengimpor data ({what})", "imported a register ({what})")),
    ("webhook.", ("mengubah {about} ({what})", "changed {about} ({what})")),
    ("round.", ("mengubah {about} ({what})", "changed {about} ({what})")),
)


def sentence(act: Act, names: Mapping[str, tuple[str, str]], tongue: str) -> str:
    """What an act says, with its beginning in capitals."""
    said = f"{_who(act, names, tongue)} {_what(act, tongue).format(about=_about(act.about, names, tongue))}"
    return said[:1].upper() + said[1:]


def _who(act: Act, names: Mapping[str, tuple[str, str]], tongue: str) -> str:
    """Who acted, by name; a worker or a command by what it is: host and number stand in the detail."""
    if act.who in names:
        return names[act.who][1]
    if act.act == "settled":
        return language.word("who", "worker", tongue)
    place, _, login = act.who.partition(":")
    if place == "cli" and login:
        return f"{login} ({language.word('who', 'cli', tongue)})"
    return language.word("who", act.who, tongue)


def _what(act: Act, tongue: str) -> str:
    english = tongue == "en"
    if act.act in SAID:
        return SAID[act.act][english]
    for family, said in FAMILIES:
        if act.act.startswith(family):
            what = act.act.removeprefix(family)
            word = language.word("act" if family == "ticket_" else "register", what, tongue)
            return said[english].replace("{what}", word.replace("{", "").replace("}", ""))
    return act.act.replace("_", " ").replace(".", " ").replace("{", "").replace("}", "") + ", {about}"


def choices(tongue: str) -> Mapping[str, str]:
    """Every act and family of acts by its code, in words, as one picks them: by their first letters."""
    said = {code: (words, code.replace(".", "_").partition("_")[0]) for code, words in SAID.items()}
    said |= {code: (SAID[code], "person") for code in SAID if code.startswith("contact_")}
    said |= {family: (words, family.rstrip("_.")) for family, words in FAMILIES}
    english = tongue == "en"
    found = {
        code: words[english]
        .replace("{about}", ABOUT[kind][english].replace("{n}", "…") if kind in ABOUT else "…")
        .replace("{what}", "…")
        for code, (words, kind) in said.items()
    }
    return dict(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))


def _about(about: str, names: Mapping[str, tuple[str, str]], tongue: str) -> str:
    if about in names:
        return names[about][0]
    kind, _, number = about.partition(":")
    said = ABOUT.get(kind)
    return said[tongue == "en"].replace("{n}", number).strip() if said else about


def place(about: str) -> str:
    """The page of what an act is about; "" where there is none."""
    kind, _, number = about.partition(":")
    return PAGES[kind].replace("{n}", number) if kind in PAGES and number.isascii() and number.isalnum() else ""

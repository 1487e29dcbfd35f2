"""What happens next with a broadcast, in sentences for its page. Knows no page."""

from collections.abc import Mapping

from notifier.rules.ahead import Ahead, Step
from notifier.web.pages import counted, moment

_Words = tuple[str, str]  # Indonesian, English

SENTENCES: Mapping[Ahead, _Words] = {
    Ahead.AWAITS: (
        "Menunggu persetujuan admin lain; sesudah itu dikirim kepada {n} orang mulai {at}.",
        "Awaits another admin's approval; then it goes to {n} people from {at}.",
    ),
    Ahead.BEGINS: ("Disetujui: dikirim kepada {n} orang mulai {at}.", "Approved: goes to {n} people from {at}."),
    Ahead.ASKS: (
        "Siaran berhenti dan bertanya: {n} orang menunggu sampai seorang admin menyetujui kelanjutannya.",
        "It stopped and asks: {n} people wait until an admin says go on.",
    ),
    Ahead.PAUSED: (
        "Dijeda: {n} orang menunggu sampai siaran dilanjutkan, paling lambat {at}.",
        "Paused: {n} people wait until it goes on, until {at} at the latest.",
    ),
    Ahead.FIRST: ("{n} orang pertama diberi tahu dahulu.", "The first {n} people are told first."),
    Ahead.JUDGED: (
        "Hasilnya dinilai {at}: bila baik, {n} orang lainnya menyusul sendiri; bila tidak, siaran bertanya kepada "
        "admin.",
        "How they fared is judged {at}: if well, the other {n} follow by themselves; if not, an admin is asked.",
    ),
    Ahead.LEAVES: ("Dikirim kepada {n} orang lagi, selesai ± {at}.", "Goes to {n} more people, until about {at}."),
    Ahead.RETRIES: (
        "Tinggal {n} orang yang dicoba lagi; percobaan terakhir yang terjadwal ± {at}.",
        "{n} people are left to be tried again; the last try that is planned is at about {at}.",
    ),
    Ahead.TRIED_UNTIL: (
        "Yang ditolak sementara dicoba lagi sampai ± {at}.",
        "Whoever is refused for now is tried again until about {at}.",
    ),
    Ahead.SETTLES: (
        "Semua sudah dikirim; {n} orang masih menunggu kepastian dari penyedia.",
        "All has left; {n} people wait for the provider's word.",
    ),
    Ahead.DECIDE: ("{n} kiriman menunggu keputusan petugas.", "{n} deliveries wait for somebody's decision."),
    Ahead.VISITED: (
        "Yang tidak terjangkau masuk daftar kunjungan.",
        "Whoever is not reached goes onto the list of visits.",
    ),
    Ahead.DONE: ("Selesai: {n} orang sudah diberi tahu.", "Done: {n} people were told."),
    Ahead.ALL_TOLD: ("Tidak ada lagi yang perlu diberi tahu.", "Nobody is left to be told."),
    Ahead.VISIT: (
        "{n} orang belum diberi tahu: kunjungi lewat daftar kunjungan.",
        "{n} people were not told: visit them by the list.",
    ),
    Ahead.STOPPED: (
        "Dihentikan: {n} orang belum diberi tahu dan tidak akan dikirimi siaran ini.",
        "Stopped: {n} people were not told, and this broadcast will not tell them.",
    ),
    Ahead.PLAN_REST: (
        "Rencanakan sisanya, atau kunjungi mereka lewat daftar kunjungan.",
        "Plan the rest, or visit them by the list.",
    ),
    Ahead.TAKEN_UP: ("Sisanya diurus siaran lain.", "Another broadcast takes up the rest."),
    Ahead.CALLED_OFF: (
        "Dibatalkan: tidak seorang pun dikirimi, dan tidak akan.",
        "Called off: nobody was sent anything, and nobody will be.",
    ),
    Ahead.NOBODY: ("Sasarannya kosong: tidak ada yang perlu diberi tahu.", "Its audience is empty: nobody to tell."),
}
# The same where no instant is known.
SOME_TIME: Mapping[Ahead, _Words] = {
    Ahead.JUDGED: (
        "Hasilnya dinilai begitu kiriman mereka selesai: bila baik, {n} orang lainnya menyusul sendiri; bila tidak, "
        "siaran bertanya kepada admin.",
        "How they fared is judged once their messages have settled: if well, the other {n} follow by themselves; if "
        "not, an admin is asked.",
    ),
    Ahead.LEAVES: ("Dikirim kepada {n} orang lagi.", "Goes to {n} more people."),
    Ahead.RETRIES: ("Tinggal {n} orang yang dicoba lagi.", "{n} people are left to be tried again."),
    Ahead.STOPPED: ("Dihentikan.", "Stopped."),
}


def said(step: Step, zone: str, tongue: str) -> str:
    """One sentence in the reader's language, its time as clocks show it in `zone`."""
    bare = step.at is None and not (step.what is Ahead.STOPPED and step.n)
    words = SOME_TIME.get(step.what, SENTENCES[step.what]) if bare else SENTENCES[step.what]
    at = moment(step.at, zone, tongue) if step.at else "–"
    return words[tongue == "en"].format(n=counted(step.n, tongue), at=at)

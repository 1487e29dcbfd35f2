"""A conversation as people read it: albums are one message, quoted mails are folded away."""

from datetime import UTC, datetime

from notifier.desk.turns import turns
from notifier.store.heard import File
from notifier.store.tickets import Said, Told

AT = datetime(2026, 12, 5, tzinfo=UTC)
MAIL = "Sudah saya tanyakan.\n\nPada Sel, 11 Agu 2026 pukul 09.15 Layanan <a@b.id> menulis:\n> Silakan ke kelurahan"


def _said(number: int, text: str = "", kind: str = "in", album: str = "") -> Said:
    return Said(number, kind, text, AT, None, number, None, "", (), album=album)


def test_messages_of_one_album_are_one_turn_with_all_its_files() -> None:
    talk = [_said(1, "ini bukti", album="a"), _said(2, album="a"), _said(3, album="b"), _said(4, "lain")]
    files = [File(n, n, f"{n}.jpg", "image/jpeg", 1, "kept", "", "") for n in (1, 2, 3)]
    found = turns(talk, files)
    assert [(turn.one.id, turn.text, len(turn.files), len(turn.more)) for turn in found] == [
        (1, "ini bukti", 2, 1),
        (3, "", 1, 0),
        (4, "lain", 0, 0),
    ]


def test_what_we_said_between_two_pictures_keeps_them_apart() -> None:
    talk: list[Said | Told] = [_said(1, album="a"), Told(9, "ticket_received", AT, "due", ""), _said(2, album="a")]
    assert len(turns(talk, ())) == 3


def test_a_quoted_past_is_folded_and_can_be_seen() -> None:
    [turn] = turns([_said(1, MAIL)], ())
    assert turn.text == "Sudah saya tanyakan."
    assert turn.whole == MAIL


def test_answers_and_notes_of_ours_are_never_folded() -> None:
    for kind in ("out", "note"):
        [turn] = turns([_said(1, MAIL, kind)], ())
        assert (turn.text, turn.whole) == (MAIL, "")

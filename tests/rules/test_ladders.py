"""In which order the channels are tried."""

import pytest

from notifier.rules.ladders import Ladders, further

LADDERS = Ladders(("telegram", "sms", "email"), {"PKH": ("sms", "telegram")})


@pytest.mark.parametrize(
    ("programme", "prefers", "order"),
    [
        ("", "", ("telegram", "sms", "email")),
        ("BPNT", "", ("telegram", "sms", "email")),
        ("PKH", "", ("sms", "telegram")),
        ("BPNT", "email", ("email", "telegram", "sms")),
        ("BPNT", "telegram", ("telegram", "sms", "email")),
        ("PKH", "telegram", ("telegram", "sms")),
        ("PKH", "email", ("sms", "telegram")),  # not on that programme's ladder
        ("BPNT", "pigeon", ("telegram", "sms", "email")),
    ],
)
def test_a_preference_goes_first_on_the_ladder_of_the_programme(
    programme: str, prefers: str, order: tuple[str, ...]
) -> None:
    assert LADDERS.of(programme, prefers) == order


def test_a_rung_that_no_line_carries_is_left_out() -> None:
    carried = LADDERS.carried_by({"sms": "gateway"})
    assert (carried.of("BPNT"), carried.of("PKH", "telegram")) == (("sms",), ("sms",))


CHAT, PHONE, OTHER, MAIL = ("telegram", 1), ("sms", 2), ("sms", 3), ("email", 4)
EVERY = ("telegram", "sms", "email")


@pytest.mark.parametrize(
    ("ladder", "here", "visited", "back", "leads"),
    [
        (EVERY, CHAT, [1, 1], True, [PHONE, OTHER, MAIL]),
        (EVERY, PHONE, [1, 2], True, [OTHER, MAIL]),
        (EVERY, MAIL, [1, 2, 3, 4], True, []),
        (("sms", "telegram", "email"), CHAT, [1], True, [PHONE, OTHER, MAIL]),  # reordered: none is skipped
        (("telegram", "email", "sms"), PHONE, [1, 2], True, [MAIL, OTHER]),
        (("email", "telegram", "sms"), PHONE, [1, 2], True, [MAIL, OTHER]),  # nor is one tried twice
        (("sms", "telegram", "email"), CHAT, [2, 1], True, [OTHER, MAIL]),
        (("sms", "email"), CHAT, [1], True, [PHONE, OTHER, MAIL]),  # its channel was taken off
        (("sms", "email"), CHAT, [2, 1], True, [OTHER, MAIL]),
        (("sms", "telegram", "email"), CHAT, [1], False, [MAIL]),  # only upwards
        (EVERY, CHAT, [], False, [PHONE, OTHER, MAIL]),  # its words were broken: nothing was tried
        (EVERY, CHAT, [1, 2, 4, 1], True, [PHONE, OTHER, MAIL]),  # begun anew by hand
    ],
)
def test_a_message_is_carried_on_to_what_was_not_tried(
    ladder: tuple[str, ...], here: tuple[str, int], visited: list[int], back: bool, leads: list[tuple[str, int]]
) -> None:
    rungs = [one for kind in ladder for one in (CHAT, PHONE, OTHER, MAIL) if one[0] == kind]
    assert list(further(rungs, ladder, here, visited, back=back)) == leads

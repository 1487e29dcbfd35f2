"""In which order the channels are tried."""

import pytest

from notifier.rules.ladders import Ladders

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

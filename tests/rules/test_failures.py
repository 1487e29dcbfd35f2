"""Kinds of failures by stored reasons, and when figures are counted again."""

from datetime import timedelta

import pytest

from notifier.rules.failures import KINDS, kind
from notifier.rules.looks import AFTER, ATTEMPTS, next_of_attempts, next_of_round
from notifier.web import language
from notifier.web.charts import HEIGHT, WIDTH, Column, columns
from tests.houses import START as NOW


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("too many messages", "busy"),
        ("the person blocked the bot", "blocked"),
        ("the person has not pressed /start", "blocked"),
        ("Telegram does not accept the bot's token", "line"),
        ("the gateway did not answer in time", "reach"),
        ("gateway answered 503: busy", "reach"),
        ("the mail server fell silent (x); the mail had not left", "reach"),
        ("unknown_subscriber", "address"),
        ("Telegram knows no such chat", "address"),
        ("bounced", "address"),
        ("RCPT: 550 no such user", "address"),
        ("the message is too long for Telegram", "words"),
        ("sesuatu yang lain", "other"),
        ("", "other"),
    ],
)
def test_every_reason_has_one_kind(reason: str, found: str) -> None:
    assert kind(reason) == found


def test_every_kind_of_failure_has_a_word_in_both_languages() -> None:
    assert all(language.word("failure", one, tongue) not in (one, "") for one in KINDS for tongue in ("id", "en"))


def test_attempts_are_looked_at_for_three_days_and_rounds_for_a_month_after_they_close() -> None:
    assert sum(ATTEMPTS, timedelta()) > timedelta(days=3)
    assert next_of_attempts(0, NOW) == NOW + timedelta(minutes=1)
    assert next_of_attempts(len(ATTEMPTS), NOW) is None
    assert next_of_round(500, NOW, NOW) == NOW + timedelta(minutes=10)
    assert next_of_round(1_000_000, NOW, NOW) == NOW + timedelta(seconds=10_000)
    assert next_of_round(5, NOW - AFTER - timedelta(days=1), NOW) is None


def test_the_tallest_column_is_as_high_as_the_picture_and_none_leaves_it() -> None:
    assert columns([Column("a", {"told": 0})]) == []
    drawn = columns([Column("a", {"told": 3, "untold": 1}), Column("b", {"told": 0, "untold": 2})])
    heights = [sum(piece.height for piece in one.pieces) for one in drawn]
    assert heights == [HEIGHT, HEIGHT / 2]
    assert [[piece.kind for piece in one.pieces] for one in drawn] == [["told", "untold"], ["untold"]]
    assert all(p.x >= 0 and p.x + p.width <= WIDTH and p.y >= 0 for one in drawn for p in one.pieces)

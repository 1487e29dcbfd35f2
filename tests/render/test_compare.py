"""What other words would mean: which words of a line became others."""

from difflib import unified_diff

import pytest

from notifier.render.compare import worded


def _marked(before: str, after: str) -> list[str]:
    lines = list(unified_diff(before.splitlines(), after.splitlines(), "v1", "v2", lineterm=""))
    told = worded(lines)
    for line, (sign, pieces) in zip(lines[2:], told, strict=True):
        assert line == sign + "".join(words for words, _ in pieces), "nothing is lost"
    return [
        sign + "".join(f"[{words}]" if changed else words for words, changed in pieces)
        for sign, pieces in told
        if sign != "@"
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "{{ name|singkat(20) }}, bawa KTP. STOP",
            "{{ name|singkat(18) }}, bawa KTP asli. STOP",
            ["-{{ name|[singkat(20)] }}, bawa [KTP.] STOP", "+{{ name|[singkat(18)] }}, bawa [KTP asli.] STOP"],
        ),
        ("satu", "satu dua", ["-satu", "+satu[ dua]"]),
        ("", "satu", ["+[satu]"]),
        ("satu\ndua", "tiga", ["-[satu]", "-[dua]", "+[tiga]"]),
        ("a\nx y\nb\nc", "a\nx z\nb\nc d", [" a", "-x [y]", "+x [z]", " b", "-c", "+c[ d]"]),
        ("a\n\nb", "a\n\nc", [" a", " ", "-[b]", "+[c]"]),
    ],
)
def test_a_line_tells_which_of_its_words_became_others(before: str, after: str, told: list[str]) -> None:
    assert _marked(before, after) == told


def test_equal_words_tell_nothing() -> None:
    assert worded([]) == []

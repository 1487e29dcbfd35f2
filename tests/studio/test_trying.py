"""A test that an admin sends looks as citizens would receive it, and says that it is one."""

import pytest

from notifier.studio.trying import marked


@pytest.mark.parametrize(
    ("channel", "language", "parts", "sent"),
    [
        ("sms", "id", {"text": "Halo"}, {"text": "[UJI] Halo"}),
        ("sms", "en", {"text": "Hello"}, {"text": "[TEST] Hello"}),
        (
            "telegram",
            "bug",
            {"html": "<b>Halo</b>", "text": "Halo"},
            {"html": "<b>[UJI]</b>\n<b>Halo</b>", "text": "[UJI]\nHalo"},
        ),
        (
            "email",
            "id",
            {"subject": "Ingat", "text": "Halo", "html": "<body x='y'>\n<div a='b'>\n<p>Halo</p></div></body>"},
            {
                "subject": "[UJI] Ingat",
                "text": "[UJI]\nHalo",
                "html": "<body x='y'>\n<div a='b'><p><strong>[UJI]</strong></p>\n<p>Halo</p></div></body>",
            },
        ),
        ("email", "id", {"html": "<p>Halo</p>"}, {"html": "<p><strong>[UJI]</strong></p><p>Halo</p>"}),
    ],
)
def test_each_part_says_first_that_it_is_a_test(
    channel: str, language: str, parts: dict[str, str], sent: dict[str, str]
) -> None:
    assert marked(channel, language, parts) == sent

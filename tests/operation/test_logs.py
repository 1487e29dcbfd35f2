"""What a log line shows and what it hides."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.app.logs import set_up
from notifier.rules.redacting import HIDDEN, hide, redacted
from tests.web.sites import open_site


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("row 3175074107920001 is no good", "row … is no good"),
        ("NIK 317507-410792-0001", "NIK …"),
        ("NIK 3175 0741 0792 0001.", "NIK …."),
        ("call +62 812-3456-7890 now", "call … now"),
        ("call (0812) 3456 7890 now", "call (… now"),
        ("081234567890,081234567891", "…,…"),
        ("to siti.aminah@contoh.go.id, please", "to …, please"),
        ("<siti@contoh.id>", "<…>"),
        ("/file/bot7100000001:AAEhBP0av28fakefakefakefakefake123/photos/1.jpg", "/file/bot…/photos/1.jpg"),
        ("Authorization: Bearer nk_abc.DEF-123", "Authorization: Bearer …"),
        ("postgresql://notifier:s3cret@db.internal/notifier", "postgresql://…@db.internal/notifier"),
        ('{"token": "abcdef", "n": 1}', '{"token": "…", "n": 1}'),
        ("?secret=abcdef&n=1", "?secret=…&n=1"),
        ("password: hunter22", "password: …"),
        ("began 2026-12-05 09:00:01.5 and 2026-12-05T09:00:00+00:00", None),
        ("act 1204 of broadcast:4, 12345678 left, 8.25 s", None),
        ("ADU-7K4M2QX ETIMEDOUT line sms", None),
        ("", None),
    ],
)
def test_a_text_is_shown_without_what_leads_to_a_person(text: str, shown: str | None) -> None:
    assert redacted(text) == (text if shown is None else shown)
    assert redacted(redacted(text)) == redacted(text)


@settings(max_examples=30)
@given(st.text(max_size=12), st.from_regex(r"[1-9][0-9]{15}", fullmatch=True), st.sampled_from(["", " ", "-", "."]))
def test_no_nik_gets_through_in_any_grouping(around: str, nik: str, between: str) -> None:
    grouped = between.join(nik[start : start + 4] for start in range(0, 16, 4))
    assert grouped not in redacted(f"{around}{grouped}{around}")


@given(st.from_regex(r"[a-z][a-z0-9._]{0,20}@[a-z]{1,10}\.(go\.id|com|id)", fullmatch=True))
def test_no_mail_address_gets_through(address: str) -> None:
    assert address not in redacted(f"bounced: {address}; later")


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("token", "x", HIDDEN),
        ("password", None, HIDDEN),
        ("api_key", "x", HIDDEN),
        ("nik", "short", HIDDEN),
        ("phone", "0812", HIDDEN),
        ("address", "Jl. Mawar 1", HIDDEN),
        ("text", "saya lapar", HIDDEN),
        ("context", "page", HIDDEN),
        ("n", 9_999_999_999, 9_999_999_999),
        ("n", 3175074107920001, HIDDEN),
        ("ok", True, True),
        ("seconds", 1.5, 1.5),
        ("why", {"phone": "0812", "to": ["siti@contoh.id", 7]}, {"phone": HIDDEN, "to": [HIDDEN, 7]}),
        ("raw", b"\x00" * 20, "20 bytes"),
        ("error", ValueError("bad 3175074107920001"), "bad …"),
        ("deep", {"a": {"b": {"c": {"d": {"e": 1}}}}}, {"a": {"b": {"c": {"d": HIDDEN}}}}),
    ],
)
def test_a_value_is_shown_by_its_key_and_its_looks(key: str, value: Any, shown: Any) -> None:
    assert hide(key, value) == shown


@pytest.fixture
def _own_loggers() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, configured = list(root.handlers), root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**configured)
    structlog.contextvars.clear_contextvars()


@pytest.mark.usefixtures("_own_loggers")
def test_ours_and_those_of_libraries_are_written_alike_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(form="json")
    structlog.contextvars.bind_contextvars(request="r1")
    structlog.get_logger().warning("line.parked", line="sms", reason="to 081234567890", facts={"nik": 1})
    logging.getLogger("aiohttp.server").error("lost %s", "siti@contoh.id", extra={"token": "abc"})
    try:
        raise ValueError("row 3175074107920001")
    except ValueError:
        structlog.get_logger().exception("job.failed", job="sweep")
    structlog.get_logger().debug("nothing")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["event"], line["request"]) for line in lines] == [
        ("warning", "line.parked", "r1"),
        ("error", "lost …", "r1"),
        ("error", "job.failed", "r1"),
    ]
    assert (lines[0]["reason"], lines[0]["facts"]) == ("to …", {"nik": HIDDEN})
    assert (lines[1]["logger"], lines[1]["token"]) == ("aiohttp.server", HIDDEN)
    assert "ValueError: row …" in lines[2]["exception"]
    assert all(line["timestamp"].endswith("Z") for line in lines)


@pytest.mark.usefixtures("_own_loggers")
@pytest.mark.parametrize("form", ["lines", "console"])
def test_other_forms_hold_the_same(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(form=form, quiet=True)
    structlog.get_logger().info("quiet")
    structlog.get_logger().error("job.failed", job="sweep", about=["a b"], reason="to 081234567890")
    [line] = capsys.readouterr().err.splitlines()
    assert "job.failed" in line
    assert "sweep" in line
    assert "0812" not in line


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_answer_has_a_name_which_a_proxy_of_ours_may_give(database_url: str, tmp_path: Any) -> None:
    async with open_site(database_url, tmp_path, service={"proxies": 1}) as pages:
        first, second = [(await pages.get("/health")).headers["X-Request-Id"] for _ in range(2)]
        assert first != second
        given = await pages.get("/health", headers={"X-Request-Id": "abcdef12-proxy"})
        assert given.headers["X-Request-Id"] == "abcdef12-proxy"
        odd = await pages.get("/nix", headers={"X-Request-Id": "3175074107920001 x"})
        assert len(odd.headers["X-Request-Id"]) == 16
    async with open_site(database_url, tmp_path) as pages:
        stranger = await pages.get("/health", headers={"X-Request-Id": "abcdef12-proxy"})
        assert stranger.headers["X-Request-Id"] != "abcdef12-proxy"

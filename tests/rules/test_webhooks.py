"""Where calls may lead, when they are made again, and how they are signed."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from notifier.errors import Refused
from notifier.rules.webhooks import CAP, GIVE_UP, News, again, for_ticket, networks, place, reachable, rest, sign

NOW = datetime(2026, 12, 5, 2, tzinfo=UTC)
WITHIN = (
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",  # shared by a provider's customers
    "169.254.169.254",  # where cloud machines ask for their secrets
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::",
)
PUBLIC = ("8.8.8.8", "103.28.12.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", WITHIN)
def test_no_call_leads_within(address: str) -> None:
    assert not reachable(address, (), plain=False)
    assert not reachable(address, (), plain=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_call_leads_to_anybodys_address_and_there_by_tls_alone(address: str) -> None:
    assert reachable(address, (), plain=False)
    assert not reachable(address, (), plain=True)


def test_what_is_allowed_by_name_is_called_also_without_tls_and_nothing_beside_it() -> None:
    allowed = networks(["10.20.0.0/16", "fd12::/16"])
    for address in ("10.20.3.4", "::ffff:10.20.3.4", "fd12::9"):
        assert reachable(address, allowed, plain=True), address
    for address in ("10.21.0.1", "127.0.0.1", "fd13::1"):
        assert not reachable(address, allowed, plain=False), address


@pytest.mark.parametrize(
    "url",
    [
        "ftp://siks.example/",
        "siks.example",
        "https://",
        "https:///path",
        "https://name:word@siks.example/",
        "https://siks.example@10.0.0.1/",
        "https://siks.example/#part",
        "https://siks.example:0/",
        "https://siks.example:99999/",
        "https://[::1/",
        "https://siks.example/a b",
        "https://siks.example/\n",
        "https://sïks.example/",
        "file:///etc/passwd",
        "https://siks.example/" + "a" * 500,
    ],
)
def test_what_is_no_url_of_a_webhook_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(Refused):
        place(url)


def test_a_call_is_tried_at_growing_distances_for_three_days() -> None:
    now, tries, waits = NOW, 0, []
    while (due := again(tries := tries + 1, NOW, now, None, 0.0)) is not None:
        waits.append(due - now)
        now = due
    assert waits[:4] == [timedelta(seconds=n) for n in (5, 10, 20, 40)]
    assert max(waits) == CAP
    assert GIVE_UP - CAP <= now - NOW <= GIVE_UP
    assert again(5, NOW, NOW, None, 0.999) > NOW + timedelta(seconds=40)  # type: ignore[operator]
    assert again(1, NOW, NOW, timedelta(minutes=7), 0.5) == NOW + timedelta(minutes=7)
    assert again(1, NOW, NOW, timedelta(days=90), 0.5) == NOW + timedelta(days=1), "not for ever"


def test_one_that_is_down_is_left_alone_for_a_minute_at_most_unless_it_asks_for_more() -> None:
    assert [rest(n, None).total_seconds() for n in (1, 2, 3, 5, 10, 5000)] == [0, 0, 8, 32, 60, 60]
    assert rest(1, timedelta(hours=2)) == timedelta(hours=2)


def test_the_example_of_the_standard_is_signed_as_it_says() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    both = sign([key, b"other"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    first, second = both.split(" ")
    assert first == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert second.startswith("v1,")
    assert first != second


@pytest.mark.parametrize(
    ("act", "was", "status", "kinds"),
    [
        ("open", "", "received", (News.TICKET_OPENED,)),
        ("start", "received", "in_progress", (News.TICKET_CHANGED,)),
        ("answer", "received", "in_progress", (News.TICKET_ANSWERED, News.TICKET_CHANGED)),
        ("answer", "in_progress", "in_progress", (News.TICKET_ANSWERED,)),
        ("confirm", "resolved", "closed", (News.TICKET_CLOSED,)),
        ("reopen", "closed", "in_progress", (News.TICKET_CHANGED,)),
        ("note", "", "", ()),
    ],
)
def test_what_is_done_about_a_ticket_is_news_or_is_none(
    act: str, was: str, status: str, kinds: tuple[News, ...]
) -> None:
    assert for_ticket(act, was, status) == kinds

"""What machines report about our mails: delivered, delayed, failed, read. Pure; knows no tickets and no people.

The standard report (RFC 3464, RFC 8098) is read field by field; what old servers write in their own words is guessed
at, and only believed if it names one of our messages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Part
from email.parser import HeaderParser

from channels.contract import Inbound, Receipt, ReceiptState, Unknown
from channels.mail_letter import KEY, key_to_local, local_to_key
from channels.mail_parts import address_in, first, headers, ids_in, inside, leaves, moment, readable, text_of, tidy
from channels.mail_status import CODE, no_such_address, status_in, without_addresses

MOST_RECIPIENTS = 20
LOOKED_AT = 100_000  # characters of a bounce in free words

# Action (RFC 3464) -> state. Delayed is no failure: the server still has the mail and goes on trying.
ACTIONS: Mapping[str, ReceiptState] = {
    "failed": ReceiptState.FAILED,
    "delayed": ReceiptState.ACCEPTED,
    "delivered": ReceiptState.DELIVERED,
    "relayed": ReceiptState.DELIVERED,
    "expanded": ReceiptState.DELIVERED,
}
# Disposition (RFC 8098) -> state
DISPOSITIONS: Mapping[str, ReceiptState] = {
    "displayed": ReceiptState.READ,
    "processed": ReceiptState.DELIVERED,
    "dispatched": ReceiptState.DELIVERED,
    "deleted": ReceiptState.DELIVERED,  # unread
}
RECIPIENT_HEADERS = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "to")
DAEMON = re.compile(r"(mailer-?daemon|mail-?daemon|postmaster|mail\.?delivery|double-?bounce)[^@]{0,40}@")
BOUNCE = re.compile(
    r"undeliver|not deliver|returned (mail|to sender)|delivery (status|has failed|failure|failed|problem|incomplete)"
    r"|failure notice|(mail|message|delivery) fail|could not be delivered|delay|(tidak|gagal) (di|ter)?kirim",
    re.IGNORECASE,
)
DELAY = re.compile(r"delay|warning|still being retried|not yet|tertunda|incomplete|temporar", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ours:
    """By what we know our own mails."""

    domain: str  # of our Message-IDs
    sender: str  # our From, in lower case
    bounce: str  # envelope sender without a key, in lower case


def reports(mail: Part, top: Mapping[str, Sequence[str]], sent_to: str, ours: Ours) -> list[Inbound] | None:
    """The receipts in this mail; None if it is no report at all. `sent_to` is its envelope's recipient, if known."""
    parts = {part.get_content_type(): part for part in leaves(mail)}
    at = moment(first(top, "date"))
    key = bounce_key([sent_to, *(first(top, name) for name in RECIPIENT_HEADERS)], ours)
    if "message/delivery-status" in parts:
        return list(_delivery(parts, key, at)) or [Unknown("a delivery report without a verdict")]
    if "message/disposition-notification" in parts:
        return [_disposition(parts, key, at)]
    if "message/feedback-report" in parts:
        return [Unknown(f"somebody called our mail unwanted: {_original(parts)[:200]}")]
    if _is_bounce(top):
        return [_guessed(mail, parts, top, key, at, ours)]
    return None


def bounce_key(addresses: Sequence[str], ours: Ours) -> str:
    """The key in the bounce address a mail came to (VERP), "" if it came elsewhere."""
    name, _, domain = ours.bounce.rpartition("@")
    for value in addresses:
        for address in value.split(",")[:10]:
            local, _, host = address.strip(" <>\t").rpartition("@")
            before, plus, key = local.partition("+")
            if plus and before.lower() == name and host.lower() == domain:
                return local_to_key(key)
    return ""


def is_daemon(top: Mapping[str, Sequence[str]]) -> bool:
    """Whether a mail server itself writes."""
    return DAEMON.match(address_in(first(top, "from"))) is not None


def _delivery(parts: Mapping[str, Part], key: str, at: datetime | None) -> Iterator[Receipt]:
    blocks = [headers(block) for block in inside(parts["message/delivery-status"])[: MOST_RECIPIENTS + 1]]
    named = next((first(block, "original-envelope-id") for block in blocks if "original-envelope-id" in block), "")
    if KEY.fullmatch(named) and (not key or named.lower() == key.lower()):
        key = named  # some servers write the bounce address in small letters
    ref = _original(parts)
    for block in blocks:
        state = ACTIONS.get(first(block, "action").lower().split(" ")[0])
        if state is None:
            continue
        status, words = status_in(first(block, "status")), readable(first(block, "diagnostic-code"))
        action = "delayed: " if state is ReceiptState.ACCEPTED else ""
        yield Receipt(
            ref=ref,
            state=state,
            reason=f"{action}{status} {without_addresses(words)}".strip(),
            at=at,
            key=key,
            permanent=state is ReceiptState.FAILED and no_such_address(status, words),
        )


def _disposition(parts: Mapping[str, Part], key: str, at: datetime | None) -> Inbound:
    for block in map(headers, inside(parts["message/disposition-notification"])):
        verdict = first(block, "disposition").lower().rpartition(";")[2].strip()
        state = DISPOSITIONS.get(re.split(r"[/,\s]", verdict)[0])
        ids = ids_in(first(block, "original-message-id"))
        ref = ids[0] if ids else _original(parts)
        if state is not None and (ref or key):
            return Receipt(ref=ref, state=state, reason=tidy(verdict)[:100], at=at, key=key)
    return Unknown("a read receipt that says nothing we can use")


def _is_bounce(top: Mapping[str, Sequence[str]]) -> bool:
    if "x-failed-recipients" in top:
        return True
    nobody = first(top, "return-path").strip() == "<>" or is_daemon(top)
    return nobody and BOUNCE.search(readable(first(top, "subject"))) is not None


def _guessed(
    mail: Part,
    parts: Mapping[str, Part],
    top: Mapping[str, Sequence[str]],
    key: str,
    at: datetime | None,
    ours: Ours,
) -> Inbound:
    """A bounce in an old server's own words."""
    words = "\n".join(text_of(part) for part in leaves(mail) if part.get_content_maintype() == "text")[:LOOKED_AT]
    named = [*ids_in(_original(parts)), *ids_in(first(top, "in-reply-to")), *ids_in(first(top, "references"))]
    ref = next((one for one in [*named, *ids_in(words)] if is_our_id(one, ours)), "")
    if not ref and not key:
        return Unknown("a bounce that names none of our messages")
    status = status_in(words)
    code = CODE.search(words)
    told = f"{status or (code[1] if code else '')} {readable(first(top, 'subject'))}"
    if DELAY.search(readable(first(top, "subject"))):
        return Receipt(ref, ReceiptState.ACCEPTED, f"delayed: {without_addresses(told)}", at, key)
    for_good = not status.startswith("4") and no_such_address(status, words.partition("\n--")[0])
    return Receipt(ref, ReceiptState.FAILED, without_addresses(told), at, key, permanent=for_good)


def is_our_id(message_id: str, ours: Ours) -> bool:
    """Whether a Message-ID is one we gave."""
    return message_id.lower().endswith(f"@{ours.domain}>")


def our_id(key: str, ours: Ours) -> str:
    """The Message-ID we gave the message with this key."""
    return f"<{key_to_local(key)}@{ours.domain}>"


def _original(parts: Mapping[str, Part]) -> str:
    """Message-ID of the mail that a report returns, whole or only its headers."""
    returned: list[Part] = []
    for kind in ("message/rfc822", "message/global"):
        if kind in parts:
            returned += inside(parts[kind])
    for kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        if kind in parts:
            returned += [HeaderParser().parsestr(text_of(parts[kind])[:LOOKED_AT]), *inside(parts[kind])]
    for one in returned:
        if ids := ids_in(first(headers(one), "message-id")):
            return ids[0]
    return ""

"""How mails of the fake mail world look: reports as a mail server writes them, answers that quote. Pure."""

from datetime import datetime
from email.utils import format_datetime
from itertools import takewhile

from notifier.sandbox.phones import Note

DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
SUBJECTS = {"failed": "Undelivered Mail Returned to Sender", "delayed": "Delayed Mail (still being retried)"}

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.sandbox.test>
To: {sender}
Subject: {subject}
Date: {date}
Message-ID: {id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"

This is a MIME-encapsulated message.

--=_report
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.sandbox.test.

<{address}>: {words}

--=_report
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.sandbox.test
Arrival-Date: {date}

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--=_report
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{head}
--=_report--
"""


def delivery_report(
    sender: str, address: str, mail: bytes, action: str, status: str, words: str, id: str, now: datetime
) -> bytes:
    """What a server reports to the sender of a mail (RFC 3464), with the headers of that mail."""
    head = "".join(takewhile(str.strip, mail.decode("ascii", "replace").splitlines(keepends=True)))
    report = REPORT.format(
        sender=sender,
        address=address,
        subject=SUBJECTS.get(action, "Successful Mail Delivery Report"),
        date=format_datetime(now),
        id=id,
        action=action,
        status=status,
        words=words,
        head=head.replace("\r\n", "\n"),
    )
    return report.replace("\n", "\r\n").encode()


def quoted(words: str, answered: Note, mailbox: str) -> str:
    """An answer above what it answers, as Indonesian mail programs write it."""
    at = answered.at
    day = f"{DAYS[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at.year} pukul {at:%H.%M}"
    return f"{words}\n\nPada {day} <{mailbox}> menulis:\n" + "".join(
        f"> {line}\n" for line in answered.text.split("\n")
    )

"""What a message may speak of: the facts of every event, what each means, and the buttons that belong to an event.

Knows no wording, no channel and no row of the database; whoever queues a notice brings the facts by these names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["words", "text", "code", "time", "zone", "money", "number", "flag"]
_NEEDED: Any = object()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a template can name."""

    meaning: str  # a sentence for the admin who writes
    sample: Any
    kind: Kind = "words"  # words: one line | text: many lines | code: said with `sebut` | time: an aware instant
    empty: bool = False  # may be None or "": the template has to ask first
    default: Any = _NEEDED  # what holds when nobody says
    along: str = ""  # name of the fact it comes and goes with: asking for that one is enough

    @property
    def needed(self) -> bool:
        """Whether a notice without it can't be worded."""
        return self.default is _NEEDED


def _of(*groups: Mapping[str, Fact], **facts: Fact) -> Mapping[str, Fact]:
    merged: dict[str, Fact] = {}
    for group in (*groups, facts):
        merged |= group
    return MappingProxyType(merged)


_EVERYWHERE = _of(
    sender=Fact("who we are, as the configuration names the service", "Layanan Bansos", default="Layanan Bansos"),
    replies=Fact("whether the line this leaves on can be answered", True, "flag", default=True),
    zone=Fact("time zone of the reader or the round; dates and hours are said in it", "Asia/Jakarta", "zone"),
)

_CITIZEN = _of(
    _EVERYWHERE,
    code=Fact("the code by which citizens check that the message is ours", "K7QM-3FXA", default=""),
)

_ROUND = _of(
    _CITIZEN,
    name=Fact("the citizen's name", "Siti Aminah"),
    programme=Fact("short name of the programme", "BPNT"),
    programme_name=Fact("full name of the programme", "Bantuan Pangan Non Tunai"),
    period=Fact("what it is paid for", "Desember 2026"),
    venue=Fact("where to come", "Kantor Pos Duren Sawit"),
    address=Fact("address of the place", "Jl. Kolonel Sugiono", empty=True),
    opens_at=Fact("first moment it can be fetched", "2026-12-07T01:00:00+00:00", "time"),
    closes_at=Fact("last moment it can be fetched", "2026-12-11T08:00:00+00:00", "time"),
    amount=Fact("rupiah; empty for goods", 200_000, "money", empty=True),
    method=Fact("how it is paid", "KANTOR_POS", "code"),
    note=Fact("what to bring or to know", "Bawa KTP dan KK asli", empty=True),
    round_code=Fact("code of the round", "BPNT-2026-12-DS"),
)

_MAYBE_ROUND = MappingProxyType(
    {
        name: replace(
            fact,
            meaning=f"{fact.meaning}, when there is a round",
            empty=fact.empty or name == "opens_at",
            default=None,
            along="" if name == "opens_at" else "opens_at",
        )
        for name, fact in _ROUND.items()
        if name not in _CITIZEN
    }
)

_TICKET = _of(
    _CITIZEN,
    number=Fact("number of the ticket", "ADU-7K4M2QX"),
    category=Fact("what the ticket is about", "not_received", "code"),
    text=Fact("what the citizen wrote", "Saya belum terima bantuan bulan ini", "text", empty=True, default=""),
    due=Fact("until when we promised to answer", "2026-12-10T05:00:00+00:00", "time", empty=True, default=None),
)

_PROMISE = _of(
    _EVERYWHERE,
    number=Fact("number of the ticket", "ADU-7K4M2QX"),
    category=Fact("what the ticket is about", "not_received", "code"),
    clock=Fact("which promise", "first_response", "code"),
    due_at=Fact("when the promise ends", "2026-12-10T05:00:00+00:00", "time"),
    level=Fact("how often it was escalated", 1, "number", default=0),
    url=Fact("page of the ticket", "https://bansos.example/desk/tickets/ADU-7K4M2QX", empty=True),
)

_BARE = _CITIZEN

FACTS: Mapping[str, Mapping[str, Fact]] = MappingProxyType(
    {
        "round_announced": _ROUND,
        "round_reminder": _ROUND,
        "round_changed": _of(
            _ROUND,
            was_venue=Fact("where it was to be, if that changed", "RPTRA Klender", empty=True, default=None),
            was_opens_at=Fact(
                "when it was to open, if that changed", "2026-12-05T01:00:00+00:00", "time", empty=True, default=None
            ),
            was_closes_at=Fact(
                "when it was to close, if that changed", "2026-12-05T08:00:00+00:00", "time", empty=True, default=None
            ),
        ),
        "round_cancelled": _ROUND,
        "round_posted": _of(
            {name: fact for name, fact in _ROUND.items() if name != "name"},
            cancelled=Fact("whether the round does not take place", False, "flag", default=False),
            changed=Fact("whether it was posted with another date or place before", False, "flag", default=False),
        ),
        "receipt_question": _ROUND,
        "general_notice": _of(
            _CITIZEN,
            name=Fact("the citizen's name", "Siti Aminah"),
            text=Fact(
                "what the office tells, as it was written and approved with the plan",
                "Bantuan bulan ini bergeser ke minggu depan. Jangan membayar pungutan.",
            ),
        ),
        "entitlement_changed": _of(
            _ROUND,
            status=Fact("what the benefit has become", "DISALURKAN", "code"),
            reason=Fact("why, as the payment record says", "Rekening tidak aktif", empty=True, default=""),
        ),
        "entitlements_changed": _of(
            _CITIZEN,
            name=Fact("the citizen's name", "Siti Aminah"),
            n=Fact("how many changes there are", 2, "number"),
            changes=Fact(
                "all of them, one a line",
                "- BPNT Desember 2026: sudah disalurkan\n- PKH Tahap 4: gagal disalurkan (Rekening tidak aktif)",
                "text",
            ),
            brief=Fact(
                "all of them in one line; empty when that does not fit an SMS",
                "BPNT Desember 2026 sudah disalurkan; PKH Tahap 4 gagal disalurkan",
                empty=True,
                default="",
            ),
        ),
        "ticket_received": _TICKET,
        "ticket_answer": _of(
            _TICKET, text=Fact("what we answer", "Bantuan Anda bisa diambil mulai 9 Desember.", "text")
        ),
        "ticket_resolved": _of(
            _TICKET, text=Fact("how it was settled", "Bantuan sudah dibayarkan.", "text", empty=True, default="")
        ),
        "ticket_status": _of(
            _CITIZEN,
            number=Fact("number of the ticket", "ADU-7K4M2QX"),
            status=Fact(
                "how it stands; empty for who is not known for its reporter",
                "in_progress",
                "code",
                empty=True,
                default="",
            ),
            due=Fact("until when something happens", "2026-12-10T05:00:00+00:00", "time", empty=True, default=None),
        ),
        "ticket_revealed": _of(
            _CITIZEN,
            number=Fact("number of the ticket", "ADU-7K4M2QX"),
            reason=Fact("why the reporter's identity was opened", "Diminta Inspektorat untuk pemeriksaan"),
        ),
        "ticket_rating": _of(
            _CITIZEN,
            number=Fact("number of the ticket", "ADU-7K4M2QX"),
            url=Fact(
                "page to say it, by mail; ?nilai=5 chooses",
                "https://bansos.example/nilai/ADU-7K4M2QX/9f2c",
                empty=True,
                default="",
            ),
        ),
        "information": _of(
            _CITIZEN,
            _MAYBE_ROUND,
            topic=Fact(
                "what was asked: schedule, place, documents, amount, status, how_to_complain, register, genuine",
                "schedule",
                "code",
                default="",
            ),
            status=Fact("the public status, when that was asked", "Dalam Proses", "code", empty=True, default=""),
            text=Fact("an answer in words, when there is one", "", "text", empty=True, default=""),
        ),
        "genuine_checked": _of(
            _CITIZEN,
            _MAYBE_ROUND,
            verdict=Fact("what the code is: real, changed, cancelled, false, missing", "real", "code"),
            checked=Fact("the code that was asked about", "M4RK-9TZ2", default=""),
            about=Fact("what kind of message has it", "round_announced", "code", default=""),
            sent_at=Fact("when that message was sent", "2026-12-05T02:00:00+00:00", "time", empty=True, default=None),
            was_venue=Fact("where it was to be, if that changed", "RPTRA Klender", empty=True, default=None),
            was_opens_at=Fact(
                "when it was to open, if that changed", "2026-12-05T01:00:00+00:00", "time", empty=True, default=None
            ),
            was_closes_at=Fact(
                "when it was to close, if that changed", "2026-12-05T08:00:00+00:00", "time", empty=True, default=None
            ),
        ),
        "stop_confirmed": _of(
            _CITIZEN,
            everywhere=Fact("whether the person is silenced everywhere: yes or empty", "", empty=True, default=""),
        ),
        "start_confirmed": _BARE,
        "help": _BARE,
        "attachment_refused": _of(_CITIZEN, limit=Fact("megabytes a file may have", 20, "number", default=20)),
        "talk": _of(
            _CITIZEN,
            words=Fact("what is said next in a conversation", "Layanan bansos. Gratis.", "text"),
            choices=Fact(
                "the answers that can be given by a number; empty where they hang below as buttons",
                "Balas angka: 1 Jadwal 2 Status 3 Lapor 4 Tiket",
                "text",
                empty=True,
                default="",
            ),
        ),
        "sla_warning": _PROMISE,
        "sla_escalated": _PROMISE,
        "urgent_ticket": _of(
            _EVERYWHERE,
            number=Fact("number of the ticket", "ADU-7K4M2QX"),
            summary=Fact("how the ticket begins", "Petugas mengancam ibu saya", "text", empty=True),
            url=Fact("page of the ticket", "https://bansos.example/desk/tickets/ADU-7K4M2QX", empty=True),
        ),
        "desk_alert": _of(
            _EVERYWHERE,
            what=Fact("what staff have to look at", "alert_unseen", "code"),
            number=Fact("number of the ticket, when it is about one", "ADU-7K4M2QX", empty=True, default=""),
            summary=Fact("the figures, when there are some", "7 orang, BPNT-2026-12-DS", empty=True, default=""),
            url=Fact("page to open", "https://bansos.example/desk/radar", empty=True, default=""),
        ),
        "broadcast_asks": _of(
            _EVERYWHERE,
            broadcast=Fact("number of the broadcast", 12, "number"),
            round_code=Fact("code of the round", "BPNT-2026-12-DS"),
            reason=Fact("why it stopped, with the figures", "11 dari 50 kiriman gagal (22.0 %, batasnya 20 %)"),
            url=Fact("page of the broadcast", "https://bansos.example/broadcasts/12", empty=True, default=""),
        ),
        "line_alert": _of(
            _EVERYWHERE,
            line=Fact("name of the line", "bot_jakarta"),
            reason=Fact("what is wrong with it", "Unauthorized", empty=True),
            works=Fact("whether the trouble is over", False, "flag", default=False),
        ),
        "webhook_off": _of(
            _EVERYWHERE,
            webhook=Fact("name of the webhook", "SIKS-NG"),
            reason=Fact("why it was switched off", "gagal tiga hari: menjawab 503"),
            url=Fact("page to open", "https://bansos.example/webhooks", empty=True, default=""),
        ),
        "test_send": _of(
            _EVERYWHERE,
            line=Fact("name of the line", "bot_jakarta", default=""),
            text=Fact("words to try", "Uji coba", "text", empty=True, default=""),
        ),
    }
)

CHANNELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sms": ("text",), "telegram": ("html", "text"), "email": ("subject", "text", "html")}
)
# A language is spoken on a channel once these parts are there; the others are made from them.
NEEDED_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sms": ("text",), "telegram": ("html",), "email": ("subject", "text")}
)

Label = Mapping[str, str]  # language -> words
BUTTONS: Mapping[str, tuple[tuple[str, Label], ...]] = MappingProxyType(
    {
        "receipt_question": (
            (
                "yes",
                {"id": "YA, sudah", "en": "YES, received", "jv": "INGGIH, sampun", "su": "MUHUN, parantos"},
            ),
            (
                "no",
                {"id": "TIDAK, belum", "en": "NO, not yet", "jv": "DERENG", "su": "TEU ACAN"},
            ),
        ),
        "ticket_resolved": (
            ("yes", {"id": "YA, selesai", "en": "YES, settled", "jv": "INGGIH, rampung", "su": "MUHUN, rengse"}),
            ("no", {"id": "BELUM selesai", "en": "NO, not yet", "jv": "DERENG rampung", "su": "TEU ACAN rengse"}),
        ),
        "ticket_rating": (
            ("5", {"id": "5 Sangat puas", "en": "5 Very content", "jv": "5 Sanget lega", "su": "5 Sugema pisan"}),
            ("4", {"id": "4 Puas", "en": "4 Content", "jv": "4 Lega", "su": "4 Sugema"}),
            ("3", {"id": "3 Biasa", "en": "3 So-so", "jv": "3 Limrah", "su": "3 Biasa"}),
            ("2", {"id": "2 Kurang puas", "en": "2 Not quite", "jv": "2 Kirang lega", "su": "2 Kirang sugema"}),
            ("1", {"id": "1 Tidak puas", "en": "1 Not at all", "jv": "1 Boten lega", "su": "1 Teu sugema"}),
        ),
    }
)


_USUAL: Mapping[Kind, str] = MappingProxyType(
    {
        "time": "{{{{ {0}|tanggal }}}} {{{{ {0}|jam }}}}",
        "money": "{{{{ {0}|rupiah }}}}",
        "flag": "{{% if {0} %}}…{{% endif %}}",
        "zone": "{{{{ opens_at|jam }}}}",
        "code": "{{{{ {0}|sebut }}}}",
    }
)


def usual(name: str, fact: Fact) -> str:
    """How a fact is said in a template, asked for first when it may be empty."""
    said = _USUAL.get(fact.kind, "{{{{ {0} }}}}").format(name)
    return f"{{% if {name} %}}{said}{{% endif %}}" if fact.empty and fact.kind != "flag" else said


def buttons(event: str, language: str) -> tuple[tuple[str, str], ...]:
    """(code, label) of the buttons that go with an event, in the language or else in Indonesian; often none."""
    return tuple((code, labels.get(language, labels["id"])) for code, labels in BUTTONS.get(event, ()))

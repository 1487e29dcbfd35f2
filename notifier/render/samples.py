"""Facts to try a template with: the people and rounds that break careless wording. All of them are made up."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from notifier.render.facts import FACTS, Fact

TYPICAL = "typical"
# name -> what is special about it
SAMPLES: Mapping[str, str] = MappingProxyType(
    {
        TYPICAL: "an ordinary person and round",
        "shortest": "a one-word name, short places, one day",
        "longest": "the longest realistic names, places and dates",
        "apostrophe": "typographic quotes and accents, which SMS lacks",
        "markup": "a name that looks like markup",
        "no_amount": "goods instead of money",
        "wit": "a round in Papua, in WIT",
        "no_answers": "a line that can't be answered",
        "empty": "everything that may be empty is",
    }
)

_LONG_NOTE = (
    "Bawa KTP dan KK asli beserta satu lembar fotokopi, datang sesuai jam pada undangan, tidak boleh diwakilkan"
)
_PECULIAR: Mapping[str, Mapping[str, Any]] = {
    "shortest": {
        "name": "Uli",
        "venue": "Balai",
        "address": "",
        "period": "2026",
        "note": "",
        "sender": "Dinsos",
        "opens_at": "2026-12-09T01:30:00+00:00",
        "closes_at": "2026-12-09T07:00:00+00:00",
        "was_closes_at": None,
        "text": "Sudah.",
        "number": "ADU-7K4M2QX",
    },
    "longest": {
        "name": "RADEN AJENG SITI NURHALIZAH KUSUMANINGRUM WIJAYANTI",
        "programme": "DISABILITAS",
        "programme_name": "Bantuan Sosial bagi Penyandang Disabilitas Berat",
        "period": "September-Desember 2026",
        "venue": "Kantor Kelurahan Cipinang Besar Selatan, Aula Lantai 2",
        "address": "Jl. Cipinang Pulo Maja Nomor 23, RT 008/RW 012, Jatinegara, Jakarta Timur 13410",
        "opens_at": "2026-11-18T00:30:00+00:00",
        "closes_at": "2026-12-16T06:30:00+00:00",
        "was_venue": "Rumah Susun Sederhana Sewa Cipinang Besar Utara, Blok C",
        "zone": "Asia/Makassar",
        "amount": 12_600_000,
        "note": _LONG_NOTE,
        "round_code": "DISABILITAS-2026-T4-CIPINANG-BESAR-SELATAN",
        "sender": "Dinas Sosial Provinsi Daerah Khusus Jakarta",
        "number": "ADU-250228-0009",
        "category": "illegal_levy",
        "status": "GAGAL",
        "reason": "Nomor rekening tidak sesuai dengan nama pada data bank penyalur",
        "due": "2026-12-16T05:30:00+00:00",
        "due_at": "2026-12-16T05:30:00+00:00",
        "clock": "next_response",
        "summary": "Petugas mengancam akan mencoret nama ibu saya kalau tidak menyerahkan separuh bantuan hari itu",
        "line": "gateway_sms_cadangan_provinsi_sulawesi_selatan",
    },
    "apostrophe": {
        "name": "Kenes Pudjiastuti D’ANGELO",
        "venue": "Balai “Ma’rang” – Pangkép",
        "address": "Jl. Sultan Hasanuddin № 5",
        "note": "Bawa KTP… dan KK “asli”",
        "text": "Silakan datang ke “Balai Ma’rang” – gratis.",
        "reason": "Nama “D’Angelo” tidak cocok",
    },
    "markup": {
        "name": "<b>Budi</b> & _x_ *y* </i>",
        "venue": "<script>alert(1)</script>",
        "note": "{{ name }} {% if x %} &amp;",
        "text": "</td></table><img src=x onerror=alert(1)>\n{{ 7*7 }}",
        "sender": "Dinsos\r\nBcc: semua@example.com",
        "number": "ADU-7K4M2QX\r\nBcc: semua@example.com",
    },
    "no_amount": {
        "amount": None,
        "method": "BARANG",
        "note": "Beras 10 kg; bawa kantong sendiri",
        "programme": "BERAS",
    },
    "wit": {
        "zone": "Asia/Jayapura",
        "venue": "Kantor Distrik Wamena",
        "address": "Jl. Yos Sudarso",
        "opens_at": "2026-12-10T00:00:00+00:00",
        "closes_at": "2026-12-12T05:00:00+00:00",
    },
    "no_answers": {"replies": False},
}
# what free text amounts to when it is long but still what one person says to another in one SMS
_LONG_TEXTS: Mapping[str, str] = {
    "ticket_received": "Sudah tiga kali saya datang ke kantor pos tetapi selalu disuruh pulang tanpa penjelasan.",
    "ticket_answer": "Data rekening belum cocok. Bawa KTP dan KK ke kelurahan paling lambat Jumat, 18 Desember 2026.",
    "ticket_resolved": "Bantuan sudah dibayarkan lewat kantor pos pada 14 Desember 2026. Terima kasih sudah melapor.",
    "information": "Jadwal bantuan Anda:",
}


def sample(event: str, name: str) -> dict[str, Any]:
    """Facts of the event as the sample has them; KeyError for a name nobody knows."""
    if name not in SAMPLES:
        raise KeyError(name)
    facts = {key: fact.sample for key, fact in FACTS[event].items()}
    if name == "empty":
        return {key: None if fact.empty or fact.along else fact.sample for key, fact in FACTS[event].items()}
    facts |= {key: value for key, value in _PECULIAR.get(name, {}).items() if key in facts}
    if name == "longest" and event in _LONG_TEXTS:
        facts["text"] = _LONG_TEXTS[event]
    if event == "ticket_status" and "status" in _PECULIAR.get(name, {}):
        facts["status"] = "resolved"  # the longest of its own
    if event == "information":
        facts["status"] = facts["status"] if name in ("longest", TYPICAL) else ""
    return facts


def without(event: str, fact_name: str) -> dict[str, Any]:
    """An ordinary person and round, with this one fact empty, and those that go with it."""
    gone = {name: None for name, fact in FACTS[event].items() if fact_name in (name, fact.along)}
    return sample(event, TYPICAL) | gone


def optional(event: str) -> list[tuple[str, Fact]]:
    """The facts that may be empty."""
    return [(name, fact) for name, fact in FACTS[event].items() if fact.empty]

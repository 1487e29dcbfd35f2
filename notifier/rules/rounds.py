"""The register's words: what a person is to a programme and a round, how a benefit is paid, which zone a place keeps.

It must not know files, tables or what anybody is told about a change.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo


class Enrolment(StrEnum):
    """One person in one programme, as the register says."""

    TERDAFTAR = "TERDAFTAR"  # registered
    DIVERIFIKASI = "DIVERIFIKASI"  # verified
    DITETAPKAN = "DITETAPKAN"  # approved: only these are invited
    DITOLAK = "DITOLAK"  # rejected


class Entitlement(StrEnum):
    """One person in one round."""

    DIJADWALKAN = "DIJADWALKAN"  # scheduled
    DISALURKAN = "DISALURKAN"  # disbursed, says the payment record
    DITERIMA = "DITERIMA"  # received: the citizen's own word
    GAGAL = "GAGAL"  # failed
    DITUNDA = "DITUNDA"  # postponed


class Method(StrEnum):
    TUNAI = "TUNAI"
    KANTOR_POS = "KANTOR_POS"
    TRANSFER_BANK = "TRANSFER_BANK"
    KKS = "KKS"
    E_WALLET = "E_WALLET"
    VOUCHER = "VOUCHER"
    BARANG = "BARANG"


METHOD_WORDS: Mapping[Method, str] = MappingProxyType(
    {
        Method.TUNAI: "tunai",
        Method.KANTOR_POS: "tunai di kantor pos",
        Method.TRANSFER_BANK: "transfer bank",
        Method.KKS: "kartu KKS",
        Method.E_WALLET: "dompet elektronik",
        Method.VOUCHER: "voucer",
        Method.BARANG: "barang",
    }
)
ENROLMENT_WORDS: Mapping[Enrolment, str] = MappingProxyType(
    {
        Enrolment.TERDAFTAR: "terdaftar",
        Enrolment.DIVERIFIKASI: "sudah diverifikasi",
        Enrolment.DITETAPKAN: "ditetapkan sebagai penerima",
        Enrolment.DITOLAK: "ditolak",
    }
)
ENTITLEMENT_WORDS: Mapping[Entitlement, str] = MappingProxyType(
    {
        Entitlement.DIJADWALKAN: "dijadwalkan",
        Entitlement.DISALURKAN: "sudah disalurkan",
        Entitlement.DITERIMA: "sudah diterima",
        Entitlement.GAGAL: "gagal disalurkan",
        Entitlement.DITUNDA: "ditunda",
    }
)

# What may follow what. A payment that was recorded can still bounce, a failed or postponed one can be tried again, and
# what the citizen called received goes back to whatever the record says when they take their word back.
MOVES: Mapping[Entitlement, frozenset[Entitlement]] = MappingProxyType(
    {
        Entitlement.DIJADWALKAN: frozenset(
            {Entitlement.DISALURKAN, Entitlement.DITERIMA, Entitlement.GAGAL, Entitlement.DITUNDA}
        ),
        Entitlement.DISALURKAN: frozenset({Entitlement.DITERIMA, Entitlement.GAGAL}),
        Entitlement.DITERIMA: frozenset(
            {Entitlement.DIJADWALKAN, Entitlement.DISALURKAN, Entitlement.GAGAL, Entitlement.DITUNDA}
        ),
        Entitlement.GAGAL: frozenset(
            {Entitlement.DIJADWALKAN, Entitlement.DISALURKAN, Entitlement.DITERIMA, Entitlement.DITUNDA}
        ),
        Entitlement.DITUNDA: frozenset(
            {Entitlement.DIJADWALKAN, Entitlement.DISALURKAN, Entitlement.DITERIMA, Entitlement.GAGAL}
        ),
    }
)


class IllegalStatus(ValueError):
    """A status that can't follow the present one; the text is a sentence for people."""


def change(current: Entitlement, to: Entitlement) -> Entitlement:
    """`to`, when it may follow `current` or is it already. IllegalStatus, as a sentence, when not."""
    if to != current and to not in MOVES[current]:
        could = ", ".join(sorted(MOVES[current]))
        raise IllegalStatus(f"A benefit that is {current} can't become {to}; it can become: {could}.")
    return to


def heard(record: Entitlement, received: bool) -> Entitlement:
    """The entitlement after the citizen's own word: YA makes it DITERIMA, TIDAK gives it back to what the record said
    before (at most DISALURKAN: a record can't know better than the citizen that it was received). The later word wins.
    """
    if received:
        return Entitlement.DITERIMA
    return Entitlement.DISALURKAN if record is Entitlement.DITERIMA else record


def withdrawal(version: int) -> str:
    """Why a broadcast is stopped when its round becomes this version."""
    return f"the round was changed (version {version})"


def public_status(status: Entitlement | Enrolment | None) -> str:
    """What a citizen who asks is told: "Sudah Diterima", "Dalam Proses" or "Tidak Terdaftar" (rejected or unknown)."""
    if status is None or status is Enrolment.DITOLAK:
        return "Tidak Terdaftar"
    return "Sudah Diterima" if status is Entitlement.DITERIMA else "Dalam Proses"


_ZONES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Sumatra · Java · West and Central Kalimantan
        "Asia/Jakarta": (
            *("11", "12", "13", "14", "15", "16", "17", "18", "19", "21"),
            *("31", "32", "33", "34", "35", "36"),
            *("61", "62"),
        ),
        # Bali, Nusa Tenggara · South, East and North Kalimantan · Sulawesi
        "Asia/Makassar": ("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"),
        # Maluku · Papua; 97 is kept for the numbering that older files use
        "Asia/Jayapura": ("81", "82", "91", "92", "93", "94", "95", "96", "97"),
    }
)
ZONE_OF_PROVINCE: Mapping[str, str] = MappingProxyType(
    {province: zone for zone, provinces in _ZONES.items() for province in provinces}
)
ZONE_WORDS: Mapping[str, str] = MappingProxyType(
    {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
)


def zone_of(region: str) -> ZoneInfo:
    """The zone a region keeps, by its province: the first two digits of a region code (`31.75.07.1003`) or of a NIK's
    district. ValueError, as a sentence, when there is no such province.
    """
    zone = ZONE_OF_PROVINCE.get(region[:2])
    if zone is None:
        raise ValueError(f"The region '{region}' belongs to no province we know: its first two digits are 11 to 97.")
    return ZoneInfo(zone)


PROGRAMME_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "PKH": "Program Keluarga Harapan",
        "BPNT": "Bantuan Pangan Non Tunai",
        "BST": "Bantuan Sosial Tunai",
        "BLT": "Bantuan Langsung Tunai",
        "LANSIA": "Bantuan Lanjut Usia",
        "DISABILITAS": "Bantuan Penyandang Disabilitas",
    }
)

"""How things are said in each language: days, months, hours, rupiah, and what stands for our codes.

Pure tables and functions of them; an instant and a zone go in, words come out. Knows no template.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo


def _row(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# language -> seven days from Monday, twelve months. Where a native reader has not decided, Indonesian stands.
_ID_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
DAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": _row("Senin Selasa Rabu Kamis Jumat Sabtu Minggu"),
        "en": _row("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        "jv": _row("Senen Selasa Rebo Kemis Jemuwah Setu Minggu"),
        "su": _row("Senén Salasa Rebo Kemis Jumaah Saptu Minggu"),
    }
)
MONTHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": _row(_ID_MONTHS),
        "en": _row("January February March April May June July August September October November December"),
        "jv": _row(_ID_MONTHS),
        "su": _row("Januari Pébruari Maret April Méi Juni Juli Agustus Séptémber Oktober Nopémber Désémber"),
    }
)
ZONES: Mapping[str, str] = MappingProxyType({"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"})

# long words of places and periods -> how people shorten them
SHORT: Mapping[str, str] = MappingProxyType(
    {
        "kantor kelurahan": "Kel.",
        "kantor kecamatan": "Kec.",
        "kantor distrik": "Distrik",
        "kantor desa": "Desa",
        "kelurahan": "Kel.",
        "kecamatan": "Kec.",
        "kabupaten": "Kab.",
        "jalan": "Jl.",
        "nomor": "No.",
        "gedung": "Gd.",
        "lantai": "Lt.",
        "triwulan": "Tw",
        "fotokopi": "fc",
        **{month.lower(): "Agu" if month == "Agustus" else month[:3] for month in _ID_MONTHS.split() if month != "Mei"},
    }
)

# code -> language -> words; a code or language that is missing is said in Indonesian, or as it came
_CODES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # what a ticket is about
        "not_received": {"id": "Bantuan belum diterima", "en": "Aid not received"},
        "delayed": {"id": "Bantuan terlambat", "en": "Aid is late"},
        "deduction": {"id": "Pemotongan bantuan", "en": "Money taken from the aid"},
        "illegal_levy": {"id": "Pungutan liar", "en": "Illegal payment demanded"},
        "wrong_target": {"id": "Salah sasaran", "en": "Aid to the wrong person"},
        "not_registered": {"id": "Belum terdaftar", "en": "Not registered"},
        "data_error": {"id": "Kesalahan data", "en": "Wrong data"},
        "card_problem": {"id": "Masalah kartu (KKS)", "en": "Card problem (KKS)"},
        "officer_conduct": {"id": "Perilaku petugas", "en": "Conduct of an officer"},
        "suggestion": {"id": "Saran", "en": "Suggestion"},
        "praise": {"id": "Apresiasi", "en": "Praise"},
        "alert_unseen": {"id": "Aduan tertutup tanpa petugas", "en": "Hidden complaint nobody sees"},
        "alert_second": {"id": "Perlu persetujuan kedua", "en": "A second person has to agree"},
        "alert_silent": {"id": "Warga diam, putuskan penutupan", "en": "Citizen is silent, decide on closing"},
        "alert_radar": {"id": "Radar: aduan tidak wajar", "en": "Radar: unusual complaints"},
        "goods_quality": {"id": "Mutu barang bantuan", "en": "Quality of the goods"},
        "fraud_hoax": {"id": "Penipuan atau hoaks", "en": "Fraud or hoax"},
        "information": {"id": "Permintaan informasi", "en": "Request for information"},
        "other": {"id": "Lainnya", "en": "Other"},
        # what becomes of a benefit
        "TERDAFTAR": {"id": "terdaftar", "en": "registered"},
        "DIVERIFIKASI": {"id": "sudah diverifikasi", "en": "verified"},
        "DITETAPKAN": {"id": "ditetapkan sebagai penerima", "en": "approved"},
        "DITOLAK": {"id": "ditolak", "en": "rejected"},
        "DIJADWALKAN": {"id": "dijadwalkan", "en": "scheduled"},
        "DISALURKAN": {"id": "sudah disalurkan", "en": "paid out"},
        "DITERIMA": {"id": "sudah diterima", "en": "received"},
        "GAGAL": {"id": "gagal disalurkan", "en": "not paid out: the payment failed"},
        "DITUNDA": {"id": "ditunda", "en": "postponed"},
        "Sudah Diterima": {"id": "Sudah Diterima", "en": "Received"},
        "Dalam Proses": {"id": "Dalam Proses", "en": "In progress"},
        "Tidak Terdaftar": {"id": "Tidak Terdaftar", "en": "Not registered"},
        # how a ticket stands
        "received": {"id": "sudah kami terima", "en": "received", "jv": "sampun katampi", "su": "parantos katampi"},
        "verified": {"id": "sudah dibaca petugas", "en": "read by an officer"},
        "assigned": {"id": "sudah ada petugasnya", "en": "given to an officer"},
        "in_progress": {
            "id": "sedang ditangani",
            "en": "being worked on",
            "jv": "saweg dipuntangani",
            "su": "nuju diurus",
        },
        "waiting": {"id": "menunggu jawaban Anda", "en": "waiting for your answer"},
        "resolved": {"id": "selesai, menunggu Anda", "en": "settled, awaiting your word"},
        "closed": {"id": "sudah ditutup", "en": "closed"},
        "rejected": {"id": "ditolak", "en": "rejected"},
        "referred": {"id": "diteruskan ke kantor lain", "en": "referred elsewhere"},
        "merged": {"id": "digabung", "en": "merged"},
        # how it is paid
        "TUNAI": {"id": "tunai", "en": "cash", "jv": "tunai", "su": "tunai"},
        "KANTOR_POS": {"id": "tunai di kantor pos", "en": "cash at the post office"},
        "TRANSFER_BANK": {"id": "transfer bank", "en": "bank transfer"},
        "KKS": {"id": "kartu KKS", "en": "KKS card"},
        "E_WALLET": {"id": "dompet elektronik", "en": "e-wallet"},
        "VOUCHER": {"id": "voucer", "en": "voucher"},
        "BARANG": {"id": "barang", "en": "goods"},
        # what a message was about
        "round_announced": {
            "id": "jadwal bantuan",
            "en": "aid schedule",
            "jv": "jadwal bantuan",
            "su": "jadwal bantosan",
        },
        "general_notice": {"id": "pemberitahuan", "en": "notice", "jv": "wara-wara", "su": "bewara"},
        "round_reminder": {"id": "pengingat jadwal", "en": "reminder", "jv": "pangèngetan", "su": "pangéling"},
        "round_changed": {"id": "jadwal berubah", "en": "changed schedule", "jv": "jadwal owah", "su": "jadwal robah"},
        "round_cancelled": {
            "id": "jadwal batal",
            "en": "cancelled schedule",
            "jv": "jadwal wurung",
            "su": "jadwal bolay",
        },
        "round_posted": {"id": "jadwal bantuan", "en": "aid schedule", "jv": "jadwal bantuan", "su": "jadwal bantosan"},
        "receipt_question": {
            "id": "tanya sudah terima",
            "en": "receipt question",
            "jv": "pitakenan",
            "su": "patarosan",
        },
        "entitlement_changed": {"id": "status bantuan", "en": "status of the aid", "su": "status bantosan"},
        "entitlements_changed": {"id": "status bantuan", "en": "status of the aid", "su": "status bantosan"},
        "ticket_received": {"id": "nomor laporan", "en": "number of a report", "jv": "nomer laporan"},
        "ticket_answer": {
            "id": "jawaban laporan",
            "en": "answer to a report",
            "jv": "wangsulan laporan",
            "su": "waleran laporan",
        },
        "ticket_resolved": {
            "id": "laporan selesai",
            "en": "settled report",
            "jv": "laporan rampung",
            "su": "laporan réngsé",
        },
        "ticket_status": {"id": "status laporan", "en": "status of a report"},
        "genuine_checked": {"id": "cek kode", "en": "check of a code", "jv": "priksa kode", "su": "pariksa kode"},
        "stop_confirmed": {"id": "konfirmasi STOP", "en": "STOP confirmed"},
        "start_confirmed": {"id": "konfirmasi MULAI", "en": "MULAI confirmed"},
        "help": {"id": "cara membalas", "en": "how to answer", "jv": "cara mbales", "su": "cara ngabales"},
        "attachment_refused": {"id": "berkas ditolak", "en": "file refused"},
        # which promise
        "ack": {"id": "tanda terima", "en": "acknowledgement"},
        "first_response": {"id": "jawaban pertama", "en": "first answer"},
        "next_response": {"id": "jawaban berikutnya", "en": "next answer"},
        "resolution": {"id": "penyelesaian", "en": "settlement"},
        "legal": {"id": "tenggat hukum", "en": "legal deadline"},
    }
)


def language(code: str) -> str:
    """The language whose days and months are used for `code`."""
    return code if code in DAYS else "id"


def code(value: object, tongue: str) -> str:
    """What stands for a code; anything unknown as it came."""
    words = _CODES.get(str(value))
    return str(value) if words is None else words.get(tongue, words["id"])


def local(value: object, zone: object) -> datetime:
    """An instant (aware, or its ISO text) as clocks in `zone` show it. ValueError when it can not be."""
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{str(value)[:40]!r} is no time; write one such as 2026-12-07T01:00:00+00:00") from None
    if instant.utcoffset() is None:
        raise ValueError(f"the time {instant} has no zone: give it one")
    try:
        return instant.astimezone(ZoneInfo(str(zone)))
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{str(zone)[:40]!r} is no time zone; write one such as Asia/Jakarta") from None


def full_date(when: date, tongue: str) -> str:
    """Senin, 7 Desember 2026."""
    return f"{DAYS[tongue][when.weekday()]}, {when.day} {MONTHS[tongue][when.month - 1]} {when.year}"


def short_date(when: date, tongue: str) -> str:
    """7 Des 2026."""
    return f"{day_month(when, tongue)} {when.year}"


def day_month(when: date, tongue: str) -> str:
    """7 Des."""
    month = MONTHS[tongue][when.month - 1]
    return f"{when.day} {'Agu' if month == 'Agustus' else month[:3]}"


def hour(when: datetime, tongue: str) -> str:
    """08.00, or 08:00 in English."""
    return when.strftime("%H:%M" if tongue == "en" else "%H.%M")


def hour_and_zone(when: datetime, tongue: str) -> str:
    """08.00 WIB."""
    zone = ZONES.get(str(when.tzinfo)) or when.strftime("%Z")
    return f"{hour(when, tongue)} {zone}"


def rupiah(value: object, tongue: str) -> str:
    """Rp200.000. Raises ValueError for what is no whole number of rupiah."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{str(value)[:40]!r} is no whole number of rupiah")  # noqa: TRY004 - one refusal for all
    digits = f"{value:,}"
    return f"Rp{digits if tongue == 'en' else digits.replace(',', '.')}"

"""What a person may ask of whoever keeps data about them (UU PDP): all of it in their hands, or all of it gone.

Both want a reason and stand in the ledger. Confidential reports are in no export, for an export is seen by staff; who
made them follows them by number and code. An erasure takes them too, and says nothing of them.
"""

import asyncio
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.registry.persons import said
from notifier.rules.roles import Right, Viewer
from notifier.store import dossiers, erasing, joining, ledger, persons
from notifier.store.contacts import WRONG
from notifier.store.engine import Database
from notifier.store.persons import Whole
from notifier.vault import SHORT, Vault

NOBODY = {"kind": "web", "line": "", "address": "", "person_id": None, "contact_id": None}
# Purposes by which senders and reporters are named, as the desk's keys have them: in the open, and in confidence.
HEARD = ("heard", "heard private")
REPORTER = ("reporter", "reporter private")
APPLICATION, FILE = "applications.sealed", "files.body"  # what these are sealed for
TITLES: Mapping[str, str] = {
    "person": "Data diri",
    "contacts": "Kontak",
    "silences": "Permintaan berhenti",
    "enrolments": "Kepesertaan",
    "entitlements": "Hak per penyaluran",
    "entitlement_changes": "Perubahan hak",
    "messages": "Pesan yang dikirim",
    "attempts": "Percobaan kirim",
    "visits": "Kunjungan",
    "conflicts": "Baris berkas yang berbeda",
    "heard": "Pesan yang diterima",
    "reports": "Aduan",
    "report_messages": "Isi aduan",
    "report_changes": "Riwayat aduan",
    "ratings": "Penilaian",
    "files": "Lampiran",
    "applications": "Permohonan didaftarkan",
    "lists": "Daftar siaran",
    "looks": "Yang dilakukan petugas",
}


class Dossiers:
    """Gives people what is kept about them, and forgets them."""

    def __init__(self, database: Database, vault: Vault, data: Path) -> None:
        """`data`: the data folder, in which attachments lie."""
        self._database = database
        self._vault = vault
        self._data = data

    async def export(self, viewer: Viewer, person_id: int, why: str, now: datetime) -> IO[bytes]:
        """A ZIP with everything kept about a person: `data.json` for machines, `data.html` to read, and the files of
        their reports. It has no name on disk; close it when it was read.
        """
        _needs(viewer)
        reason = said(why)
        async with self._database.write() as db:
            who = await _whole(db, viewer, person_id)
            await persons.note(db, who.id, "exported", viewer.who, reason, now, {})
            await ledger.append(db, at=now, who=viewer.who, act="person_exported", about=f"person:{who.id}")
        async with self._database.read() as db:
            ids = await persons.aliases(db, who.id)
            rows = [whole for _, whole in sorted((await persons.several(db, ids)).items())]
            pairs = await _alone(db, ids)
            known = [self._vault.person_index(number) for number in ids]
            reports = await erasing.reported(db, known, self._named(pairs, REPORTER[:1]))
            found = await dossiers.of(db, ids, reports, self._named(pairs, HEARD[:1]))
            asked = await dossiers.applied(db, [whole.nik_index for whole in rows], reports)
        wishes = [{"created_at": a["created_at"], **self._vault.open_json(a["sealed"], APPLICATION)} for a in asked]
        everything = {"person": [self._clear(whole) for whole in rows], **found, "applications": wishes}
        return await asyncio.to_thread(_packed, everything, now, self._file)

    def _file(self, number: int) -> bytes | None:
        """An attachment in clear; None when it is not on this machine any more."""
        path = self._data / "files" / str(number)
        return self._vault.open(path.read_bytes(), FILE) if path.exists() else None

    def _clear(self, who: Whole) -> dict[str, Any]:
        kk = self._vault.open(who.kk, "people.kk").decode() if who.kk is not None else ""
        names = ("name", "sex", "born", "address", "rt", "rw", "region", "zone", "language", "prefers", "flags")
        rest = {name: getattr(who, name) for name in (*names, "silenced_at", "created_at", "updated_at")}
        return {"nik": self._vault.open(who.nik, "people.nik").decode(), "kk": kk, **rest}

    async def erase(self, viewer: Viewer, person_id: int, why: str, now: datetime) -> None:
        """Take away all that tells who a person is; what was counted stays counted. It can't be undone.

        Refused while something of theirs is under way: a message, a broadcast that may hold them, a report.
        """
        _needs(viewer)
        reason = said(why)
        async with self._database.write() as db:
            who = await _whole(db, viewer, person_id)
            await joining.before_walks(db)
            ids = await persons.aliases(db, who.id)
            pairs = await _alone(db, ids)
            known = [key for number in ids for key in self._keys(number)]
            niks = [whole.nik_index for whole in (await persons.several(db, ids)).values()]
            reports = await erasing.reported(db, known, self._named(pairs, REPORTER))
            reports = sorted({*reports, *await erasing.applied(db, niks)})
            busy = await persons.under_way(db, ids) or await erasing.unsettled(db, reports)
            if busy or await persons.walked(db, ids):
                raise Refused(
                    f"something of person {who.id} is still under way (a message or a report); try again later"
                )
            traces = await erasing.traces(db, ids, reports, self._named(pairs, HEARD))
            nobody = self._vault.seal(b"", "people.nik")
            await erasing.forget(db, traces, nobody, [address for _, address in pairs], now)
            reporter = {**NOBODY, "language": who.language, "zone": who.zone, "region": "", "thread": "", "name": ""}
            emptied = await erasing.unsay(db, traces, self._vault.seal_json(reporter, "reporters.sealed"))
            for ticket_id, messages in emptied.items():
                about, detail = f"ticket:{ticket_id}", {"erased": messages}
                await ledger.append(db, at=now, who=viewer.who, act="words_erased", about=about, detail=detail)
            await persons.note(db, who.id, "erased", viewer.who, reason, now, {})
            await ledger.append(db, at=now, who=viewer.who, act="person_erased", about=f"person:{who.id}")
        for path in traces.files:
            (self._data / "files" / Path(path).name).unlink(missing_ok=True)

    def _keys(self, person_id: int) -> Sequence[bytes]:
        """Both names a person has among reporters, as the desk's keys have them."""
        private = self._vault.index(str(person_id), "person private")[:SHORT]
        return self._vault.person_index(person_id), private

    def _named(self, pairs: Sequence[tuple[str, str]], purposes: Sequence[str]) -> Sequence[bytes]:
        """The keyed names of these addresses."""
        return [self._vault.index(f"{kind}\0{at}", purpose)[:SHORT] for kind, at in pairs for purpose in purposes]


async def _alone(db: AsyncConnection, ids: Sequence[int]) -> list[tuple[str, str]]:
    """(kind, address) of what is theirs alone: nobody else of the register has it, nor did anybody answer there who
    said that they are somebody else.
    """
    both = await erasing.shared(db, ids)
    reaches = [reach for number in ids for reach in await persons.reaches(db, number) if reach.state != WRONG]
    return [(one.kind, one.address) for one in reaches if (one.kind, one.address) not in both]


def _needs(viewer: Viewer) -> None:
    viewer.needs(Right.IMPORT)
    viewer.needs(Right.REVEAL)


async def _whole(db: AsyncConnection, viewer: Viewer, person_id: int) -> Whole:
    who = await persons.get(db, person_id, lock=True)
    if who is None or not viewer.covers(who.region):
        raise Refused("there is no such person in your region")
    if who.erased_at is not None:
        raise Refused(f"nothing is left to be shown of person {who.id}")
    if who.merged_into_id is not None:
        raise Refused(f"person {who.id} is merged into another or erased; nothing of them is corrected")
    return who


def _packed(
    everything: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime, read: Callable[[int], bytes | None]
) -> IO[bytes]:
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            told = {"written_at": now, **everything}
            archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2, default=_plain))
            archive.writestr("data.html", _readable(everything, now))
            for one in everything["files"]:
                body = read(one["id"]) if one["state"] == "kept" else None
                if body is not None:
                    archive.writestr(f"lampiran/{one['id']}-{one['name']}", body)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _readable(everything: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime) -> str:
    """A page that any browser opens, without script or style from elsewhere."""
    parts = ['<!doctype html><html lang="id"><meta charset="utf-8"><title>Data pribadi</title><h1>Data pribadi</h1>']
    parts.append(f"<p>Ditulis {escape(_plain(now))}. Aduan rahasia diikuti dengan nomor dan kodenya sendiri.</p>")
    for name, rows in everything.items():
        parts.append(f"<h2>{escape(TITLES.get(name, name))}</h2>")
        if not rows:
            parts.append("<p>Tidak ada.</p>")
            continue
        head = "".join(f"<th>{escape(column)}</th>" for column in rows[0])
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row.values()) + "</tr>" for row in rows
        )
        parts.append(f'<table border="1"><tr>{head}</tr>{body}</table>')
    return "".join(parts)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=_plain) if isinstance(value, dict | list) else _plain(value)

"""Programmes as the office looks after them: name, ladder of channels, what is planned by itself.

What the configuration says lies beneath; each change is a version with who, when and why, and everybody reads the
newest within seconds. A programme is the same everywhere: only who sees every region changes it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notifier.config import Reminders
from notifier.errors import Refused
from notifier.registry.rounds import Faulty
from notifier.rules.ladders import Ladders
from notifier.rules.people import PROGRAMMES
from notifier.rules.roles import Right, Viewer
from notifier.rules.rounds import PROGRAMME_NAMES
from notifier.store import ledger
from notifier.store import programmes as rows
from notifier.store.engine import Database
from notifier.store.programmes import Course, Kept
from notifier.vault import Vault

LONGEST_NAME, LONGEST_WHY = 120, 200
MOST_DAYS, MOST_REMINDERS = 31, 6
RECENT = 12  # rounds on a programme's page
_DAYS = re.compile(r"\d{1,2}(\s*[,;]\s*\d{1,2})*")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as it is now."""

    code: str
    name: str
    ladder: Sequence[str]
    reminders: Mapping[str, Any]  # days_before, hour ("09:00"), question, question_days
    version: int  # 0: nobody changed what the configuration says


class Programmes:
    """The use cases of whoever looks after programmes. `names` and `ladders` are what the rooms below read: the
    office's own words by programme, kept up to date by `refresh`.
    """

    def __init__(self, database: Database, vault: Vault, reminders: Reminders, channels: Sequence[str]) -> None:
        """`channels`: those that some line carries."""
        self._database, self._vault, self._channels = database, vault, channels
        self._reminders = written(reminders)
        self._house = Ladders(())
        self.names: dict[str, str] = dict(PROGRAMME_NAMES)
        self.ladders: dict[str, Sequence[str]] = {}

    def over(self, house: Ladders) -> Ladders:
        """The ladders of the configuration with the office's own before them."""
        self._house = Ladders(house.default, house.by_programme, self.ladders)
        return self._house.carried_by(dict.fromkeys(self._channels))

    async def refresh(self) -> None:
        """Read what holds now: one small query."""
        async with self._database.read() as db:
            self._take(await rows.current(db))

    def _take(self, current: Mapping[str, Kept]) -> None:
        self.names.update({code: _name(code, current.get(code)) for code in PROGRAMMES})
        for code, kept in current.items():
            if kept.ladder:
                self.ladders[code] = tuple(kept.ladder)
            else:
                self.ladders.pop(code, None)

    async def list(self, viewer: Viewer) -> Sequence[Programme]:
        """Every programme, in the usual order."""
        viewer.needs(Right.SEE_ROUNDS)
        async with self._database.read() as db:
            current = await rows.current(db)
        return [self._of(code, current.get(code)) for code in PROGRAMMES]

    async def get(self, viewer: Viewer, code: str) -> Programme:
        """One programme. Raises Refused when there is none of this name."""
        viewer.needs(Right.SEE_ROUNDS)
        _known(code)
        async with self._database.read() as db:
            return self._of(code, await rows.newest(db, code))

    async def story(self, viewer: Viewer, code: str) -> tuple[Sequence[Kept], Sequence[Course]]:
        """What was written about a programme, and its newest rounds in the viewer's region; newest first."""
        viewer.needs(Right.SEE_ROUNDS)
        _known(code)
        async with self._database.read() as db:
            return await rows.versions(db, code), await rows.course(db, code, viewer.region, RECENT)

    async def change(
        self,
        viewer: Viewer,
        code: str,
        fields: Mapping[str, str],
        why: str,
        now: datetime,
        *,
        version: int | None = None,
    ) -> Programme:
        """Write what a programme is from now on. `fields`: name, ladder (channels with spaces), days, hour, question,
        question_days. Rounds to come are looked at again: what nobody approved yet of the older plan is taken back.

        Raises Faulty by field, Refused when somebody changed it since `version`. Without a difference nothing is
        written.
        """
        viewer.needs(Right.EDIT_PROGRAMME)
        if viewer.region:
            raise Refused("a programme is the same everywhere; somebody who sees every region has to change it")
        _known(code)
        async with self._database.write() as db:
            kept = await rows.newest(db, code)
            was = self._of(code, kept)
            wanted = judge(fields, was, self._channels)
            if not why.strip() or len(why.strip()) > LONGEST_WHY:
                raise Faulty({"why": "Tulis alasannya, paling banyak 200 huruf."})
            if version is not None and was.version != version:
                raise Refused(f"{code} was changed while you looked at it; look at it again")
            changed = [name for name in ("name", "ladder", "reminders") if getattr(was, name) != getattr(wanted, name)]
            if not changed:
                return was
            new = Kept(
                code,
                was.version + 1,
                "" if wanted.name == PROGRAMME_NAMES.get(code, code) else wanted.name,
                None if tuple(wanted.ladder) == self._usual(code) else tuple(wanted.ladder),
                None if wanted.reminders == self._reminders else wanted.reminders,
                why.strip(),
                viewer.who,
                now,
            )
            if not await rows.add(db, new):
                raise Refused(f"{code} was changed while you looked at it; look at it again")
            detail = {"version": new.version, "changed": changed, "why": self._vault.index(new.why, "why").hex()}
            await ledger.append(
                db, at=now, who=viewer.who, act="programme.changed", about=f"programme:{code}", detail=detail
            )
            if "reminders" in changed:
                await rows.wake(db, code, now - timedelta(days=MOST_DAYS), now)
        await self.refresh()
        return self._of(code, new)

    def _usual(self, code: str) -> tuple[str, ...]:
        beneath = Ladders(self._house.default, self._house.by_programme)
        return beneath.carried_by(dict.fromkeys(self._channels)).of(code)

    def _of(self, code: str, kept: Kept | None) -> Programme:
        own = tuple(kind for kind in (kept.ladder if kept else None) or () if kind in self._channels)
        return Programme(
            code,
            _name(code, kept),
            own or self._usual(code),
            dict(kept.reminders) if kept and kept.reminders is not None else self._reminders,
            kept.version if kept else 0,
        )


def written(reminders: Reminders) -> dict[str, Any]:
    """What is planned by itself, as a version keeps it."""
    return {
        "days_before": sorted(set(reminders.days_before), reverse=True),
        "hour": f"{reminders.hour:%H:%M}",
        "question": reminders.question,
        "question_days": reminders.question_days,
    }


def judge(fields: Mapping[str, str], was: Programme, channels: Sequence[str]) -> Programme:
    """A programme as a form wants it; a field that is missing stays as it was. Raises Faulty. Pure."""
    faults: dict[str, str] = {}
    name = " ".join(fields.get("name", was.name).split())
    if not name or len(name) > LONGEST_NAME:
        faults["name"] = "Isi nama program, paling banyak 120 huruf."
    ladder = tuple(fields["ladder"].split()) if "ladder" in fields else tuple(was.ladder)
    if not ladder or len(set(ladder)) != len(ladder) or not set(ladder) <= set(channels):
        faults["ladder"] = "Pilih saluran yang ada jalurnya, masing-masing satu kali; paling sedikit satu."
    days, asks = (
        fields.get("days", _spelled(was)).strip(),
        fields.get("question", "1" if was.reminders["question"] else ""),
    )
    before = (
        sorted({int(day) for day in re.findall(r"\d+", days)}, reverse=True)
        if not days or _DAYS.fullmatch(days)
        else [99]
    )
    if len(before) > MOST_REMINDERS or any(day > MOST_DAYS for day in before):
        faults["days"] = (
            "Tulis hari sebelum penyaluran dengan koma, misalnya 3, 1, 0; paling banyak enam, paling awal 31."
        )
    hour = fields.get("hour", str(was.reminders["hour"]))
    if not _HOUR.fullmatch(hour):
        faults["hour"] = "Tulis jam seperti 09:00."
    after = fields.get("question_days", str(was.reminders["question_days"]))
    if not re.fullmatch(r"\d{1,2}", after, re.ASCII) or int(after) > MOST_DAYS:
        faults["question_days"] = "Tulis jumlah hari, 0 sampai 31."
    if faults:
        raise Faulty(faults)
    reminders = {"days_before": before, "hour": hour, "question": bool(asks), "question_days": int(after)}
    return Programme(was.code, name, ladder, reminders, was.version)


def _spelled(was: Programme) -> str:
    return ", ".join(str(day) for day in was.reminders["days_before"])


def _name(code: str, kept: Kept | None) -> str:
    return (kept.name if kept else "") or PROGRAMME_NAMES.get(code, code)


def _known(code: str) -> None:
    if code not in PROGRAMMES:
        raise Refused(f'no programme is called "{code}"; there are: {", ".join(PROGRAMMES)}')

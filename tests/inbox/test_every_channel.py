"""Every flow on every channel, as one long conversation: in the bodies of real providers, and on the phone wall.

What this test does by bodies and by the wall alike, on SMS, Telegram and mail: MENU, JADWAL, CEK, BANTUAN, CARA LAPOR,
CARA DAFTAR, BAHASA, LAPOR, TIKET, DAFTAR, PETUGAS, hoax, ASLI, BATAL, STOP, MULAI, receipt YA and TIDAK, STOP SEMUA,
SALAH ORANG, a relative who asks. What needs more than words is told apart, by bodies:

| flow | SMS | Telegram | mail | page |
|---|---|---|---|---|
| link by a number, SAYA | test_talking | test_talking | test_talking | – |
| shared phone, two questions | test_talking, test_hearing | – | – | – |
| photo, file, place | – | test_files, test_talking | test_files | test_public_complaints |
| messages in pieces, albums, edits | test_talking | test_files, test_hearing | – | – |
| forwards | test_genuine | test_genuine | test_genuine, test_mail_reading | test_genuine_page |
| auto-replies and loops | – | – | test_hearing, test_mail_reading | – |
| blocked and let in again | – | test_hearing | – | – |
| groups and channels | – | test_groups, test_group_pages | – | – |
| complaint, following, settled or not | test_hearing | test_talking | test_hearing | test_public_complaints |
| status by NIK and name | test_talking | test_talking | test_talking | test_public_pages |
| stop and start by a code | – | test_stop_page | – | test_stop_page |
"""

from typing import Any

import pytest

from notifier.store import rounds
from notifier.store.schema import contacts, entitlements, people, tickets
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ADDRESSES = {"sms": "+6281200000001", "telegram": "7001", "email": "siti@warga.test"}
FILES = "lanjut"  # asked only where photos can be sent
STORY = "Uang saya dipotong lima puluh ribu di balai desa kemarin"

# what is written, and what then lies on the phone; one flow a block
SAID = (
    ("MENU", "Layanan bansos"),
    ("1", "BPNT Desember 2026: "),
    ("CEK", "Dalam Proses"),
    ("BANTUAN", "Ketik: JADWAL"),
    ("CARA LAPOR", "Cara lapor"),
    ("gimana cara daftar?", "ketik DAFTAR"),
    ("cek punya ibu saya", "pemilik datanya"),
    ("BAHASA", "Pilih bahasa"),
    ("inggris", "we write in English"),
    ("bahasa indonesia", "bahasa Indonesia"),
    ("LAPOR", "Lapor apa"),
    ("2", "bantuan yang mana"),
    ("1", "Ceritakan"),
    (STORY, ""),
    (FILES, "boleh diketahui"),
    ("boleh", "Kirim laporan"),
    ("YA", "Pemotongan"),
    ("TIKET", "sudah kami terima"),
    ("DAFTAR", "nama lengkap"),
    ("Siti Aminah", "16 angka"),
    ("3175070101809001", "desa/kelurahan"),
    ("Klender, Duren Sawit", ""),
    (FILES, "bukan kami"),
    ("YA", "Pendaftaran dicatat"),
    ("PETUGAS", "petugas menjawab"),
    ("kapan kartu saya jadi", "Permintaan informasi"),
    ("PETUGAS masih menunggu ya", "Petugas menjawab paling lambat"),
    ("mau tanya dong", "tulis pertanyaannya"),
    ("ga jadi", "dibatalkan"),
    ("Apakah ini asli? SELAMAT anda dapat bansos 5jt klik http://bansos.xyz", "hoaks"),
    ("ASLI 123", "ASLI K7QM-3FXA"),
    ("lapr", "Lapor apa"),
    ("BATAL", "dibatalkan"),
    ("TIKET ADU-0000000", "tidak ada pada nomor Anda"),
    ("STOP", "MULAI"),
    ("MULAI", "STOP"),
)


class Phone:
    """One citizen with one address, who reads what comes and answers."""

    def __init__(self, talk: Talk, channel: str, *, wall: bool) -> None:
        self.talk, self.channel, self.wall = talk, channel, wall
        self.address = ADDRESSES[channel]
        providers = talk.stage.providers
        self._provider: Any = {"sms": providers.sms, "telegram": providers.telegram, "email": providers.mail}[channel]
        self._seen = 0

    async def write(self, text: str) -> None:
        if self.wall:
            await self._provider.say(self.address, text=text)
            await self.talk.hear()
        elif self.channel == "sms":
            await self.talk.sms(self.address, text)
        elif self.channel == "telegram":
            await self.talk.telegram(int(self.address), text)
        else:
            await self.talk.mail(self.address, text, subject=text[:40])

    async def read(self, wanted: str) -> str:
        """What came since the last look, until the wanted words did; a chat takes one message a second."""
        came: list[str] = []
        for _ in range(3):
            self.talk.stage.clock.move(seconds=2)
            await self.talk.send()
            notes = self.talk.stage.providers.phones.notes(self.address)
            came += [note.text for note in notes[self._seen :] if not note.mine]
            self._seen = len(notes)
            if came and any(wanted in text for text in came):
                break
        return " | ".join(came)


@pytest.mark.parametrize("wall", [False, True], ids=["bodies", "wall"])
@pytest.mark.parametrize("channel", ADDRESSES)
@ONE_ENGINE
async def test_everything_can_be_done_on_every_channel(talk: Talk, channel: str, wall: bool) -> None:
    of = await add_round(talk.stage)
    person = await add_person(talk.stage, "SITI AMINAH", (channel, ADDRESSES[channel]))
    async with talk.house.database.write() as db:
        await rounds.draw(db, [(of, person)], "DIJADWALKAN", talk.now)
    phone = Phone(talk, channel, wall=wall)
    async with talk.by_the_hooks():
        for text, known in SAID:
            if text == FILES and channel == "sms":
                continue
            await phone.write(text)
            came = await phone.read(known)
            if channel == "sms" and known == "Pendaftaran dicatat":
                assert came.count("ASLI") == 1, "one message: the number, and by when"
                known = "kami terima, nomor ADU-"
            assert came, (text, known)
            assert known in came, (text, known, came)
        await talk.notify("receipt_question", of, channel, phone.address)
        assert "YA" in await phone.read("YA")
        await phone.write("sudah, terima kasih")
        assert [row["status"] for row in await talk.rows(entitlements)] == ["DITERIMA"]
        await phone.write("TIDAK")
        assert [row["status"] for row in await talk.rows(entitlements)] == ["DIJADWALKAN"]
        await phone.write("STOP SEMUA")
        assert (await talk.rows(people))[0]["silenced_at"] is not None
        await phone.write("salah orang")
    categories = [row["category"] for row in await talk.rows(tickets)]
    assert categories[:4] == ["deduction", "not_registered", "information", "fraud_hoax"]
    assert categories[-1] == "data_error"
    assert [row["state"] for row in await talk.rows(contacts)] == ["wrong"]

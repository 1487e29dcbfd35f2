"""A mail with text and HTML, rendered and assembled, beside bare aiosmtplib on kept connections, its bytes ready."""

import asyncio
from datetime import timedelta
from functools import partial

import aiosmtplib

from bench.floors import last_body
from bench.ground import Ground
from bench.measure import Figure, interleaved, median_cpu
from bench.seed import EVENT
from bench.sending import told
from bench.telegram import in_flight
from channels.contract import Message
from notifier.app.house import House
from notifier.dispatch import round_facts

MAILS = 5_000, 1_000  # in full, for a quick look
POOL = 8  # conversations with the server, ours and the floor's


async def mail(ground: Ground) -> Figure:
    """CPU of a mail by our line, words and MIME included."""
    n = ground.some(*MAILS)
    async with ground.house("mail") as house:
        channel = house.channels["mail"]
        facts = _facts(house)

        async def ours(number: int) -> None:
            said = house.words.render(EVENT, "email", "id", {**facts, "name": f"Warga {number:08d}"}).parts
            to, key = f"warga{number:08d}@bansos.test", f"{number}:{number}:1"
            await channel.send(
                Message(to=to, key=key, subject=said["subject"], text=said["text"], html=said.get("html", ""))
            )

        await ours(1)
        body = await last_body(f"{ground.provider.url}/mail")
        mine, floor = await interleaved(
            ground.runs, partial(in_flight, n, ours, POOL), partial(_bare, ground.provider.smtp, body, n)
        )
    return Figure(median_cpu(mine) / median_cpu(floor), {"bytes": len(body), **told(n, mine, floor)})


def _facts(house: House) -> dict[str, object]:
    now = house.clock()
    return round_facts(
        {
            "code": "BPNT-2026-12-DS",
            "programme": "BPNT",
            "period": "Desember 2026",
            "venue": "Kantor Pos Duren Sawit",
            "address": "Jl. Kolonel Sugiono",
            "opens_at": now + timedelta(days=7),
            "closes_at": now + timedelta(days=11),
            "amount": 200000,
            "method": "KANTOR_POS",
            "note": "Bawa KTP dan KK asli",
            "zone": "Asia/Jakarta",
        }
    ) | {"replies": True}


async def _bare(port: int, body: bytes, n: int) -> None:
    """The same mail, as many conversations, each kept for all its mails."""
    talks = [aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) for _ in range(POOL)]
    for talk in talks:
        await talk.connect()
    numbers = iter(range(n))

    async def some(talk: aiosmtplib.SMTP) -> None:
        for number in numbers:
            await talk.sendmail("bounce@bansos.test", [f"warga{number:08d}@bansos.test"], body)

    async with asyncio.TaskGroup() as group:
        for talk in talks:
            group.create_task(some(talk))
    for talk in talks:
        await talk.quit()

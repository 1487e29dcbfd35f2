"""What citizens answer to a general notice: a yes or no confirms no round, and a complaint is tied to the notice."""

from sqlalchemy import select

from notifier.rules.deliveries import GENERAL
from notifier.store.schema import deliveries, entitlements, heard, tickets
from tests.houses import add_person, add_round
from tests.inbox.talks import Talk

AYU, BUDI, CICI = "+6281200000001", "+6281200000002", "7100"
SAYS = "Jangan membayar pungutan apa pun untuk bantuan sosial."


async def test_what_is_answered_to_a_general_notice_confirms_no_round_and_a_complaint_is_tied_to_it(
    talk: Talk,
) -> None:
    stage, house = talk.stage, talk.house
    of = await add_round(stage, opens_at=stage.clock())
    crowd = (("AYU", "sms", AYU), ("BUDI", "sms", BUDI), ("CICI", "telegram", CICI))
    people = {name: await add_person(stage, name, (kind, address)) for name, kind, address in crowd}
    for _, kind, address in crowd:
        await talk.notify(
            "receipt_question", of, kind, address
        )  # each has a right in the round that a yes would confirm
    await talk.send()
    stage.clock.move(minutes=1)
    number, _ = await house.broadcasts.plan(stage.planner, GENERAL, "", "now", stage.clock(), text=SAYS)
    assert number is not None
    await house.broadcasts.approve(stage.approver, number, stage.clock())
    await stage.send()
    stage.clock.move(minutes=1)
    await talk.sms(AYU, "YA")
    await talk.sms(BUDI, "TIDAK")
    await talk.telegram(int(CICI), "sudah terima", reply_to=await talk.ref_to("telegram", CICI, GENERAL))
    assert {row["status"] for row in await talk.rows(entitlements)} == {"DIJADWALKAN"}
    assert not {row["effect"] for row in await talk.rows(heard)} & {"received", "not_received"}
    assert not await talk.rows(tickets)
    await talk.send()
    assert "untuk yang mana?" in stage.providers.phones.notes(AYU)[-1].text, "it asks instead of guessing"
    stage.clock.move(minutes=1)
    await talk.sms(BUDI, "petugas minta uang 10rb untuk administrasi sebelum bantuan diberikan")
    [ticket] = await talk.rows(tickets)
    assert (ticket["category"], ticket["round_id"]) == ("illegal_levy", None)
    tied = select(deliveries.c.broadcast_id, deliveries.c.person_id).where(deliveries.c.id == ticket["answers_id"])
    assert [tuple(row) for row in await talk.all(tied)] == [(number, people["BUDI"])]
    echoes = await house.broadcasts.echoes(number)
    assert echoes == {"unclear": 1, "complaint": 1}

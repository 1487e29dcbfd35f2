"""The rolling window of one address: how many calls are under way, what begins after a failure, what is given back."""

import asyncio
from datetime import UTC, datetime

from notifier.store.webhooks import Due
from notifier.webhooks.reaching import Reply
from notifier.webhooks.window import HAND, Window

NOW = datetime(2026, 12, 5, 2, tzinfo=UTC)
GOOD, BAD = Reply(200, 1, "ok"), Reply(503, 1, "later")


class Far:
    """An address that answers when it is told to."""

    def __init__(self, at_once: int = 3) -> None:
        self.asked: list[int] = []
        self.answers: dict[int, asyncio.Future[Reply | None]] = {}
        self.most = 0
        self.seconds = 0.0
        self.window = Window(at_once, self._call, lambda: self.seconds)

    async def _call(self, call: Due) -> Reply | None:
        self.asked.append(call.id)
        self.answers[call.id] = asyncio.get_running_loop().create_future()
        self.most = max(self.most, sum(not one.done() for one in self.answers.values()))
        return await self.answers[call.id]

    async def take(self, first: int, n: int, asked: int = 0) -> None:
        """Have some calls in hand."""
        calls = [Due(first + i, 1, NOW, f"evt_{first + i}", "{}", "ticket.opened", "", False) for i in range(n)]
        self.window.take_up(calls, asked or n)
        await self.go_on()

    async def go_on(self) -> None:
        self.window.go_on()
        for _ in range(5):
            await asyncio.sleep(0)

    async def answer(self, number: int, reply: Reply | None = GOOD) -> None:
        self.answers[number].set_result(reply)
        await self.go_on()

    def written(self) -> list[int]:
        """The calls whose outcomes are written now."""
        found = self.window.outcomes()
        self.window.written(len(found))
        return [call.id for call, _ in found]


async def test_a_slow_answer_holds_none_of_the_others() -> None:
    far = Far()
    await far.take(1, 10)
    assert far.asked == [1, 2, 3]
    for number in range(2, 11):
        await far.answer(number)
    assert far.asked == list(range(1, 11)), "whenever one ends the next begins, while the first still takes its time"
    assert far.most == 3
    assert far.written() == list(range(2, 11)), "and what came of them need not wait for it"
    assert not far.window.through
    await far.answer(1)
    assert far.written() == [1]
    assert far.window.through


async def test_an_address_that_is_down_gets_no_more_than_one_window_of_calls() -> None:
    far = Far()
    await far.take(1, 10)
    await far.answer(1, BAD)
    assert far.asked == [1, 2, 3], "none begins while it is in doubt"
    assert far.window.room == 0
    assert far.written() == []
    await far.answer(2, BAD)
    await far.answer(3, BAD)
    assert far.written() == [1, 2, 3], "together, as one group that failed"
    assert len(far.window.lay_down(whole=True)) == 7
    assert far.window.through


async def test_a_single_failure_among_others_that_are_taken_ends_nothing() -> None:
    far = Far()
    await far.take(1, 6)
    await far.answer(1, BAD)
    await far.answer(2, None)
    assert far.asked == [1, 2, 3], "one that must not be made says nothing of the address"
    await far.answer(3)
    assert far.asked == [1, 2, 3, 4, 5, 6]
    assert far.written() == [1, 2, 3]
    await far.window.close()


async def test_what_has_not_begun_within_a_second_is_given_back_and_fewer_are_taken_next() -> None:
    far = Far()
    await far.take(1, 9)
    assert far.window.lay_down(whole=False) == []
    far.seconds += HAND + 0.1
    far.window.stirred.clear()
    await far.answer(1)
    assert far.window.stirred.is_set()
    assert far.asked == [1, 2, 3], "what was known when they were taken may be old"
    assert [call.id for call in far.window.lay_down(whole=False)] == [4, 5, 6, 7, 8, 9]
    assert far.window.room == 3
    await far.take(4, 3)
    assert far.window.room == 0, "all that are under way are slow"
    await far.window.close()

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest

from monitor.network.memo import Memo


@dataclass
class Source:
    """Counts look-ups, each of which waits for its gate; the value is the key and how often it was looked up."""

    seconds: float = 10.0
    now: float = 1000.0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    counts: Counter[str] = field(default_factory=Counter)
    cancelled: list[str] = field(default_factory=list)

    async def look_up(self, key: str) -> tuple[str, float]:
        self.counts[key] += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.append(key)
            raise
        return f"{key}{self.counts[key]}", self.seconds

    def memo(self, limit: int = 100, *, is_open: bool = True) -> Memo[str, str]:
        if is_open:
            self.gate.set()
        return Memo(self.look_up, clock=lambda: self.now, limit=limit)


def test_a_value_is_looked_up_once_until_it_expires() -> None:
    async def main() -> None:
        source = Source(seconds=10)
        memo = source.memo()
        assert await memo.get("a") == "a1"
        source.now += 7.9
        assert await memo.get("a") == "a1"
        source.now += 2.1
        assert await memo.get("a") == "a2"

    asyncio.run(main())


def test_values_kept_together_do_not_expire_together() -> None:
    async def main() -> None:
        source = Source(seconds=10)
        memo = source.memo()
        keys = [str(number) for number in range(100)]
        for key in keys:
            await memo.get(key)
        source.now += 9
        for key in keys:
            await memo.get(key)
        assert 10 < source.counts.total() - len(keys) < 90

    asyncio.run(main())


def test_callers_at_the_same_time_share_one_look_up() -> None:
    async def main() -> None:
        source = Source()
        memo = source.memo(is_open=False)
        callers = [asyncio.create_task(memo.get("a")) for _ in range(5)]
        await asyncio.sleep(0)
        source.gate.set()
        assert await asyncio.gather(*callers) == ["a1"] * 5

    asyncio.run(main())


def test_a_caller_who_gives_up_leaves_the_look_up_to_the_others_and_to_the_memory() -> None:
    async def main() -> None:
        source = Source()
        memo = source.memo(is_open=False)
        impatient, patient = asyncio.create_task(memo.get("a")), asyncio.create_task(memo.get("a"))
        alone = asyncio.create_task(memo.get("b"))
        await asyncio.sleep(0)
        impatient.cancel()
        alone.cancel()
        await asyncio.wait([impatient, alone])
        source.gate.set()
        assert await patient == "a1"
        assert await memo.get("b") == "b1"
        assert source.counts == {"a": 1, "b": 1}

    asyncio.run(main())


def test_the_oldest_value_goes_when_the_memory_is_full() -> None:
    async def main() -> None:
        source = Source()
        memo = source.memo(limit=2)
        for key in ("a", "b", "c"):
            await memo.get(key)
        assert await memo.get("b") == "b1"
        assert await memo.get("c") == "c1"
        assert await memo.get("a") == "a2"

    asyncio.run(main())


def test_heavy_values_leave_room_for_fewer() -> None:
    async def main() -> None:
        counts: Counter[int] = Counter()

        async def look_up(weight: int) -> tuple[int, float]:
            counts[weight] += 1
            return weight, 1.0

        memo = Memo(look_up, clock=lambda: 0.0, limit=10, weigh=lambda weight: weight)
        for weight in (4, 5, 3, 5, 3, 99, 99, 3):
            await memo.get(weight)
        assert counts == {4: 1, 5: 1, 3: 2, 99: 1}

    asyncio.run(main())


def test_a_value_looked_up_anew_is_no_longer_the_oldest() -> None:
    async def main() -> None:
        source = Source()
        memo = source.memo(limit=2)
        await memo.get("a")
        source.now += 10
        for key in ("b", "a", "c"):
            await memo.get(key)
        assert await memo.get("a") == "a2"

    asyncio.run(main())


def test_closing_ends_the_look_ups_under_way_and_those_who_wait() -> None:
    async def main() -> None:
        source = Source()
        memo = source.memo(is_open=False)
        waiting = asyncio.create_task(memo.get("a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await memo.aclose()
        assert source.cancelled == ["a"]
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())


def test_a_bug_in_the_look_up_reaches_the_caller_and_is_not_remembered() -> None:
    async def main() -> None:
        broken = iter([True, False])

        async def look_up(key: str) -> tuple[str, float]:
            if next(broken):
                raise ZeroDivisionError
            return key, 1.0

        memo = Memo(look_up, clock=lambda: 0.0, limit=10)
        with pytest.raises(ZeroDivisionError):
            await memo.get("a")
        assert await memo.get("a") == "a"

    asyncio.run(main())

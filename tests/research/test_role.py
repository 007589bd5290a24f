"""Jobs through a real broker, on both databases: where live fired, history says that the condition held."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from shared import wire
from shared.db import open_database
from shared.events import ConditionHistory, ConditionHistoryJob, Timeframe
from shared.kafka import JobClient, NoResultError, open_producer
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.topics import RESEARCH_JOBS, RESEARCH_RESULTS
from tests.research.recorded import SYMBOLS, conditions, fill, recorded
from tests.research.role import client, indicator_job, job, running, started
from tests.servers import Broker
from tests.until import until


async def test_where_live_fired_history_says_it_held(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    async with open_database(database_url) as database:
        await fill(database)
    with running(kafka.bootstrap, database_url, tmp_path) as process:
        async with client(kafka.bootstrap) as jobs:
            await started(tmp_path)
            before = psutil.Process(process.pid).cpu_times()
            await agreement(jobs)
            await rows_of_live(jobs)
            await windows(jobs)
            await hostile_indicator_jobs(jobs)
            computed_elsewhere(psutil.Process(process.pid), before)
            await without_a_group(jobs)
            await hostile_jobs(jobs)
            await twice(kafka, jobs)
            await poison(kafka, jobs)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 40) == 0, (tmp_path / "research.log").read_text()[-3000:]


async def agreement(jobs: JobClient) -> None:
    for text in conditions():
        found = await jobs.request(job(text, *SYMBOLS, "NONE"), 90)
        assert found.error is None, found
        assert found.timeframe is not None
        assert (found.condition, str(found.timeframe)) == (text, "15m")
        *known, none = found.symbols
        for each in known:
            fired, bars = await recorded().fired(text, each.symbol), recorded().table[each.symbol, found.timeframe]
            assert [*each.newest] == fired[::-1][:100], text
            assert (each.held, each.bars) == (len(fired), len(bars))
            assert (each.first_bar, each.last_bar) == (bars["ts_close"][0], bars["ts_close"][-1])
        assert (none.symbol, none.bars, none.first_bar, none.newest) == ("NONE", 0, None, ())
        assert any(each.held for each in known), text
        assert all(each.unknown + each.held <= each.bars for each in known)


async def rows_of_live(jobs: JobClient) -> None:
    """Rows over stored bars have the bits of the rows that live published, with default and with requested columns."""
    requested = {name for row in recorded().requested_rows for name in row.values} - set(recorded().rows[0].values)
    assert requested
    for of_live, columns in ((recorded().rows, ()), (recorded().requested_rows, tuple(sorted(requested)))):
        for symbol, timeframe in recorded().table:
            expected = {
                row.ts_event: (row.close, row.replayed, tuple(row.values[name] for name in columns or row.values))
                for row in of_live
                if (row.symbol, row.timeframe) == (symbol, timeframe)
            }
            rows = await all_rows(jobs, symbol, Timeframe(timeframe), columns)
            assert {close: row for close, row in rows.items() if close in expected} == expected
            assert list(rows) == recorded().table[symbol, timeframe]["ts_close"].tolist()


async def all_rows(jobs: JobClient, symbol: str, timeframe: Timeframe, columns: tuple[str, ...]) -> dict[int, Any]:
    """Close, whether it is replayed, and the values of every stored bar, by its time; as many jobs as it takes."""
    rows: dict[int, Any] = {}
    more = True
    while more:
        found = await jobs.indicators(indicator_job(symbol, timeframe, *columns, start=max(rows, default=-1) + 1), 220)
        assert found.error is None, found
        rows |= zip(found.closes, zip(found.prices, found.replayed, found.rows, strict=True), strict=True)
        more = found.more
    return rows


async def windows(jobs: JobClient) -> None:
    """A window has its oldest or newest rows, as many as fit, and says whether there are more."""
    closes = recorded().table["AAA", Timeframe.M15]["ts_close"].tolist()
    given: dict[str, Any] = {"start": closes[3], "end": closes[9], "limit": 4}
    oldest = await jobs.indicators(indicator_job("AAA", Timeframe.M15, "rsi_3", **given), 220)
    newest = await jobs.indicators(indicator_job("AAA", Timeframe.M15, "rsi_3", newest=True, **given), 220)
    whole = await jobs.indicators(indicator_job("AAA", Timeframe.M15, "rsi_3", **given | {"limit": 7}), 220)
    assert ([*oldest.closes], oldest.more) == (closes[3:7], True)
    assert ([*newest.closes], newest.more) == (closes[6:10], True)
    assert ([*whole.closes], whole.more) == (closes[3:10], False)
    assert whole.rows == oldest.rows + newest.rows[1:]
    assert None not in whole.rows[0]
    nothing = await jobs.indicators(indicator_job("NONE", Timeframe.M15, "rsi_3"), 220)
    assert (nothing.error, nothing.closes, nothing.more) == (None, (), False)


async def hostile_indicator_jobs(jobs: JobClient) -> None:
    """Each is answered with an error that names the field and the value."""
    refused = {
        "columns: 'nonsense': ": ["nonsense"],
        "columns: 'rsi_501': ": ["rsi_501"],
        "columns: at most 32 are computed, not 33": [f"sma_{n}" for n in range(2, 35)],
        "columns: 'aaaa": ["a" * 65],
    }
    for message, columns in refused.items():
        answer = await jobs.indicators(indicator_job("AAA", Timeframe.D1, *columns), 220)
        assert answer.error is not None, message
        assert (answer.error.code, answer.error.message.startswith(message)) == ("invalid-job", True), answer
    late = await jobs.indicators(indicator_job("AAA", Timeframe.D1, ts_event=1), 220)
    assert late.error is not None
    assert late.error.code == "expired"


def computed_elsewhere(role: psutil.Process, before: Any) -> None:
    """The event loop of the role computes nothing, and shares the GIL with nothing that does."""
    now, children = role.cpu_times(), [each for each in role.children() if "spawn_main" in " ".join(each.cmdline())]
    own = now.user + now.system - before.user - before.system
    theirs = sum(sum(child.cpu_times()[:2]) for child in children)
    assert own < theirs / 3, f"the role used {own:g} s of CPU, its processes {theirs:g}"


async def without_a_group(jobs: JobClient) -> None:
    """An instrument without an industry, or without enough sessions, has unknown values, and the job no error."""
    for text in ("industry.breadth_50 > 0.5 on 15m", "benchmark.rs_63 > 0 on 15m"):
        found = await jobs.request(job(text, *SYMBOLS), 220)
        assert found.error is None, found
        assert [(each.held, each.unknown) for each in found.symbols] == [(0, each.bars) for each in found.symbols]
        assert all(each.bars for each in found.symbols)


async def hostile_jobs(jobs: JobClient) -> None:
    """Each is answered with an error that names the field and the value; none stops the others."""
    good = job(conditions()[0], "AAA", limit=1)
    refused = {
        "invalid-condition": (job("rsi_14 <", "AAA"), "condition: 'rsi_14 <': something is missing at the end"),
        "expired": (job(good.condition, "AAA", ts_event=good.ts_event - 3_600_000), "ts_event"),
    }
    invalid = {
        "symbols: 1 to 20 are evaluated, not 21": job(good.condition, *(f"S{n}" for n in range(21))),
        "symbols: 1 to 20 are evaluated, not 0": job(good.condition),
        "symbols: 'AAA' is named 2 times": job(good.condition, "AAA", "AAA"),
        "symbols: '\\x00' is no symbol": job(good.condition, "\x00"),
        "limit: 101 must be from 1 to 100": job(good.condition, "AAA", limit=101),
        "limit: -9007199254740992 must be": job(good.condition, "AAA", limit=-(2**53)),
    }
    long = job("close > 1 and " * 1000 + "close > 1", "AAA")
    every = [*(each for each, _ in refused.values()), *invalid.values(), long, good]
    *answers, last = await asyncio.gather(*(jobs.request(each, 220) for each in every))
    for (code, (_, message)), answer in zip(refused.items(), answers, strict=False):
        assert answer.error is not None, code
        assert (answer.error.code, message in answer.error.message) == (code.strip(), True), answer
    for message, answer in zip(invalid, answers[len(refused) :], strict=False):
        assert answer.error is not None, message
        assert (answer.error.code, answer.error.message.startswith(message)) == ("invalid-job", True), answer
    assert answers[-1].error is not None
    assert answers[-1].error.code == "invalid-condition"
    assert last.error is None
    assert len(last.symbols[0].newest) == 1 < last.symbols[0].held


async def twice(kafka: Broker, jobs: JobClient) -> None:
    """The same job id gives the same result again, and nobody is disturbed by the second one."""
    asked = job(conditions()[1], "BBB")
    first = await jobs.request(asked, 220)
    async with open_producer(MeshSettings(kafka_bootstrap=kafka.bootstrap), "test") as producer:
        await producer.publish(RESEARCH_JOBS, asked, key=asked.id)

    async def both() -> list[ConditionHistory]:
        found = await results(kafka, asked.id)
        return found if len(found) == 2 else []

    again = (await until(both, 150, "two results of one job"))[1]
    assert msgspec.structs.replace(again, ts_init=first.ts_init) == first


async def poison(kafka: Broker, jobs: JobClient) -> None:
    """A message that is no job becomes a dead letter, and the next job is answered."""
    async with open_producer(MeshSettings(kafka_bootstrap=kafka.bootstrap), "test") as producer:
        broken = job(conditions()[0], "AAA")
        await producer.publish(RESEARCH_JOBS, msgspec.structs.replace(broken, limit="many"), key=broken.id)
    assert (await jobs.request(job(conditions()[0], "AAA"), 220)).error is None

    async def dead() -> bool:
        settings = MeshSettings(kafka_bootstrap=kafka.bootstrap)
        async with open_raw_reader(settings, [RESEARCH_JOBS.dead_letters.name], "test") as messages:
            return broken.id.encode() in [message.key async for message in messages]

    await until(dead, 150, "a dead letter")


async def results(kafka: Broker, job_id: str) -> list[ConditionHistory]:
    async with open_raw_reader(MeshSettings(kafka_bootstrap=kafka.bootstrap), [RESEARCH_RESULTS.name], "test") as messages:
        found = [wire.decode(RESEARCH_RESULTS, each.value) async for each in messages if each.key == job_id.encode()]
    return [each for each in found if isinstance(each, ConditionHistory)]


class Silent:
    """A broker's producer whose jobs nobody answers."""

    async def publish(self, *_: object, **__: object) -> None:
        return


async def test_a_client_waits_for_a_bounded_time_and_with_a_bounded_number_of_jobs() -> None:
    one = JobClient(Silent(), most=1)
    asked: ConditionHistoryJob = job("close > 1", "AAA")
    first = asyncio.create_task(one.request(asked, 0.2))
    await asyncio.sleep(0)
    with pytest.raises(NoResultError, match="1 jobs wait"):
        await one.request(job("close > 1", "AAA"), 220)
    with pytest.raises(NoResultError, match=f"no result of job {asked.id} within 0.2 s"):
        await first
    await one.handle([])
    with pytest.raises(NoResultError):
        await one.request(asked, 0.01)

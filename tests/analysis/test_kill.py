"""Processes are killed and frozen while a log is read: the output equals that of one undisturbed process."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.analysis.expected import compare, listed
from tests.analysis.running import Live, Stage
from tests.analysis.tape import tape
from tests.databases import on_mariadb, on_sqlite
from tests.servers import Broker
from tests.until import until

pytestmark = [pytest.mark.kill]
SYMBOLS = [f"K{letter}" for letter in "ABCDEF"]


@pytest.fixture
def stage(empty_kafka: Broker, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(empty_kafka.bootstrap, database_url, tmp_path)
    yield made
    made.end()


def frozen(live: Live, database: Path) -> bool:
    """Freezes a process, unless it holds SQLite's write lock at this moment: then no other process could write."""
    live.process.send_signal(signal.SIGSTOP)
    with closing(sqlite3.connect(database, timeout=0.5)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            live.process.send_signal(signal.SIGCONT)
            return False
        connection.rollback()
    return True


async def started(live: Live) -> None:
    await until(lambda: live.up, 120, f"{live.name} starts")


@pytest.mark.thorough
@on_mariadb
async def test_killed_at_random_points_nothing_is_lost_or_different(stage: Stage) -> None:
    await stage.list_instruments(listed(SYMBOLS))
    await stage.follow("macd_cross down then macd_cross down within 40 on 15m", "rsi_mid up then macd_cross up within 6 on 15m")
    log, rng = tape(SYMBOLS, 4, heartbeat_rounds=30), random.Random(7)
    one, two = stage.start("one"), stage.start("two")
    await started(one)
    feeding = asyncio.create_task(stage.feed(log, pause=0.5, run=200), name="feeding")
    kills = 0
    while not feeding.done() or kills < 4:
        await asyncio.sleep(rng.uniform(0.5, 4))  # the random point: when, not for how long, is what is tested
        victim = rng.choice((one, two))
        victim.kill()
        victim.start()
        kills += 1
        await started(victim)
    await feeding
    await started(one)
    await started(two)
    await until(stage.caught_up, 120, "the checkpoints reach the end of the log")
    due = await compare(stage, SYMBOLS, log, repeats=True)
    assert len(due.signals) > 30
    assert "sequence" in {signal.rule for signal in due.signals}
    assert one.stop() == two.stop() == 0


@on_sqlite
async def test_a_former_owner_is_fenced(stage: Stage) -> None:
    await stage.list_instruments(listed(SYMBOLS))
    log = tape(SYMBOLS, 3, heartbeat_rounds=60)
    half = len(log) // 2
    zombie = stage.start("zombie")
    await started(zombie)
    await stage.feed(log[: half // 2])
    await until(stage.caught_up, 60)
    await stage.feed(log[half // 2 : half])
    await until(lambda: frozen(zombie, stage.folder / "test.db"), 60, "it freezes")  # with ticks in its hands, beyond its session
    heir = stage.start("heir")
    await until(lambda: "assigned" in heir.text(), 120)
    await until(stage.caught_up, 60)
    await stage.feed(log[half:])
    await until(stage.caught_up, 60)
    zombie.process.send_signal(signal.SIGCONT)
    await until(lambda: zombie.text().count('"event":"assigned"') > 1 or zombie.process.poll() is not None, 60, "the zombie wakes")
    await compare(stage, SYMBOLS, log, repeats=True)
    if zombie.process.poll() is None:
        assert zombie.stop() == 0
    assert heir.stop() == 0

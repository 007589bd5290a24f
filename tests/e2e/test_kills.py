"""Processes are killed at random points and the broker once; the output equals that of an undisturbed single process."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.analysis.live.domain.checkpoint import parse
from services.ingest.domain.source import Backfill
from shared import wire
from shared.events import HistoryReady
from shared.topics import SIGNALS, TICKS
from tests.databases import on_sqlite
from tests.e2e import tapes
from tests.e2e.log import events, records
from tests.e2e.mesh import Mesh, follow, open_mesh
from tests.e2e.outcome import checkpoints, deliveries, instruments, stored_signals
from tests.e2e.single import load, new_engine
from tests.e2e.test_mesh import CHATS, TAPE, bot, mesh_without, watch
from tests.notifier.telegram.faults import by_chance
from tests.notifier.telegram.server import open_telegram
from tests.servers import Broker
from tests.until import until

SPEED = "2000"
"""The tape's two days then last less than half a minute."""
TROUBLE_SECONDS = 20.0
KILLS = 6
VICTIMS = ("analysis-1", "analysis-2", "notifier")


async def trouble(mesh: Mesh, broker: Broker, rng: random.Random) -> Counter[str]:
    """Kills random processes, and the broker once in the middle; restarts processes that have ended, as a supervisor does."""
    killed: Counter[str] = Counter()
    began = time.monotonic()
    next_kill, broker_due = began + 2, began + TROUBLE_SECONDS / 2
    while (now := time.monotonic()) < began + TROUBLE_SECONDS or sum(killed.values()) < KILLS:
        if broker_due and now > broker_due:
            broker.kill()
            killed["broker"] += 1
            broker_due = 0.0
            await broker.restart()
        if now > next_kill:
            victim = mesh.programs[rng.choice(VICTIMS)]
            if victim.running():
                victim.kill()
                killed[victim.arguments[0]] += 1
            next_kill = now + rng.uniform(1.5, 5)
        mesh.revive()
        await asyncio.sleep(0.2)
    return killed


@pytest.mark.thorough
@pytest.mark.kill
@on_sqlite
async def test_kills_lose_and_duplicate_nothing(own_kafka: Broker, tmp_path: Path, database_url: str) -> None:
    due = tapes.due(TAPE)
    seed = random.SystemRandom().randrange(10_000)
    print(f"seed {seed}")
    url = database_url
    follow(url, tmp_path / "follow.log")
    async with open_telegram() as telegram:
        settings = {"TAPE": TAPE, "SPEED": SPEED, "KAFKA_SESSION_MS": "6000", "LEASE_SECONDS": "6", "SEND_TIMEOUT": "3"}
        settings = bot(telegram) | settings | {"RATE_CHAT": "6"}  # slow enough that something is always about to be sent
        with open_mesh(tmp_path, own_kafka.bootstrap, url, **settings) as mesh:
            ingest = mesh.start("ingest", "services.ingest")
            await until(lambda: instruments(url), seconds=60, what="the instruments in the database")
            assert ingest.stop() == 0, ingest.tail()  # the tape goes on once people watch
            mesh.start("notifier", "services.notifier", RESERVE_SECONDS="3")  # now, so that it knows the instruments
            await watch(telegram, mesh_without(mesh, "ingest"))
            telegram.choose = by_chance(seed, refuse=0.03, cut_before=0.02, cut_after=0.03)
            mesh.start("analysis-1", "services.analysis", "live")
            mesh.start("analysis-2", "services.analysis", "live")
            ingest.start()
            killed = await trouble(mesh, own_kafka, random.Random(seed))
            print(f"killed {dict(killed)}")

            async def all_sent() -> bool:
                mesh.revive()
                rows = await deliveries(url)
                return len(rows) >= len(due) and all(row.status == "sent" or never_answered(row) for row in rows)

            await until(all_sent, seconds=180, what="every delivery to be settled")

            async def all_read() -> bool:
                mesh.revive()
                ends = Counter(record.partition for record in await records(own_kafka.bootstrap, TICKS))
                kept = await checkpoints(url)
                return all(number in kept and kept[number][0] == end for number, end in ends.items())

            await until(all_read, seconds=60, what="checkpoints at the end of the log")
            for program in mesh.programs.values():
                program.stop()

        assert sum(killed.values()) >= KILLS
        assert killed["broker"] == 1
        published = {signal.id for signal in await events(own_kafka.bootstrap, SIGNALS) if not signal.provisional}
        assert published == set(due), "missing or invented signals"
        assert await stored_signals(url) == set(due)
        rows = await deliveries(url)
        assert Counter((row.signal_id, row.chat_id) for row in rows) == Counter((s.id, str(CHATS[s.symbol])) for s in due.values())
        alerts = [message for message in telegram.accepted if "mute 1h" in message.actions]
        unknowns = sum(row.unknowns for row in rows)
        silent = sum(never_answered(row) for row in rows)
        assert len(due) - silent <= len(alerts) <= len(due) + unknowns, (len(due), silent, len(alerts), unknowns)
        assert not telegram.problems
        await _check_state(own_kafka, url)


def never_answered(row: Any) -> bool:
    """Sent twice without an answer: the row records that, and it is not sent again."""
    return bool(row.status == "unknown" and row.unknowns >= 2)


async def _check_state(broker: Broker, url: str) -> None:
    """The state of each partition is, bit by bit, that of one engine that reads the log once without any trouble."""
    pasts = {item.symbol: item.histories for item in tapes.items(TAPE) if isinstance(item, Backfill)}
    logs = defaultdict(list)
    for record in await records(broker.bootstrap, TICKS):
        logs[record.partition].append(wire.decode(TICKS, record.value))
    kept = await checkpoints(url)
    compared = 0
    for number, log in logs.items():
        engine = new_engine()
        for ready, run in groupby(log, lambda event: isinstance(event, HistoryReady)):
            if ready:
                for event in run:
                    assert isinstance(event, HistoryReady)
                    load(engine, event.symbol, pasts[event.symbol], event.ts_init)
            else:
                engine.apply(list(run))
        mine, theirs = parse(engine.snapshot()), parse(kept[number][1])
        assert mine.symbols == theirs.symbols
        for ours, other in zip(mine.arrays, theirs.arrays, strict=True):
            assert np.array_equal(np.frombuffer(ours, np.uint8), np.frombuffer(other, np.uint8)), f"partition {number}"
            compared += len(ours)
    assert compared > 0

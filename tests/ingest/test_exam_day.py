"""On the day of the college entrance exam KRX trades from 10:00 to 16:30: ingest, Kafka and analysis agree on that."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import msgspec
import numpy as np
import pytest

from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.replay import TapePosition
from services.ingest.domain.tape import RecordedBars, Recording, Tape
from shared.db import open_database
from shared.events import Bar, Heartbeat, Timeframe
from shared.topics import BARS, TICKS
from tests.analysis.running import Stage
from tests.e2e.mesh import Program
from tests.ingest import small_tape
from tests.servers import Broker
from tests.until import until

SYMBOL = "KKK.KS"
KST = dt.timezone(dt.timedelta(hours=9))


def at(day: int, hour: int, minute: int = 0) -> int:
    """A time in Seoul in November 2026, in milliseconds."""
    return int(dt.datetime(2026, 11, day, hour, minute, tzinfo=KST).timestamp()) * 1000


USUAL = at(18, 9), at(18, 15, 30)
EXAM = at(19, 10), at(19, 16, 30)


def exam_tape() -> Tape:
    """A bar each minute of the day before the exam and of the exam day. Sample data."""
    starts = np.concatenate([np.arange(first, last, 60_000, dtype=np.int64) for first, last in (USUAL, EXAM)])
    prices = (70_000 + np.arange(len(starts)) % 50).astype(np.float64)
    bars = RecordedBars(starts, starts + 59_999, prices, prices + 10, prices - 10, prices + 5, np.full(len(starts), 8.0))
    return Tape("small", "sample data", USUAL[0], EXAM[1], 60.0, "digest", (Recording(SYMBOL, "KRX", "1m", bars),), ())


async def is_played(database_url: str) -> bool:
    async with open_database(database_url) as database:
        text = await CursorTable(database).load("replay:small")
    return text is not None and msgspec.json.decode(text, type=TapePosition).played > 4 * 780


@pytest.mark.thorough
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_daily_bar_of_the_exam_day_closes_at_half_past_four(
    empty_kafka: Broker, database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "universe.jsonl").write_text(small_tape.UNIVERSE)
    environment = {
        "SOURCE": "replay",
        "TAPE": "small",
        "TAPES": str(small_tape.written(tmp_path / "tapes", exam_tape())),
        "SPEED": "max",
        "UNIVERSE": str(tmp_path / "universe.jsonl"),
        "KAFKA_BOOTSTRAP": empty_kafka.bootstrap,
        "DATABASE_URL": database_url,
        "VAR": str(tmp_path),
        "PROBE_PORT": "0",
    }
    ingest = Program(("services.ingest",), environment, tmp_path / "ingest.log")
    stage = Stage(empty_kafka.bootstrap, database_url, tmp_path, {"CALENDAR_START": "2026-10-01"})
    try:
        await until(lambda: is_played(database_url), 90, "the tape is played")
        assert await asyncio.to_thread(ingest.stop) == 0, ingest.tail()
        analysis = stage.start("analysis")
        await until(lambda: analysis.up, 240, "analysis starts")
        await until(stage.caught_up, 120, "the checkpoints reach the end of the log")
        marks = {
            event.ts_event for event in await stage.read(TICKS) if isinstance(event, Heartbeat) and event.mark == "session_close"
        }
        bars = [event for event in await stage.read(BARS) if isinstance(event, Bar)]
    finally:
        ingest.kill()
        stage.end()
    assert marks == {USUAL[1], EXAM[1]}
    days = [(bar.session, bar.ts_open, bar.ts_event) for bar in bars if bar.timeframe is Timeframe.D1]
    assert days == [(20261118, *USUAL), (20261119, *EXAM)]
    exam = next(bar for bar in bars if bar.timeframe is Timeframe.D1 and bar.session == 20261119)
    assert (exam.symbol, exam.open, exam.volume) == (SYMBOL, 70_000.0 + 390 % 50, 390 * 8.0)
    at_half_past_three = {bar.timeframe for bar in bars if bar.ts_event == at(19, 15, 30)}
    assert at_half_past_three <= {Timeframe.M1, Timeframe.M5, Timeframe.M15, Timeframe.M30}
    assert [bar.ts_event for bar in bars if bar.timeframe is Timeframe.H1][-1] == EXAM[1]
    assert [bar.ts_event for bar in bars if bar.timeframe is Timeframe.H4][-2:] == [at(19, 14, 0), EXAM[1]]

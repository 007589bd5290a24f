"""The output of one engine in one process, without Kafka or database, compared with the service's topics and tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import select

from services.analysis.live.adapters.calendars import read_calendar
from services.analysis.live.adapters.sequences import SequenceTable
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.checkpoint import parse
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.engine_outcome import EngineOutcome
from shared import wire
from shared.db import open_database
from shared.events import Signal, TickLog
from shared.settings import MeshSettings
from shared.tables import bars, checkpoints, signals
from shared.topics import BARS, INDICATORS, PATTERNS, SIGNALS
from tests.analysis.market import series
from tests.analysis.running import Stage, rows


@cache
def whole_calendar() -> Calendar:
    """As the service has it, with ``CALENDAR_START=2024-10-01``."""
    return read_calendar(dt.date(2024, 10, 1), dt.datetime.now(dt.UTC).date(), folder=MeshSettings().session_files)


def listed(symbols: Sequence[str]) -> dict[str, ListedInstrument]:
    return {symbol: ListedInstrument("NYSE", "stock") for symbol in symbols}


def engine_of(symbols: Sequence[str]) -> Engine:
    return Engine(whole_calendar(), listed(symbols), series())


def states(blob: bytes) -> dict[str, tuple[bytes, ...]]:
    """Each symbol's share of a snapshot."""
    saved = parse(blob)
    sizes = [len(data) // max(1, len(saved.symbols)) for data in saved.arrays]
    return {
        symbol: tuple(data[row * size : (row + 1) * size] for data, size in zip(saved.arrays, sizes, strict=True))
        for row, symbol in enumerate(saved.symbols)
    }


async def compare(stage: Stage, symbols: Sequence[str], log: Sequence[TickLog], *, repeats: bool = False) -> EngineOutcome:
    """Asserts that topics, tables and checkpoints hold exactly what one engine makes of ``log``."""
    one = engine_of(symbols)
    async with open_database(stage.database_url) as database:
        one.follow(await SequenceTable(database).followed())
        due = one.apply(log)
        await compare_topics(stage, symbols, due, repeats=repeats)
        bar = select(
            bars.c.symbol, bars.c.timeframe, bars.c.ts_close, *(bars.c[n] for n in ("open", "high", "low", "close", "volume"))
        )
        assert sorted(tuple(row) for row in await rows(database, bar.where(bars.c.symbol.in_(symbols)))) == sorted(
            (b.symbol, str(b.timeframe), b.ts_event, b.open, b.high, b.low, b.close, b.volume) for b in due.bars
        )
        bodies = await rows(database, select(signals.c.body).where(signals.c.symbol.in_(symbols)))
        kept = [wire.decode(SIGNALS, body.encode()) for (body,) in bodies]
        blobs = await rows(database, select(checkpoints.c.state))
    final = [signal for signal in due.signals if not signal.provisional]
    assert by_id(kept) == by_id(final)
    assert len(kept) == len(final)
    found: dict[str, tuple[bytes, ...]] = {}
    for (blob,) in blobs:
        found |= {symbol: state for symbol, state in states(bytes(blob)).items() if symbol in symbols}
    assert found == states(one.snapshot())
    return due


async def compare_topics(stage: Stage, symbols: Sequence[str], due: EngineOutcome, *, repeats: bool) -> None:
    """The topics' part of ``compare``: order within a symbol too."""
    for topic, expected in ((BARS, due.bars), (INDICATORS, due.rows), (SIGNALS, due.signals), (PATTERNS, due.patterns)):
        got: list[Any] = [event for event in await stage.read(topic) if event.symbol in symbols]
        for symbol in symbols:
            mine = [event for event in got if event.symbol == symbol]
            first: dict[str, Any] = {}
            for event in mine:  # a former owner may publish late what the new one has published: the same content under the same id
                assert first.setdefault(event.event_id, event) == event
            assert list(first.values()) == [event for event in expected if event.symbol == symbol], f"{topic.name} of {symbol}"
            assert repeats or len(mine) == len(first), f"{topic.name} of {symbol}: an id occurs twice"


def by_id(found: Sequence[Signal]) -> dict[str, Signal]:
    return {signal.id: signal for signal in found}

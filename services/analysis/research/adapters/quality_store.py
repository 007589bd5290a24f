"""Computes the records of all stored bars and saves them. Only instruments whose bars have changed are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import msgspec

from services.analysis.research.adapters.kept_panel import KeptPanel
from services.analysis.research.adapters.quality_table import BarsSignature, QualityTable
from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.adapters.tape_records import TIMEFRAME, read
from services.analysis.research.domain.data_request import DataRequest, DataRequestError
from services.analysis.research.domain.every_rule import every_rule
from services.analysis.research.domain.quality_changes import QualityChange
from services.analysis.research.quality.cells import Instrument
from services.analysis.research.quality.panel import instrument
from services.analysis.research.quality.parameters import QualityParameters
from services.analysis.research.quality.run import rated
from services.analysis.research.runs.versions import code_version
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database
from shared.events import Timeframe
from shared.migrations.revision import current, no_tables
from shared.settings import data_folder


def store(request: DataRequest, settings: ResearchSettings) -> list[QualityChange]:
    """What became validated or lost it. Nothing is computed when the records are already those of the stored bars.

    Raises DataRequestError, ``TransientError``.
    """
    version = f"{code_version()} {settings.research_years} {settings.rebuild_bars}"
    kept = KeptPanel(data_folder(settings.var) / "quality", request.timeframe, version)
    bars, newest = asyncio.run(_state(settings, request.timeframe))
    if bars and newest == max(each.newest for each in bars) and kept.is_done(bars):
        return []
    found = list(_panel(kept, bars, request, settings))
    as_of = max((close for _, close in found), default=0)
    rows = rated(QualityParameters(), [of for of, _ in found], settings.kernels, request.timeframe, as_of)

    async def save() -> list[QualityChange]:
        async with _table(settings) as table:
            return await table.replace(request.timeframe, rows, as_of)

    changes = asyncio.run(save())
    with suppress(OSError):  # then they are computed again
        kept.done(bars)
    return changes


def store_tape(tape: str, settings: ResearchSettings) -> int:
    """Save the records of a tape's history, unless there are records already; returns how many were saved.

    Raises DataRequestError, ``TransientError``.
    """
    records = read(tape)
    if records is None:
        return 0

    async def save() -> int:
        async with _table(settings) as table:
            if await table.newest(TIMEFRAME) is not None:
                return 0
            await table.replace(TIMEFRAME, records.rows, records.as_of)
            return len(records.rows)

    return asyncio.run(save())


async def _state(settings: ResearchSettings, timeframe: Timeframe) -> tuple[BarsSignature, int | None]:
    async with _table(settings) as table:
        return await table.signature(timeframe), await table.newest(timeframe)


@asynccontextmanager
async def _table(settings: ResearchSettings) -> AsyncIterator[QualityTable]:
    if await current(settings.database_url) is None:
        raise DataRequestError(no_tables(settings.database_url))
    async with open_database(settings.database_url) as database:
        yield QualityTable(database)


def _panel(
    kept: KeptPanel, bars: BarsSignature, request: DataRequest, settings: ResearchSettings
) -> Iterator[tuple[Instrument, int]]:
    """Every instrument with the close of its newest bar, by symbol."""
    if not bars:
        return
    stored = {each.symbol: each for each in bars}
    known = {symbol: found for symbol, each in stored.items() if (found := kept.instrument(symbol, each)) is not None}
    if changed := tuple(symbol for symbol in stored if symbol not in known):
        data = SeriesData(msgspec.structs.replace(request, symbols=changed), settings)
        for series in data.series(every_rule(request.timeframe)):
            of, newest = instrument(data.kernels, series), int(series.ts_close[-1])
            known[of.symbol] = of, newest
            with suppress(OSError):  # then it is read again
                kept.keep(of, newest, stored[of.symbol])
    yield from (known[symbol] for symbol in sorted(known))

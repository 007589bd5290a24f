"""Stored records: the role computes them from the bars of the database, and says when one is validated or is not any more."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import delete, func, select, update

from services.analysis.research.adapters.quality_store import store
from services.analysis.research.adapters.quality_table import QualityTable
from services.analysis.research.adapters.tape_series import tape_series
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.settings import ResearchSettings
from shared import wire
from shared.db import Database, open_database
from shared.events import QualityChanged, SignalQuality, Timeframe
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.tables import bars, industries, instrument_industries, instruments, signal_quality
from shared.topics import RESEARCH_RESULTS
from tests.research.conftest import CACHE
from tests.research.role import running
from tests.servers import Broker
from tests.until import until


def bar_rows(*symbols: str) -> list[dict[str, Any]]:
    """Daily bars of the tape as rows of the table."""
    return [
        dict(zip(series.raw.dtype.names or (), record.tolist(), strict=True))
        | {"symbol": series.symbol, "timeframe": "1d", "source": "t", "replayed": True, "incomplete": False}
        for series in tape_series("daily", symbols, Timeframe.D1, ())
        for record in series.raw
    ]


async def fill(database: Database, *symbols: str) -> None:
    """Daily bars of the tape in the tables."""
    listed = [
        {
            "symbol": symbol,
            "name_en": symbol,
            "name_ko": symbol,
            "exchange": "NYSE",
            "currency": "USD",
            "kind": "stock",
            "sector": "",
            "aliases": "[]",
            "active": True,
            "negative": False,
        }
        for symbol in symbols
    ]
    async with database.begin() as connection:
        await connection.execute(industries.insert(), [{"industry": "banks", "name_en": "Banks", "name_ko": "은행"}])
        await connection.execute(instruments.insert(), listed)
        await connection.execute(bars.insert(), bar_rows(*symbols))
        await connection.execute(instrument_industries.insert(), [{"symbol": symbol, "industry": "banks"} for symbol in symbols])


async def test_the_role_stores_records_and_publishes_that_an_edge_is_gone(kafka: Broker, database_url: str, tmp_path: Path) -> None:
    async with open_database(database_url) as database:
        await fill(database, "IBM", "BAC")
        usual = msgspec.json.encode(ResearchSettings().quality_timeframes).decode()
        with running(kafka.bootstrap, database_url, tmp_path, QUALITY_TIMEFRAMES=usual, QUALITY_SECONDS="1", VAR=str(tmp_path)):
            await until(lambda: _count(database), 220, "records")
            rows = await _rows(database)
            assert {row.timeframe for row in rows} == {"1d"}
            assert {(row.level, row.group_name) for row in rows} == {
                ("instrument", "IBM"),
                ("instrument", "BAC"),
                ("industry", "banks"),
                ("all", "*"),
            }
            for row in rows:
                quality = msgspec.json.decode(row.quality, type=SignalQuality)
                assert (quality.level, quality.group, quality.horizon_bars, quality.validated) == (
                    row.level,
                    row.group_name,
                    row.horizon,
                    row.validated,
                )
                assert quality.as_of == row.as_of == max(each.as_of for each in rows)
                assert row.level == "all" or quality.effective_n >= 30
            keys = {(row.rule, row.params, row.direction, row.level, row.group_name) for row in rows}
            shown = [(row.rule, row.params, row.direction, row.level, row.group_name) for row in rows if row.shown]
            assert len(set(shown)) == len(shown)
            assert {key for key in keys if key[3] == "all"} <= set(shown)
            gone, began = next(row for row in rows if not row.validated), time.time_ns() // 1_000_000
            async with database.begin() as connection:  # as if it had been validated before a bar closed
                await connection.execute(
                    update(signal_quality).where(signal_quality.c.id == gone.id).values(validated=True, as_of=0)
                )
                newest = (await connection.execute(select(func.max(bars.c.ts_close)).where(bars.c.symbol == "IBM"))).scalar_one()
                await connection.execute(update(signal_quality).values(as_of=0))
                await connection.execute(delete(bars).where(bars.c.symbol == "IBM", bars.c.ts_close == newest))
            event = await _demoted(kafka, began)
            assert (event.rule, event.direction, event.level, event.group, event.horizon_bars) == (
                gone.rule, gone.direction, gone.level, gone.group_name, gone.horizon,
            )  # fmt: skip
            assert not event.validated
            assert event.quality is not None
            assert not event.quality.validated


async def test_only_instruments_with_other_bars_are_read_again(database_url: str, tmp_path: Path) -> None:
    settings = ResearchSettings(database_url=database_url, var=tmp_path / "one", cache=CACHE)
    request = DataRequest(source="stored")

    def kept() -> dict[str, int]:
        return {file.name: file.stat().st_ino for file in (tmp_path / "one" / "quality" / "1d").glob("*.npz")}

    async with open_database(database_url) as database:
        await fill(database, "IBM", "BAC")
        assert await asyncio.to_thread(store, request, settings) == []
        first, files = await _rows(database), kept()
        assert len(files) == 3
        async with database.begin() as connection:  # a record that would be replaced if anything were computed
            await connection.execute(update(signal_quality).values(updated_at=1))
        await asyncio.to_thread(store, request, settings)
        assert {row.updated_at for row in await _rows(database)} == {1}
        assert kept() == files
        async with database.begin() as connection:
            newest = (await connection.execute(select(func.max(bars.c.ts_close)).where(bars.c.symbol == "IBM"))).scalar_one()
            corrected = (bars.c.symbol == "IBM") & (bars.c.ts_close == newest)
            await connection.execute(update(bars).where(corrected).values(close=bars.c.close + 0.5))
        await asyncio.to_thread(store, request, settings)
        changed = [name for name, place in kept().items() if files[name] != place]
        assert len(changed) == 2  # IBM, and what was saved last
        second = {row.id: row.quality for row in await _rows(database)}
        assert second != {row.id: row.quality for row in first}
        await asyncio.to_thread(store, request, settings.model_copy(update={"var": tmp_path / "other"}))
        assert {row.id: row.quality for row in await _rows(database)} == second
        for file in (tmp_path / "one" / "quality" / "1d").glob("*.npz"):
            file.write_bytes(file.read_bytes()[:100])
        await asyncio.to_thread(store, request, settings)
        assert {row.id: row.quality for row in await _rows(database)} == second


async def test_records_of_newer_bars_stay(database_url: str) -> None:
    async with open_database(database_url) as database:
        table = QualityTable(database)
        assert await table.signature(Timeframe.D1) == ()
        assert await table.replace(Timeframe.D1, [], 5) == []
        row = {
            "id": "1" * 32, "rule": "gap", "params": "move=0.01", "direction": "up", "timeframe": "1d", "level": "all",
            "group_name": "*", "horizon": 5, "shown": True, "validated": True, "as_of": 100, "quality": "{}", "updated_at": 1,
        }  # fmt: skip
        async with database.begin() as connection:
            await connection.execute(signal_quality.insert(), [row])
        assert await table.replace(Timeframe.D1, [], 99) == []
        assert await _count(database) == 1
        assert await table.replace(Timeframe.H1, [], 200) == []
        assert await _count(database) == 1
        (gone,) = await table.replace(Timeframe.D1, [], 100)
        assert (gone.rule, gone.params, gone.validated, gone.quality, gone.as_of) == ("gap", {"move": 0.01}, False, None, 100)
        assert await _count(database) == 0


async def _demoted(kafka: Broker, began: int) -> QualityChanged:
    found: list[QualityChanged] = []
    settings = MeshSettings(kafka_bootstrap=kafka.bootstrap)

    async def read() -> bool:
        async with open_raw_reader(settings, [RESEARCH_RESULTS.name], "test") as messages:
            values = [each.value async for each in messages if b"quality-changed" in (each.value or b"")]
        events = [wire.decode(RESEARCH_RESULTS, value) for value in values]
        found[:] = [each for each in events if isinstance(each, QualityChanged) and each.ts_init >= began]
        return bool(found)

    await until(read, 220, "the event")
    return found[-1]


async def _rows(database: Database) -> list[Any]:
    async with database.connect() as connection:
        return list((await connection.execute(select(signal_quality))).all())


async def _count(database: Database) -> int:
    return len(await _rows(database))

"""Conditions over industries and relative strength: on stored bars, history says what live says of the same bars."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import AsyncExitStack
from functools import cache

import msgspec
from sqlalchemy import delete, insert

from services.analysis.adapters.instrument_groups import GroupTable
from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.live.handlers.group_values import MeasuredGroups
from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.answers import histories
from services.analysis.research.audit.signals import Audit
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.firings import firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_names import read_signal
from services.analysis.research.handlers.condition_histories import ConditionHistories
from services.analysis.research.settings import ResearchSettings
from shared.conditions import parse
from shared.db import Database, open_database
from shared.events import Bar, SymbolHistory
from shared.tables import bars
from tests.analysis.market import START, engine, market, series
from tests.analysis.tape import stored
from tests.analysis.test_group_values import BOTH, ENDS, HOUR, LOG, SESSIONS, TEXTS, fill, set_of, with_conditions
from tests.research.role import ROOT, job

MOVES = "industry.advances > industry.declines or benchmark.rs_20 > 0.05 on 1h"
ENDING = dt.date.fromisoformat(str(SESSIONS[-3]))
ALL = tuple(parse(text).text for text in (*TEXTS, MOVES))


@cache
def hourly() -> list[Bar]:
    return [bar for bar in engine().apply(LOG).bars if bar.timeframe == HOUR]


async def fill_with_hours(database: Database) -> None:
    """The daily closes of the group, and the hours of the judged instrument."""
    await fill(database)
    (table,) = (found for (_, timeframe), found in stored(hourly()).items() if timeframe == HOUR)
    names = table.dtype.names or ()
    rows = [{"symbol": "BBB", "timeframe": "1h", **dict(zip(names, row.tolist(), strict=True))} for row in table]
    async with database.begin() as connection:
        await connection.execute(delete(bars).where(bars.c.timeframe == "1h"))
        await connection.execute(insert(bars), rows)


async def fired_live(database: Database) -> dict[str, list[int]]:
    """Close times at which live fires each condition, oldest first."""
    conditions = set_of(*ALL)
    groups = await MeasuredGroups(GroupTable(database), market(), series().code.core).current(conditions)
    signals = with_conditions(conditions, OtherInstruments(groups=groups)).apply(LOG).signals
    return {text: [each.ts_event for each in signals if each.condition == text] for text in ALL}


async def in_history(evaluator: ConditionHistories) -> dict[str, SymbolHistory]:
    found = [await evaluator.evaluate(job(text, "BBB", "IDX")) for text in ALL]
    assert all(each.symbols[1].bars == 0 for each in found), "an index without hours"
    return {each.condition: each.symbols[0] for each in found}


async def test_where_live_fires_history_holds_and_later_bars_change_nothing(database_url: str) -> None:
    settings = ResearchSettings(database_url=database_url, cache=ROOT / ".cache", calendar_start=START)
    async with open_database(database_url) as database, AsyncExitStack() as stack:
        await fill_with_hours(database)
        evaluator = histories(settings, database, stack).conditions
        fired, found = await fired_live(database), await in_history(evaluator)
        closes = [bar.ts_event for bar in hourly()]
        first = len([bar for bar in hourly() if bar.session == hourly()[0].session])
        assert {text: [*each.newest][::-1] for text, each in found.items()} == fired
        assert all(0 < len(each) < len(closes) for each in fired.values())
        assert found[parse(BOTH).text].unknown == first, "no session of the calendar ended before the first one"
        end = ENDS[-3]
        async with database.begin() as connection:
            await connection.execute(delete(bars).where(bars.c.ts_close > end))
        known = await in_history(evaluator)
        assert {text: [*each.newest][::-1] for text, each in known.items()} == {
            text: [close for close in each if close <= end] for text, each in fired.items()
        }
        assert {each.bars for each in known.values()} == {len([close for close in closes if close <= end])}


async def test_runs_over_stored_bars_fire_what_live_fires_and_the_audit_finds_no_future_in_it(database_url: str) -> None:
    settings = ResearchSettings(database_url=database_url, cache=ROOT / ".cache", calendar_start=START)
    async with open_database(database_url) as database:
        await fill_with_hours(database)
        fired = await fired_live(database)
    signals = {text: read_signal(text, HOUR) for text in ALL}

    def run(data: SeriesData) -> tuple[ResearchSeries, KnownMarket]:
        market = data.market(*signals.values())
        return next(data.series(*signals.values())), market

    request = DataRequest(source="stored", symbols=("BBB",), timeframe=HOUR)
    data = SeriesData(request, settings)
    whole, known = await asyncio.to_thread(run, data)
    for text, signal in signals.items():
        assert whole.ts_close[firings(data.kernels, whole, signal, known) == 1].tolist() == fired[text]
        assert [*Audit(data.kernels, 5, 1).of(whole, signal, known)] == []
    shorter = SeriesData(msgspec.structs.replace(request, end=ENDING), settings)
    until, then = await asyncio.to_thread(run, shorter)
    assert 0 < len(until) < len(whole)
    for text, signal in signals.items():
        held = firings(shorter.kernels, until, signal, then)
        assert until.ts_close[held == 1].tolist() == [close for close in fired[text] if close <= until.ts_close[-1]]
    assert then.groups is not None
    assert {int(each.sessions[-1]) for each in then.groups.closes.values()} <= {*SESSIONS[:-2]}
    assert shorter.data_hash != data.data_hash

"""Conditions over the instrument's industry and over relative strength, from stored daily bars, computed beside the engine."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy import delete, insert, update

from services.analysis.adapters.instrument_groups import GroupTable
from services.analysis.kernels.closed_bars import inputs
from services.analysis.kernels.conditions.derived import SeriesNeeds
from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.kernels.conditions.whole_series import truths
from services.analysis.kernels.groups.condition_values import GroupValues
from services.analysis.kernels.groups.daily_closes import DailyCloses, daily_closes
from services.analysis.kernels.groups.group_needs import MOST_MEMBERS, MOST_PAIRS, MOST_SERIES, MOST_TABLES, group_needs
from services.analysis.kernels.groups.instrument_groups import InstrumentGroups, instrument_groups
from services.analysis.kernels.groups.roster import ClassifiedInstrument, MarketDefinition
from services.analysis.live.adapters.benchmarks import BenchmarkTable
from services.analysis.live.domain.checkpoint import needed_windows
from services.analysis.live.domain.derived_past import symbol_past
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.user_conditions import ConditionRequest, ConditionSet, condition_set
from services.analysis.live.handlers.group_values import AGAIN_SECONDS, MeasuredGroups
from services.analysis.live.handlers.other_instruments import ReferencedInstruments
from shared.conditions import parse
from shared.conditions.expression import Elsewhere, walk
from shared.db import Database, open_database
from shared.events import Timeframe
from shared.failures import TransientError
from shared.tables import bars, industries, instrument_industries, instruments, markets
from tests.analysis.market import LISTED, START, engine, hours, market, series
from tests.analysis.tape import of_symbol, stored, tape
from tests.analysis.test_other_instruments import Stored
from tests.industries import plain

LOG = tape(("BBB",), 6)
HALF = len(LOG) // 2
DAY, HOUR = Timeframe.D1, Timeframe.H1
BOTH = "industry.breadth_50 > 0.5 and benchmark.rs_20 > 0 on 1h"
WINDOW = "held(industry.breadth_50 > 0.5, 9) on 1h"
INSIDE = "sma(median_move, 2)[industry] > 0 on 1h"
PEERS = "industry.rs_20 > 0 on 1h"
TEXTS = (BOTH, WINDOW, INSIDE, PEERS)
OLDER = [day for n in range(90, 0, -1) if (day := START - dt.timedelta(days=n)).weekday() < 5]
SESSIONS = [int(day.strftime("%Y%m%d")) for day in OLDER] + hours("NYSE").date.tolist()[:6]
ENDS = [int(dt.datetime(d.year, d.month, d.day, 20, tzinfo=dt.UTC).timestamp() * 1000) for d in OLDER]
ENDS += hours("NYSE").close.tolist()[:6]
FIRST = SESSIONS[-6]
"""The first session of the calendar: what ended before it is unknown."""
MEMBERS = ("BBB", "MMM", "NNN", "OOO")


def history(seed: int, missing: Collection[int] = ()) -> plain.History:
    rng = np.random.default_rng(seed)
    prices = np.round(100 * np.cumprod(1 + rng.normal(0, 0.02, len(SESSIONS))), 2).tolist()
    return {session: price for session, price in zip(SESSIONS, prices, strict=True) if session not in missing}


HISTORIES = {
    "BBB": history(32), "MMM": history(68, SESSIONS[-5:-4]), "NNN": history(90), "OOO": history(77, SESSIONS[-3:]),
    "IDX": history(18), "ETF": history(8),
}  # fmt: skip


def closes_of(prices: plain.History) -> DailyCloses:
    sessions = sorted(prices)
    at = [ENDS[SESSIONS.index(session)] for session in sessions]
    return daily_closes("NYSE", np.array(sessions, np.int64), np.array(at, np.int64), np.array([prices[s] for s in sessions]))


def groups() -> InstrumentGroups:
    listed = [ClassifiedInstrument(symbol, "NYSE", "stock", ("chips", "zinc")) for symbol in MEMBERS]
    listed += [ClassifiedInstrument("IDX", "NYSE", "index"), ClassifiedInstrument("ETF", "NYSE", "etf", ("chips",))]
    return instrument_groups(
        listed,
        {"chips": ("Chips", "반도체"), "zinc": ("Zinc", "아연")},
        [MarketDefinition("us", "US", "미국", ("NYSE",), "", ("IDX",))],
    )


@dataclass
class Tables:
    """Groups and daily closes in memory."""

    histories: Mapping[str, plain.History] = field(default_factory=lambda: HISTORIES)
    reads: list[str] = field(default_factory=list)
    waits: bool = False

    async def groups(self) -> InstrumentGroups:
        return groups()

    async def newest(self, symbols: Collection[str]) -> dict[str, tuple[int, float, float]]:
        known = {symbol: self.histories[symbol] for symbol in symbols if self.histories.get(symbol)}
        return {symbol: (max(prices), prices[max(prices)], 1.0) for symbol, prices in known.items()}

    async def closes(self, symbol: str, exchange: str, most: int) -> DailyCloses:
        assert exchange == "NYSE"
        if self.waits and len(self.reads) == 2:
            await asyncio.Event().wait()
        self.reads.append(symbol)
        return closes_of(dict(sorted(self.histories.get(symbol, {}).items())[-most:]))


def set_of(*texts: str, symbols: frozenset[str] | None = frozenset({"BBB"})) -> ConditionSet:
    return condition_set([ConditionRequest(text, False, symbols) for text in texts])


def reader(tables: Tables, now: list[float] | None = None, seconds: float = 60.0) -> MeasuredGroups:
    return MeasuredGroups(tables, market(), series().code.core, lambda: now[0] if now else 0.0, seconds)


async def read(tables: Tables, conditions: ConditionSet) -> OtherInstruments:
    return await ReferencedInstruments(Stored({}), Stored({}), reader(tables), engine, 1000).current(conditions)


def with_conditions(conditions: ConditionSet, others: OtherInstruments) -> Engine:
    one = engine()
    one.request_indicators(conditions.requested)
    one.set_others(others)
    one.set_conditions(conditions)
    return one


def due(histories: Mapping[str, plain.History], session: int) -> dict[str, float | None]:
    """The plain values for bars of a session: those of the session before it, if the calendar has one."""
    before = SESSIONS[SESSIONS.index(session) - 1]
    if session == FIRST:
        return dict.fromkeys(("breadth_50", "median_move", "benchmark", "industry"))
    group = [histories[symbol] for symbol in MEMBERS]
    flags = [flag for one in group if (flag := plain.above(one, 50, before)) is not None]
    peers = [histories[symbol] for symbol in MEMBERS if symbol != "BBB"]
    return {
        "breadth_50": sum(flags) / len(flags) if flags else None,
        "median_move": plain.breadth([plain.move(one, before) for one in group])[4],
        "benchmark": plain.strength(histories["BBB"], [histories["IDX"]], 20, before),
        "industry": plain.strength(histories["BBB"], peers, 20, before),
    }


def above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def holds(histories: Mapping[str, plain.History], sessions: Sequence[int]) -> dict[str, list[bool]]:
    """Where each condition holds on hourly bars of these sessions."""
    values = {session: due(histories, session) for session in set(sessions)}
    many = [above(values[session]["breadth_50"], 0.5) for session in sessions]
    moves = {session: values[session]["median_move"] for session in values}
    means: dict[int, float | None] = {FIRST: None}
    for (_, a), (session, b) in pairwise(sorted(moves.items())):
        means[session] = None if a is None or b is None else (a + b) / 2
    return {
        BOTH: [m and above(values[session]["benchmark"], 0.0) for m, session in zip(many, sessions, strict=True)],
        WINDOW: [n >= 8 and all(many[n - 8 : n + 1]) for n in range(len(many))],
        INSIDE: [above(means[session], 0.0) for session in sessions],
        PEERS: [above(values[session]["industry"], 0.0) for session in sessions],
    }


LESS = {**HISTORIES, **{symbol: dict(sorted(HISTORIES[symbol].items())[:-3]) for symbol in MEMBERS if symbol != "OOO"}}


@pytest.mark.parametrize("histories", [HISTORIES, LESS])
async def test_conditions_fire_on_exactly_the_bars_on_which_they_hold_live_in_history_and_after_a_restart(
    histories: Mapping[str, plain.History],
) -> None:
    conditions = set_of(*TEXTS)
    assert not conditions.left_out
    others = await read(Tables(histories), conditions)
    whole = with_conditions(conditions, others)
    outcome = whole.apply(LOG)
    hourly = [bar for bar in outcome.bars if bar.timeframe == HOUR]
    texts = {parse(text).text: text for text in TEXTS}
    expected = {
        text: [bar.ts_event for bar, true in zip(hourly, where, strict=True) if true]
        for text, where in holds(histories, [bar.session for bar in hourly]).items()
    }
    fired = {text: [s.ts_event for s in outcome.signals if s.condition and texts[s.condition] == text] for text in TEXTS}
    assert fired == expected
    assert all(0 < len(each) < len(hourly) for each in fired.values())

    table = of_symbol(stored(outcome.bars), "BBB")
    past = symbol_past(whole.state, whole.state.rows["BBB"], whole.series, whole.known_values, ())
    for condition in conditions.conditions:
        needs = {HOUR: SeriesNeeds({node: None for of, node in conditions.derived if of == HOUR})}
        values = truths(whole.series.code.core, condition, whole.series.columns, past.series(inputs({HOUR: table[HOUR]}), needs))
        assert table[HOUR]["ts_close"][values == 1.0].tolist() == fired[texts[condition.text]]

    one = with_conditions(conditions, others)
    first = one.apply(LOG[:HALF])
    kept = stored(first.bars)
    windows = {(each.symbol, each.timeframe): kept[each.symbol, each.timeframe][-each.n :] for each in needed_windows(one.state)}
    two = Engine.restore(one.snapshot(), windows, market(), LISTED, series())
    two.set_others(await read(Tables(histories), conditions))
    two.set_conditions(conditions)
    rest = [s for s in outcome.signals if s.condition and s.ts_event > first.bars[-1].ts_event]
    assert rest
    for each in (one, two):
        assert [s for s in each.apply(LOG[HALF:]).signals if s.condition] == rest


async def test_closes_are_read_again_only_when_there_is_a_new_bar_or_after_a_while() -> None:
    tables, now, conditions = Tables({**HISTORIES, "MMM": dict(list(HISTORIES["MMM"].items())[:-1])}), [0.0], set_of(BOTH)
    measured = reader(tables, now)
    first = await measured.current(conditions)
    everything = ["BBB", "IDX", "MMM", "NNN", "OOO"]
    assert tables.reads == everything
    assert await measured.current(conditions) is first
    tables.histories = HISTORIES
    second = await measured.current(conditions)
    assert second is not first
    assert tables.reads == [*everything, "MMM"]
    now[0] = AGAIN_SECONDS + 1
    assert await measured.current(conditions) is second, "the same closes give the same values"
    assert tables.reads == [*everything, "MMM", *everything]
    assert (await measured.current(ConditionSet())).tables == {}


async def test_what_was_read_before_a_timeout_is_kept_and_a_part_is_never_used() -> None:
    tables, conditions = Tables(waits=True), set_of(BOTH)
    measured = reader(tables, seconds=0.2)
    while not tables.reads:  # on a busy machine the time may be over before the first read
        with pytest.raises(TransientError, match="are not read after"):
            await measured.current(conditions)
    assert tables.reads == ["BBB", "IDX"]
    tables.waits = False
    assert len((await reader(tables).current(conditions)).tables) == 2
    tables.reads.clear()
    assert len((await measured.current(conditions)).tables) == 2
    assert tables.reads == ["MMM", "NNN", "OOO"]


async def test_an_instrument_in_several_industries_has_the_first_by_name_and_a_fund_has_one_too() -> None:
    assert groups().industries == {**dict.fromkeys(MEMBERS, "chips"), "ETF": "chips"}
    assert groups().members == dict.fromkeys(("chips", "zinc"), MEMBERS)
    conditions = set_of(BOTH, symbols=None)
    found = await reader(Tables()).current(conditions)
    by_node = {(node.instrument, symbol): table for (node, symbol), table in found.tables.items()}
    assert by_node.keys() == {("industry", symbol) for symbol in (*MEMBERS, "ETF")} | {
        ("benchmark", symbol) for symbol in (*MEMBERS, "ETF")
    }, "an index has no industry, and is not its own benchmark"
    assert by_node["industry", "ETF"] is by_node["industry", "MMM"]
    nothing = GroupValues().values(next(iter(found.tables))[0], "BBB", hours("NYSE").open)
    assert np.isnan(nothing).all()


def test_what_is_beyond_the_bounds_is_unknown_and_has_a_reason() -> None:
    breadth, strength = (
        next(n for n in walk(parse(text).root) if isinstance(n, Elsewhere)) for text in (BOTH, "benchmark.rs_20 > 0")
    )

    def of(symbols: Collection[str], benchmarks: tuple[str, ...] = ()) -> InstrumentGroups:
        listed = [ClassifiedInstrument(symbol, "NYSE", "stock", ("chips",)) for symbol in symbols]
        return instrument_groups(listed, {"chips": ("", "")}, [MarketDefinition("us", "", "", ("NYSE",), "", benchmarks)])

    large = group_needs({breadth: None}, of([f"S{n:04}" for n in range(MOST_MEMBERS + 1)]))
    assert (large.wanted, large.left_out) == ((), (f"industry chips has more than {MOST_MEMBERS} members",))
    many = group_needs({strength: None}, of([f"S{n:04}" for n in range(MOST_SERIES + 1)], ("S0000",)))
    assert len(many.series) == MOST_SERIES
    assert many.left_out == (f"conditions need the daily closes of more than {MOST_SERIES} instruments",)
    peers = Elsewhere(strength.operand, DAY, "industry")
    paired = group_needs({peers: None, breadth: None}, of([f"S{n:04}" for n in range(300)]))
    assert sum(need.node == peers for need in paired.wanted) == MOST_PAIRS // 300
    assert sum(need.node == breadth for need in paired.wanted) == 300
    assert paired.left_out == (f"conditions compare instruments with more than {MOST_PAIRS} members of their industries",)
    nodes = [
        next(n for n in walk(parse(f"(rs_20 + {k})[benchmark] > 0").root) if isinstance(n, Elsewhere))
        for k in range(1, MOST_TABLES // 900 + 3)
    ]
    tables = group_needs(dict.fromkeys(nodes), of([f"S{n:04}" for n in range(901)], ("S0000",)))
    assert len(tables.wanted) == MOST_TABLES
    assert tables.left_out == (f"conditions need more than {MOST_TABLES} series of industries and relative strength",)


async def fill(database: Database) -> None:
    names = {"name_en": "", "name_ko": "", "currency": "USD", "active": True, "aliases": "[]"}
    async with database.begin() as connection:
        for slug in ("chips", "zinc"):
            await connection.execute(insert(industries).values(industry=slug, name_en=slug, name_ko=slug))
        for symbol in HISTORIES:
            kind = {"IDX": "index", "ETF": "etf"}.get(symbol, "stock")
            await connection.execute(insert(instruments).values(symbol=symbol, exchange="NYSE", kind=kind, **names))
        pairs = [(symbol, slug) for symbol in MEMBERS for slug in ("zinc", "chips")] + [("ETF", "chips")]
        await connection.execute(insert(instrument_industries), [{"symbol": s, "industry": i} for s, i in pairs])
        market_row = {"market": "us", "place": 0, "name_en": "US", "name_ko": "", "suffix": "", "exchanges": '["NYSE"]'}
        await connection.execute(insert(markets).values(benchmarks='["IDX"]', **market_row))
        for symbol, prices in HISTORIES.items():
            same = {"symbol": symbol, "timeframe": "1d", "volume": 1.0, "split_factor": 1.0, "source": "test", "replayed": False}
            rows = [
                {
                    **same, **dict.fromkeys(("open", "high", "low", "close"), 2 * price), "price_factor": 0.5,
                    "session": session, "ts_close": ENDS[SESSIONS.index(session)], "ts_open": 0, "incomplete": False,
                }
                for session, price in prices.items()
            ]  # fmt: skip
            await connection.execute(insert(bars), rows)
            await connection.execute(insert(bars), [{**row, "timeframe": "1h"} for row in rows])


async def test_the_tables_are_read_as_they_are_and_a_new_factor_counts(database_url: str) -> None:
    async with open_database(database_url) as database:
        await fill(database)
        table = GroupTable(database)
        assert await table.groups() == groups()
        found = await table.closes("OOO", "NYSE", 30)
        assert found.same(closes_of(dict(sorted(HISTORIES["OOO"].items())[-30:])))
        assert not len((await table.closes("ZZZ", "NYSE", 30)).prices)
        last = max(HISTORIES["OOO"])
        assert await table.newest(["OOO", "ZZZ"]) == {"OOO": (ENDS[SESSIONS.index(last)], 2 * HISTORIES["OOO"][last], 0.5)}
        measured, conditions = MeasuredGroups(table, market(), series().code.core), set_of(*TEXTS)
        others = ReferencedInstruments(Stored({}), BenchmarkTable(database), measured, engine, 1000)
        memory, read_back = await read(Tables(), conditions), await others.current(conditions)
        opens = hours("NYSE").open[:7]
        for node, symbol in memory.groups.tables:
            expected = memory.groups.values(node, symbol, opens)
            np.testing.assert_array_equal(read_back.groups.values(node, symbol, opens), expected)
            assert np.isfinite(expected).any()
        assert await others.current(conditions) is read_back
        async with database.begin() as connection:
            await connection.execute(update(bars).where(bars.c.symbol == "NNN").values(price_factor=0.25))
        assert await others.current(conditions) is not read_back
        async with database.begin() as connection:
            await connection.execute(delete(bars))
        emptied = await others.current(conditions)
        assert emptied.groups.tables == {}


async def test_relative_strength_stands_beside_values_of_the_benchmark_itself() -> None:
    made = engine()
    daily = of_symbol(stored(made.apply(tape(("AAA",), 6)).bars), "AAA")[DAY]
    conditions, stores = set_of("benchmark.rs_20 > 0 and benchmark.close > 0 on 1h"), Stored({"AAA": daily})
    others = await ReferencedInstruments(stores, stores, reader(Tables()), engine, 1000).current(conditions)
    assert others.known["AAA"].values.keys() == {parse("close > 0").root.operands[0]}  # type: ignore[union-attr]
    fired = {s.ts_event for s in with_conditions(conditions, others).apply(LOG).signals if s.condition}
    held = [session for session in SESSIONS[-6:] if above(due(HISTORIES, session)["benchmark"], 0.0)]
    hourly = [bar for bar in engine().apply(LOG).bars if bar.timeframe == HOUR]
    assert fired == {bar.ts_event for bar in hourly if bar.session in held}
    assert 0 < len(fired) < len(hourly)

"""Conditions that read other instruments: sessions that had closed, from stored daily bars, computed beside the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from services.analysis.kernels.closed_bars import BarRecords
from services.analysis.kernels.conditions.other_instruments import OtherInstruments, SessionValues
from services.analysis.live.domain.checkpoint import NeededWindow, needed_windows
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.user_conditions import MOST_REFERENCES, ConditionRequest, ConditionSet, condition_set
from services.analysis.live.handlers.other_instruments import AGAIN_SECONDS, ReferencedInstruments
from shared.conditions import Condition, Node, parse
from shared.conditions.expression import Elsewhere
from shared.conditions.normal_form import render
from shared.events import Bar, Timeframe
from tests.analysis.market import LISTED, engine, hours, market, series
from tests.analysis.tape import of_symbol, stored, tape
from tests.analysis.trees import condition_of, node, op

DAY, QUARTER, HOUR = Timeframe.D1, Timeframe.M15, Timeframe.H1
LOG = tape(("AAA", "BBB"), 5)
HALF = len(LOG) // 2
AAA = Elsewhere(node("close"), DAY, "AAA")
HELD = condition_of(op("held", op(">", "close", AAA), 3), QUARTER)
ABOVE = condition_of(op(">", "close", AAA), HOUR)
BETTER = condition_of(op(">", "close", Elsewhere(op("sma", "close", 2), DAY, "benchmark")), QUARTER)
EMPTY = np.empty(0, np.int64)


def set_of(*conditions: Condition) -> ConditionSet:
    known = {condition.text: condition for condition in conditions}
    return condition_set([ConditionRequest(text, False, frozenset({"BBB"})) for text in known], read=known.__getitem__)


def look_up(others: OtherInstruments, of: Elsewhere, symbol: str, opens: Sequence[int]) -> list[float | None]:
    found = others.values(of, symbol, market().exchanges, np.array(opens, np.int64))
    return [None if np.isnan(x) else float(x) for x in found]


def test_a_value_is_that_of_the_newest_session_that_had_closed_when_the_bars_session_opened() -> None:
    new_york, seoul = hours("NYSE"), hours("KRX")
    dates = new_york.date.astype(np.int64)
    others = OtherInstruments({"AAA": SessionValues("NYSE", dates, {AAA.operand: np.arange(len(dates), dtype=float)})})
    for opened in seoul.open.tolist():
        closed = [n for n, close in enumerate(new_york.close.tolist()) if close <= opened]
        assert look_up(others, AAA, "CCC", [opened]) == [float(closed[-1]) if closed else None]
    own = look_up(others, AAA, "BBB", new_york.open.tolist())
    assert own == [None, *map(float, range(len(dates) - 1))]
    assert look_up(others, AAA, "BBB", [-1]) == [None]


def test_a_session_without_a_stored_bar_is_unknown_and_no_older_one_is_used() -> None:
    new_york = hours("NYSE")
    dates = np.delete(new_york.date.astype(np.int64), 3)
    others = OtherInstruments(
        {"AAA": SessionValues("NYSE", dates, {AAA.operand: np.ones(len(dates))})}, {"BBB": "AAA", "CCC": "ZZZ"}
    )
    assert look_up(others, AAA, "BBB", new_york.open[3:6].tolist()) == [1.0, None, 1.0]
    benchmark = Elsewhere(node("close"), DAY, "benchmark")
    assert look_up(others, benchmark, "BBB", new_york.open[1:2].tolist()) == [1.0]
    assert look_up(others, benchmark, "CCC", new_york.open[1:2].tolist()) == [None]
    assert look_up(others, benchmark, "AAA", new_york.open[1:2].tolist()) == [None]
    assert look_up(others, Elsewhere(node("open"), DAY, "AAA"), "BBB", new_york.open[1:2].tolist()) == [None]
    nothing = OtherInstruments({"AAA": SessionValues("", EMPTY, {})})
    assert look_up(nothing, AAA, "BBB", new_york.open[1:2].tolist()) == [None]


class Stored:
    """Daily bars in memory."""

    def __init__(self, bars: Mapping[str, BarRecords]) -> None:
        self.bars = dict(bars)
        self.reads: list[tuple[str, int]] = []
        self.chosen = {"BBB": "AAA"}

    async def windows(self, needed: Sequence[NeededWindow]) -> dict[tuple[str, Timeframe], BarRecords]:
        self.reads += [(each.symbol, each.n) for each in needed]
        return {(one.symbol, one.timeframe): self.bars[one.symbol][-one.n :] for one in needed if one.symbol in self.bars}

    async def closed_bars(self, *_: object) -> dict[Timeframe, BarRecords]:
        raise NotImplementedError

    async def symbols(self) -> frozenset[str]:
        raise NotImplementedError

    async def benchmarks(self) -> Mapping[str, str]:
        return self.chosen


def everything() -> tuple[list[Bar], dict[str, BarRecords]]:
    bars = engine().apply(LOG).bars
    return bars, {symbol: of_symbol(stored(bars), symbol)[DAY] for symbol in ("AAA", "BBB")}


def with_conditions(conditions: ConditionSet, others: OtherInstruments) -> Engine:
    one = engine()
    one.request_indicators(conditions.requested)
    one.set_others(others)
    one.set_conditions(conditions)
    return one


async def test_a_condition_reads_another_instrument_from_its_stored_sessions() -> None:
    bars, daily = everything()
    conditions, now = set_of(HELD, ABOVE, BETTER), [0.0]
    stores = Stored(daily)
    reader = ReferencedInstruments(stores, stores, engine, 1000, lambda: now[0])
    others = await reader.current(conditions)
    outcome = with_conditions(conditions, others).apply(LOG)
    closes = {bar.session: bar.close for bar in bars if (bar.symbol, bar.timeframe) == ("AAA", DAY)}
    days = sorted(closes)
    before = {day: closes[last] for last, day in pairwise(days)}
    means = {day: (closes[a] + closes[b]) / 2 for a, b, day in zip(days, days[1:], days[2:], strict=False)}

    def fired(condition: Condition) -> list[int]:
        return [s.ts_event for s in outcome.signals if s.condition == condition.text]

    def mine(timeframe: Timeframe) -> list[Bar]:
        return [bar for bar in outcome.bars if (bar.symbol, bar.timeframe) == ("BBB", timeframe)]

    assert fired(ABOVE) == [bar.ts_event for bar in mine(HOUR) if bar.close > before.get(bar.session, np.inf)]
    above = [bar.close > before.get(bar.session, np.inf) for bar in mine(QUARTER)]
    assert fired(HELD) == [bar.ts_event for n, bar in enumerate(mine(QUARTER)) if n > 1 and all(above[n - 2 : n + 1])]
    assert fired(BETTER) == [bar.ts_event for bar in mine(QUARTER) if bar.close > means.get(bar.session, np.inf)]
    assert all((fired(HELD), fired(ABOVE), fired(BETTER)))
    assert next(s for s in outcome.signals if s.condition == ABOVE.text).evidence[render(AAA)] in closes.values()

    one = with_conditions(conditions, others)  # split, restarted, and warmed up later
    first = one.apply(LOG[:HALF])
    table = stored(first.bars)
    windows = {(each.symbol, each.timeframe): table[each.symbol, each.timeframe][-each.n :] for each in needed_windows(one.state)}
    two = Engine.restore(one.snapshot(), windows, market(), LISTED, series())
    late = engine()
    late.apply(LOG[:HALF])
    for each in (two, late):
        each.set_others(others)
        each.set_conditions(conditions)
    assert (two.not_warmed_up, late.not_warmed_up) == ([], ["BBB"])
    late.warm_up("BBB", of_symbol(table, "BBB"))
    rest = [s for s in outcome.signals if s.condition and s.ts_event > first.bars[-1].ts_event]
    for each in (one, two, late):
        assert [s for s in each.apply(LOG[HALF:]).signals if s.condition] == rest


async def test_a_symbol_is_computed_again_only_when_it_has_a_new_bar_or_after_a_while() -> None:
    _, daily = everything()
    conditions, now = set_of(ABOVE), [0.0]
    stores = Stored(daily | {"AAA": daily["AAA"][:-1]})
    reader = ReferencedInstruments(stores, stores, engine, 1000, lambda: now[0])
    first = await reader.current(conditions)
    assert await reader.current(conditions) is first
    stores.bars["AAA"] = daily["AAA"]
    second = await reader.current(conditions)
    assert len(second.known["AAA"].sessions) == len(first.known["AAA"].sessions) + 1
    now[0] = AGAIN_SECONDS + 1
    assert await reader.current(conditions) is not second
    assert stores.reads == [("AAA", 1), ("AAA", 1000), ("AAA", 1), ("AAA", 1), ("AAA", 1000), ("AAA", 1), ("AAA", 1000)]
    assert (await reader.current(ConditionSet())).known == {}


async def test_an_instrument_without_bars_or_listing_is_unknown() -> None:
    stores = Stored({})
    for symbol in ("AAA", "ZZZ"):
        condition = condition_of(op(">", "close", Elsewhere(node("close"), DAY, symbol)), HOUR)
        found = await ReferencedInstruments(stores, stores, engine, 10).current(set_of(condition))
        assert not [s for s in with_conditions(set_of(condition), found).apply(LOG[:900]).signals if s.condition]


def test_too_many_references_are_left_out() -> None:
    nodes: list[Node] = [op(">", "close", Elsewhere(op("*", "close", n), DAY, "AAA")) for n in range(1, MOST_REFERENCES + 3)]
    found = set_of(*(condition_of(each, HOUR) for each in nodes))
    assert len(found.references) == len(found.conditions) == MOST_REFERENCES
    assert set(found.left_out.values()) == {f"conditions name more than {MOST_REFERENCES} values of other instruments"}


async def test_values_that_nothing_computes_are_unknown_and_stop_nothing() -> None:
    texts = ("benchmark.rs_63 > 0.1 or close > 0 on 15m", "industry.breadth_50 > 0.5 on 15m", "industry.rs_20 > -9 on 15m")
    conditions = condition_set([ConditionRequest(text, False, None) for text in texts])
    assert len(conditions.references) == 3
    stores = Stored(everything()[1])
    others = await ReferencedInstruments(stores, stores, engine, 1000).current(conditions)
    assert stores.reads == []
    fired = {signal.condition for signal in with_conditions(conditions, others).apply(LOG[:500]).signals if signal.condition}
    assert fired == {parse(texts[0]).text}

"""Conditions on events: they hold on the bars on which a rule, a chart pattern or a sequence fires, live, later and in history."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from services.analysis.kernels.closed_bars import inputs
from services.analysis.kernels.conditions.derived import needs_of
from services.analysis.kernels.conditions.whole_series import truths
from services.analysis.live.domain.derived_past import symbol_past
from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.domain.user_conditions import ConditionRequest, condition_set
from shared.conditions import Node
from shared.conditions.expression import Elsewhere, Fired, walk
from shared.events import Timeframe
from shared.sequences import parse as parse_sequence
from tests.analysis.market import engine, series
from tests.analysis.tape import of_symbol, stored, tape
from tests.analysis.trees import BarList, condition_of, op, value

SYMBOLS = ("AAA", "BBB")
LOG = tape(SYMBOLS, 6)
HALF = len(LOG) // 2
QUARTER, HOUR = Timeframe.M15, Timeframe.H1
SEQUENCE = parse_sequence("bollinger_touch down then stochastic_cross up within 10 bars on 15m")
FOLLOWED = (FollowedSequence(SEQUENCE),)
TREES: tuple[tuple[Node, Timeframe], ...] = (
    (op("and", Fired("rule", "bollinger_touch", "down"), op(">", "volume", 0)), QUARTER),
    (op("within", Fired("rule", "macd_cross", "up"), 3), QUARTER),
    (op("==", op("bars_since", Fired("rule", "rsi_oversold", "any")), 2), QUARTER),
    (op("and", Fired("rule", "price_move", "any", (("level", 0.03),)), op(">", "close", 0)), QUARTER),
    (op("or", Fired("pattern", "double_bottom", "confirmed"), Fired("pattern", "falling_wedge", "forming")), QUARTER),
    (op("held", op("not", Fired("pattern", "triple_top", "confirmed")), 3), Timeframe.M5),
    (op("and", Fired("sequence", SEQUENCE.id, "any"), op(">", "close", 0)), QUARTER),
    (op("and", Elsewhere(Fired("rule", "stochastic_cross", "up"), HOUR), op(">", "close", "open")), QUARTER),
    (op("prev", Fired("rule", "hammer", "up")), QUARTER),
)
KNOWN = {condition.text: condition for condition in (condition_of(*each) for each in TREES)}
CONDITIONS = condition_set([ConditionRequest(text, True, None) for text in KNOWN], read=KNOWN.__getitem__)


def engine_with() -> Engine:
    one = engine()
    one.follow(FOLLOWED)
    one.set_conditions(CONDITIONS)
    return one


@cache
def uninterrupted() -> EngineOutcome:
    return engine_with().apply(LOG)


def occurred(node: Fired, outcome: EngineOutcome) -> set[tuple[str, Timeframe, int]]:
    if node.source == "pattern":
        return {(p.symbol, p.timeframe, p.ts_event) for p in outcome.patterns if (p.pattern, p.status) == (node.name, node.event)}
    found = [s for s in outcome.signals if not s.provisional and not s.condition]
    if node.source == "sequence":
        return {(s.symbol, s.timeframe, s.ts_event) for s in found if s.sequence == SEQUENCE.text}
    wanted = dict(node.parameters).items()
    mine = [s for s in found if s.rule == node.name and wanted <= s.params.items()]
    return {(s.symbol, s.timeframe, s.ts_event) for s in mine if node.event in {"any", s.direction}}


@cache
def lists(symbol: str) -> Mapping[Timeframe, BarList]:
    outcome = uninterrupted()
    nodes = {node for condition in KNOWN.values() for node in walk(condition.root) if isinstance(node, Fired)}
    events = {node: occurred(node, outcome) for node in nodes}
    found = {}
    for timeframe in Timeframe:
        bars = [bar for bar in outcome.bars if (bar.symbol, bar.timeframe) == (symbol, timeframe)]
        rows = [
            {node: float((symbol, timeframe, bar.ts_event) in moments) for node, moments in events.items()}
            | {"close": bar.close, "open": bar.open, "volume": bar.volume}
            for bar in bars
        ]
        found[timeframe] = BarList([bar.ts_event for bar in bars], rows)
    return found


def fired(outcome: EngineOutcome, text: str, symbol: str) -> list[int]:
    return [s.ts_event for s in outcome.signals if (s.condition, s.symbol, s.provisional) == (text, symbol, False)]


@pytest.mark.parametrize("text", list(KNOWN))
def test_a_condition_on_an_event_holds_on_the_bars_of_the_event(text: str) -> None:
    outcome, condition = uninterrupted(), KNOWN[text]
    for symbol in SYMBOLS:
        bars = lists(symbol)
        closes = bars[condition.timeframe].closes
        due = [at for t, at in enumerate(closes) if value(condition.root, bars, condition.timeframe, t) == 1.0]
        assert fired(outcome, text, symbol) == due
    assert text in {signal.condition for signal in outcome.signals}


def test_on_a_forming_bar_an_event_counts_at_the_minute_of_its_provisional_signal() -> None:
    outcome = uninterrupted()
    text = condition_of(*TREES[0]).text
    mine = {(s.symbol, s.ts_event) for s in outcome.signals if s.provisional and s.condition == text}
    rule = {
        (s.symbol, s.ts_event)
        for s in outcome.signals
        if s.provisional and (s.rule, str(s.timeframe), s.direction) == ("bollinger_touch", "15m", "down")
    }
    assert mine
    assert mine <= rule


def test_events_of_the_past_count_after_a_rebuild_and_in_history() -> None:
    first = engine_with().apply(LOG[:HALF])
    table, one = stored(first.bars), engine_with()
    for symbol in SYMBOLS:
        one.load(symbol, of_symbol(table, symbol), 0, tail=0)
    outcome, last = one.apply(LOG[HALF:]), first.bars[-1].ts_event
    for text in KNOWN:
        for symbol in SYMBOLS:
            assert fired(outcome, text, symbol) == [at for at in fired(uninterrupted(), text, symbol) if at > last]
    whole_table = stored(uninterrupted().bars)
    for symbol in SYMBOLS:
        past = symbol_past(one.state, one.state.rows[symbol], one.series, one.known_values, FOLLOWED)
        for condition in KNOWN.values():
            needs = needs_of(condition)
            bars = past.series(inputs(of_symbol(whole_table, symbol)), needs | {condition.timeframe: needs[condition.timeframe]})
            held = truths(series().code.core, condition, one.series.columns, bars) == 1.0
            assert bars[condition.timeframe].ts_close[held].tolist() == fired(uninterrupted(), condition.text, symbol)


def test_in_history_a_sequence_holds_only_for_the_symbols_that_it_is_followed_for() -> None:
    one, condition = engine(), KNOWN[condition_of(*TREES[6]).text]
    one.apply(LOG)
    followed, table = (FollowedSequence(SEQUENCE, frozenset({"AAA"})),), stored(uninterrupted().bars)
    held = {}
    for symbol in SYMBOLS:
        past = symbol_past(one.state, one.state.rows[symbol], one.series, one.known_values, followed)
        bars = past.series(inputs(of_symbol(table, symbol)), needs_of(condition))
        held[symbol] = int((truths(series().code.core, condition, one.series.columns, bars) == 1.0).sum())
    assert held == {"AAA": len(fired(uninterrupted(), condition.text, "AAA")), "BBB": 0}
    assert held["AAA"]
    assert fired(uninterrupted(), condition.text, "BBB")


def test_a_name_that_is_no_event_never_fires() -> None:
    condition = condition_of(op("or", Fired("rule", "nonsense", "any"), Fired("sequence", "0" * 32, "any")), QUARTER)
    one = engine()
    one.set_conditions(condition_set([ConditionRequest("x", False, None)], read=lambda _: condition))
    assert not [s for s in one.apply(LOG[:1500]).signals if s.condition]

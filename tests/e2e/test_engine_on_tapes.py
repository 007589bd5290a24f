"""The engine, without Kafka, against the reference: every bar and every signal of every bundled tape."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.ingest.domain.source import Backfill
from shared.events import Heartbeat, Tick, Timeframe
from tests.e2e import tapes
from tests.e2e.reference_patterns import patterns
from tests.e2e.single import load, new_engine

BATCH = 2000
WRONG = {"daily": 1, "demo": 2}
"""Quarantined ticks: the low of 0.06 and one of 109.87 in BTC-USD's days, prints that no other source has. None is valid."""
HELD = {"daily": ["META"], "demo": ["GOOG", "META"]}
"""GOOG's class C shares of April 2014, a split that the tape's source does not name, and META's fall of 19.4 % in July 2018."""


def play(name: str) -> EngineOutcome:
    """The engine's whole output for a tape."""
    engine = new_engine()
    whole = EngineOutcome()
    waiting: list[Tick | Heartbeat] = []

    def flush() -> None:
        output = engine.apply(waiting)
        waiting.clear()
        whole.bars += output.bars
        whole.signals += output.signals
        whole.patterns += output.patterns
        whole.counts.update(output.counts)
        whole.quarantined += output.quarantined

    for item in tapes.items(name):
        if isinstance(item, Backfill):
            loaded = load(engine, item.symbol, item.histories, item.histories[0].ts_init)
            assert not loaded.signals
            assert not loaded.patterns
            continue
        waiting.append(item)
        if len(waiting) == BATCH:
            flush()
    flush()
    return whole


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["seconds", "daily", "crypto", "demo"])
def test_the_engine_agrees_with_the_reference(name: str) -> None:
    output, due = play(name), tapes.due(name)
    assert len(due) > 100, "a tape that brings about nothing proves nothing"
    assert "sequence" in {signal.rule for signal in due.values()}
    assert len({signal.id for signal in output.signals}) == len(output.signals), "a signal was fired twice"
    got = {signal.id: signal for signal in output.signals if not signal.provisional}
    assert got.keys() == due.keys(), Counter(due[i].rule if i in due else got[i].rule for i in got.keys() ^ due.keys())
    for i, signal in got.items():
        expected = due[i]
        assert (signal.rule, signal.direction, signal.symbol, signal.timeframe, signal.ts_event) == (
            expected.rule, expected.direction, expected.symbol, expected.timeframe, expected.ts_event,
        )  # fmt: skip
        assert signal.price == pytest.approx(expected.price, rel=1e-12)
        assert signal.level == (expected.level if expected.level is None else pytest.approx(expected.level, rel=1e-9, abs=1e-9))

    published = Counter(
        (p.id, p.pattern, p.status, p.direction, p.symbol, str(p.timeframe), p.ts_event, p.price) for p in output.patterns
    )
    assert published == Counter(each[:-1] for each in patterns(tapes.reference(name)))
    assert max(Counter((p.id, p.status) for p in output.patterns).values(), default=1) == 1, "a status was published twice"

    built = defaultdict(list)
    for bar in output.bars:
        built[bar.symbol, bar.timeframe].append(bar)
    reference = tapes.reference(name)
    compared = 0
    for symbol, series in reference.closed.items():
        for timeframe, bars in series.items():
            live = [bar for bar in bars if bar.live]
            mine = [b for b in built[symbol, Timeframe(timeframe)] if not live or b.ts_event >= live[0].ts_close]
            assert [(b.ts_event, b.open, b.high, b.low, b.close) for b in mine[-len(live) :] if live] == [
                (b.ts_close, b.open, b.high, b.low, b.close) for b in live
            ]
            assert [b.volume for b in mine[-len(live) :] if live] == pytest.approx([b.volume for b in live], rel=1e-9)
            compared += len(live)
    assert compared > 1000
    assert output.counts["absurd"] == reference.absurd == WRONG.get(name, 0)
    held = [event for event in output.quarantined if event.what == "instrument" and event.outcome == "quarantined"]
    assert [(event.symbol, event.ts_event) for event in held] == [suspected[:2] for suspected in reference.suspected]
    assert [event.symbol for event in held] == HELD.get(name, [])

"""Bars and ticks are used as received, repaired or quarantined with a report; correct ones are not changed."""

from __future__ import annotations

import itertools
import math
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.domain.bar_inspection import InspectedBars, inspect_bars
from services.ingest.domain.freshness import StaleFeeds
from services.ingest.domain.inspector import MAX_REPORTS, REPORT_WINDOW_MS, Inspector
from services.ingest.domain.source import Backfill
from services.ingest.domain.tape_backfills import backfills
from services.ingest.domain.value_checks import bar_rejection
from shared.events import History, ProviderBar, Tick, Timeframe
from tests.ingest.test_tapes import NAMES, bundled, calendars
from tests.sizes import examples

DAY = 86_400_000


def days(closes: list[float], *, volume: float = 100.0) -> list[ProviderBar]:
    """Daily bars with small ranges and these closes."""
    return [
        ProviderBar(
            ts_open=i * DAY, ts_close=i * DAY + DAY // 4, open=close, high=close * 1.01, low=close * 0.99, close=close,
            volume=volume,
        )
        for i, close in enumerate(closes, start=1)
    ]  # fmt: skip


def calm(n: int, level: float = 100.0) -> list[float]:
    return [level * (1 + 0.003 * math.sin(i)) for i in range(n)]


def daily(bars: list[ProviderBar], *, hundredths: bool = False) -> InspectedBars:
    return inspect_bars(bars, Timeframe.D1, hundredths=hundredths)


def findings_of(looked: InspectedBars) -> list[tuple[str, str]]:
    return [(finding.reason, finding.outcome) for finding in looked.findings]


WRONG = {
    "demo": {("AAPL", "1d", 0.378214), ("AAPL", "1d", 0.903572), ("AAPL", "1d", 1.166072), ("AAPL", "1w", 0.378214),
             ("AAPL", "1w", 0.903572), ("AAPL", "1w", 1.166072), ("AIG", "1d", 31.2)},
    "seconds": {("AIG", "1d", 31.2)},
    "crypto": {("BTC-USD", "1d", 0.06), ("BTC-USD", "1w", 0.06)},
    "daily": set(),
}  # fmt: skip
"""Wrong bars in the sources of the tapes: (symbol, timeframe, low). AIG's has a high of 419.6 between days around 33."""
KNOWN = ("005930.KS", "order", "repaired")
"""The only bar of Samsung with a low above its close, as delivered; see docs/tapes.md."""


@pytest.mark.parametrize("name", NAMES)
def test_no_correct_bar_of_a_tape_is_changed(name: str) -> None:
    inspector, count = Inspector(), 0
    for backfill in backfills(bundled(name), calendars(bundled(name))):
        found = inspector.backfill(backfill)
        assert found is not None
        assert [len(history.bars) for history in found.histories] == [len(history.bars) for history in backfill.histories]
        count += sum(len(history.bars) for history in backfill.histories)
    assert {(each.symbol, each.timeframe, each.values["low"]) for each in inspector.reports} == WRONG[name]
    assert {(each.reason, each.outcome) for each in inspector.reports} <= {("wick", "repaired")}
    for each in bundled(name).recordings:
        if each.resolution == "1d":
            columns = (
                each.bars.start,
                each.bars.end,
                each.bars.open,
                each.bars.high,
                each.bars.low,
                each.bars.close,
                each.bars.volume,
            )
            bars = [ProviderBar(ts_open=a, ts_close=b, open=o, high=h, low=low, close=c, volume=v)
                    for a, b, o, h, low, c, v in zip(*(column.tolist() for column in columns), strict=True)]  # fmt: skip
            assert [(each.symbol, *finding) for finding in findings_of(daily(bars))] in (
                [],
                [("BTC-USD", "wick", "repaired")],
                [KNOWN],
            )
            count += len(bars)
    assert count > 1000


def test_a_spike_between_equal_closes_is_quarantined_and_a_crash_is_not() -> None:
    spiked = [*calm(30), 160.0, *calm(5)]
    found = daily(days(spiked))
    assert findings_of(found) == [("spike", "quarantined")]
    assert 160.0 not in [bar.close for bar in found.bars]
    assert found.findings[0].last == pytest.approx(spiked[29])
    assert not daily(days([*calm(30), *calm(5, 55.0)])).findings
    assert not daily(days([*calm(30), 60.0, 85.0, 80.0])).findings, "a collapse that recovers by half"


def test_a_spike_is_accepted_if_the_market_moved_too() -> None:
    bars = days([*calm(30), 60.0, *calm(5)])
    assert not inspect_bars(
        bars, Timeframe.D1, hundredths=False, market=lambda close, move: close == bars[30].ts_close and move < 0
    ).findings
    inspector = Inspector()
    crash = [history(f"S{i}", days([*calm(30), 70.0, 72.0, 71.0, 71.5])) for i in range(8)]
    for each in crash:
        assert inspector.backfill(each) == each
    assert inspector.backfill(history("SPIKE", bars)) == history("SPIKE", bars)
    up = days([*calm(30), 160.0, *calm(5)])
    left = inspector.backfill(history("UP", up))
    assert left is not None
    assert sum(len(part.bars) for part in left.histories) == len(up) - 1


def history(symbol: str, bars: list[ProviderBar], timeframe: Timeframe = Timeframe.D1) -> Backfill:
    runs = [tuple(bars[first : first + 20]) for first in range(0, len(bars), 20)]
    findings_of = (
        History(
            symbol=symbol, exchange="NYSE", timeframe=timeframe, bars=run, ts_event=run[-1].ts_close, ts_init=10**12, source="test"
        )
        for run in runs
    )
    return Backfill(symbol, tuple(findings_of))


def test_an_erroneous_low_is_moved_to_the_body() -> None:
    bars = days(calm(40))
    bars[30] = msgspec.structs.replace(bars[30], low=0.01)
    found = daily(bars)
    assert findings_of(found) == [("wick", "repaired")]
    assert found.bars[30].low == min(bars[30].open, bars[30].close)
    assert found.findings[0].bar.low == 0.01


def test_pence_among_pounds_are_repaired_only_between_bars_that_agree() -> None:
    closes = [*calm(10), *(100 * close for close in calm(3)), *calm(10)]
    found = daily(days(closes), hundredths=True)
    assert findings_of(found) == [("unit", "repaired")] * 3
    assert [bar.close for bar in found.bars] == pytest.approx([*calm(10), *calm(3), *calm(10)], rel=1e-8)
    assert findings_of(daily(days(closes))) == [("unit", "quarantined")] * 3, "a currency without hundredths"
    at_end = daily(days([*calm(10), *(100 * close for close in calm(3))]), hundredths=True)
    assert findings_of(at_end) == [("unit", "quarantined")] * 3
    assert len(at_end.bars) == 10


def test_ticks_in_pence_are_repaired() -> None:
    inspector = Inspector({"VOD.L": "GBP", "AAPL": "USD"})

    def price(symbol: str, value: float, at: int) -> float | None:
        tick = inspector.tick(Tick(symbol=symbol, price=value, ts_event=at, ts_init=at, source="test"))
        return None if tick is None else tick.price

    assert [price("VOD.L", value, 10 + i) for i, value in enumerate((1.5, 151.0, 1.52, 0.0151, 1.51, 130.0, 1.5))] == [
        1.5, 1.51, 1.52, 1.51, 1.51, None, 1.5,
    ]  # fmt: skip
    assert [event.outcome for event in inspector.reports] == ["repaired", "repaired", "quarantined"]
    assert [price("AAPL", value, 10) for value in (2.0, 200.0)] == [2.0, 200.0]


def test_duplicates_overlaps_and_bars_of_another_length() -> None:
    bars = days(calm(6))
    double = msgspec.structs.replace(bars[2], close=bars[2].open)
    across = msgspec.structs.replace(bars[4], ts_open=bars[3].ts_close - 5, ts_close=bars[3].ts_close + 100)
    long = msgspec.structs.replace(bars[5], ts_close=bars[5].ts_open + Timeframe.D1.row.longest_ms + 1)
    slightly = msgspec.structs.replace(bars[1], high=bars[1].open * 0.999)
    inverted = msgspec.structs.replace(bars[5], high=bars[5].low / 2)
    found = daily([bars[0], slightly, bars[2], double, bars[3], across, long, inverted])
    assert findings_of(found) == [
        ("order", "repaired"), ("duplicate", "quarantined"), ("overlap", "quarantined"), ("grid", "quarantined"),
        ("order", "quarantined"),
    ]  # fmt: skip
    assert [bar.ts_close for bar in found.bars] == [bar.ts_close for bar in bars[:4]]
    assert found.bars[1].high == bars[1].open


def test_reports_of_a_broken_feed_are_bounded_and_the_others_counted() -> None:
    inspector = Inspector()
    for i in range(100):
        inspector.tick(Tick(symbol="A", price=-1.0, ts_event=5, ts_init=5 + i, source="test"))
    inspector.tick(Tick(symbol="B", price=-1.0, ts_event=5, ts_init=5, source="test"))
    assert [event.symbol for event in inspector.reports] == ["A"] * MAX_REPORTS + ["B"]
    inspector.tick(Tick(symbol="A", price=-1.0, ts_event=5, ts_init=6 + REPORT_WINDOW_MS, source="test"))
    assert inspector.reports[-1].more == 100 - MAX_REPORTS
    assert sum(inspector.counts.values()) == 102


def test_bars_without_volume_are_counted() -> None:
    assert daily([*days(calm(3)), *days(calm(9), volume=0.0)[3:]]).without_volume == 6


def test_an_exchange_is_silent_only_while_it_is_open_and_only_once() -> None:
    feeds = StaleFeeds({"A": "NYSE", "B": "KRX"}, 100)
    changes = []
    for now in range(0, 1000, 10):
        if now < 200 or now > 600:
            feeds.received("A", now)
        changes += [(now, *change) for change in feeds.changes({"NYSE": 0, "KRX": None}, now).items()]
    assert changes == [(300, "NYSE", True), (610, "NYSE", False)]


Row = tuple[int, int, float, float, float, float, float, float]
numbers = st.one_of(st.floats(), st.floats(1, 200))


@settings(deadline=None, max_examples=examples(200))
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 40), st.integers(-5, DAY + 5), numbers, numbers, numbers, numbers, numbers, numbers), max_size=40
    ),
    hundredths=st.booleans(),
)
def test_kept_bars_are_valid_and_all_others_are_reported(rows: list[Row], hundredths: bool) -> None:
    rng = random.Random(len(rows))
    bars = [*days(calm(rng.randrange(12)))]
    bars += [
        ProviderBar(ts_open=start * DAY, ts_close=start * DAY + length, open=o, high=h, low=low, close=c, volume=v, price_factor=f)
        for start, length, o, h, low, c, v, f in rows
    ]
    found = inspect_bars(bars, Timeframe.D1, hundredths=hundredths)
    assert all(bar_rejection(bar, Timeframe.D1) is None for bar in found.bars)
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in found.bars)
    assert all(before.ts_close <= after.ts_open for before, after in itertools.pairwise(found.bars))
    assert len(found.bars) + sum(finding.outcome == "quarantined" for finding in found.findings) == len(bars)

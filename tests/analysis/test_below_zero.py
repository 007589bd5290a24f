"""Prices of 0 and below: where the instrument allows them they are prices, elsewhere they are none; and periods that lack a day."""

from __future__ import annotations

import math

import numpy as np
import pytest

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.whole_series import history
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.provided_bars import bars_of_history
from shared.events import Bar, Heartbeat, History, ProviderBar, Tick, Timeframe
from tests.analysis.market import KERNELS, hours, market, series

OIL, OTHER = "OIL", "EEE"
LISTED = {OIL: ListedInstrument("CME", "future", negative=True), OTHER: ListedInstrument("CME", "future")}
OPENS, CLOSES = hours("CME").open.tolist(), hours("CME").close.tolist()
FALL = (18.27, 10.0, 6.0, 2.0, 0.01, 0.0, -1.4, -5.0, -9.0, -13.0, -18.0, -26.0, -37.63)
"""WTI crude oil on 2020-04-20, roughly."""


def prices(engine: Engine, symbol: str, provided: tuple[float, ...], start: int) -> list[str]:
    """Feeds prices, one in ten seconds; what became of each."""
    found = []
    for i, price in enumerate(provided):
        ts = start + 10_000 * (i + 1)
        counts = engine.apply([Tick(symbol=symbol, price=price, ts_event=ts, ts_init=ts, source="test")]).counts
        found += [reason for reason, count in counts.items() for _ in range(count)]
    return found


def test_a_fall_below_zero_makes_bars_and_a_quote_without_a_percentage() -> None:
    engine = Engine(market(), LISTED, series())
    engine.load(OIL, {Timeframe.D1: bars_of_history(past([18.0]), 2**60, negative=True)}, 2**60)
    assert prices(engine, OIL, FALL, OPENS[1]) == ["applied"] * len(FALL)
    closed = engine.apply([Heartbeat(exchange="CME", ts_event=CLOSES[1] + 1, ts_init=CLOSES[1] + 1, source="test")]).bars
    (day,) = (bar for bar in closed if bar.timeframe == Timeframe.D1)
    assert (day.open, day.high, day.low, day.close) == (18.27, 18.27, -37.63, -37.63)
    ts = OPENS[2] + 1000
    (quote,) = engine.apply([Tick(symbol=OIL, price=-30.0, ts_event=ts, ts_init=ts, source="test")]).quotes
    assert (quote.last_price, quote.prev_close, quote.change_percent) == (-30.0, -37.63, None)
    assert quote.change == pytest.approx(7.63)


def test_another_instrument_has_no_such_price() -> None:
    engine = Engine(market(), LISTED, series())
    assert prices(engine, OTHER, (18.0, -1.0, 0.0), OPENS[0]) == ["applied", "price", "price"]


def past(closes: list[float]) -> tuple[History, ...]:
    bars = tuple(
        ProviderBar(
            ts_open=OPENS[i],
            ts_close=CLOSES[i],
            open=close,
            high=close + 1,
            low=close - 1,
            close=close,
            volume=1.0,
            incomplete=i == 1,
        )
        for i, close in enumerate(closes)
    )
    return (History(symbol=OIL, exchange="CME", timeframe=Timeframe.D1, bars=bars, ts_event=CLOSES[-1], ts_init=2**60, source="t"),)


def test_history_below_zero_is_loaded_and_marks_are_kept() -> None:
    provided = past([20.0, -37.63, 10.0])
    found = bars_of_history(provided, 2**60, negative=True)
    assert found["close"].tolist() == [20.0, -37.63, 10.0]
    assert found["incomplete"].tolist() == [False, True, False]
    assert bars_of_history(provided, 2**60)["close"].tolist() == [20.0, 10.0]
    outcome = Engine(market(), LISTED, series()).load(OIL, {Timeframe.D1: found}, 2**60)
    assert [bar.close for bar in outcome.bars] == [20.0, -37.63, 10.0]
    assert [bar.incomplete for bar in outcome.bars] == [False, True, False]
    assert all(value is None or math.isfinite(value) for row in outcome.rows for value in row.values.values())


def test_shares_of_a_price_that_is_not_above_zero_are_unknown_and_fire_nothing() -> None:
    closes = np.concatenate([np.full(30, 10.0), np.full(30, -5.0), np.full(30, 10.0)])
    ones = np.ones(len(closes))
    bars = Bars(closes, closes + 0.1, closes - 0.1, closes, ones, np.arange(len(closes)), closes * np.nan, closes * np.nan)
    found = history(machine_code.load(KERNELS), series().base, bars, kind="future")
    values = dict(zip(series().base.columns, found.values, strict=True))
    assert np.isnan(values["bb_width_20"][50:60]).all()
    rules = [each.name for each in series().base.rules]
    for name in ("price_move", "gap", "volume_surge"):
        fired = found.fired[[i for i, rule in enumerate(rules) if rule == name]]
        assert not fired[:, 31:61].any(), name


def periods_of(timeframe: Timeframe, skipped: set[int]) -> list[Bar]:
    """The weekly or monthly bars after ticks in every session but some."""
    engine, bars = Engine(market(), LISTED, series()), list[Bar]()
    for i, (start, end) in enumerate(zip(OPENS, CLOSES, strict=True)):
        if i not in skipped:
            ts = start + 60_000
            bars += engine.apply([Tick(symbol=OTHER, price=100.0, ts_event=ts, ts_init=ts, source="test")]).bars
        bars += engine.apply([Heartbeat(exchange="CME", ts_event=end + 1, ts_init=end + 1, source="test")]).bars
    return [bar for bar in bars if bar.timeframe == timeframe]


@pytest.mark.parametrize(("timeframe", "count"), [(Timeframe.W1, 7), (Timeframe.MN1, 2)])
def test_a_live_week_or_month_that_lacks_a_day_is_marked_incomplete(timeframe: Timeframe, count: int) -> None:
    whole, lacking = periods_of(timeframe, set()), periods_of(timeframe, {7})
    assert len(whole) == count
    assert not any(period.incomplete for period in whole)
    assert [period.incomplete for period in lacking] == [period.ts_open <= OPENS[7] < period.ts_event for period in lacking]
    assert any(period.incomplete for period in lacking)

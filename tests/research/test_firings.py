"""Where signals fired: what live fired on the same bars, and parameters of one's own against plain numpy."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from services.analysis.kernels.rules.table import RULES
from services.analysis.research.adapters.tape_series import tape_series
from services.analysis.research.domain.condition_values import condition_values
from services.analysis.research.domain.firings import DEFAULT, default_firings, firings, pattern_firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import FIXED, RuleSignal, SignalNameError, own_plan, read_signal
from shared.conditions import parse
from shared.events import Timeframe
from tests.analysis.market import LISTED
from tests.analysis.tape import of_symbol
from tests.research.recorded import SEQUENCE, SYMBOLS, conditions, recorded
from tests.research.role import ROOT

KERNELS = SignalKernels.of(ROOT / ".cache" / "kernels")
D1, M15 = Timeframe.D1, Timeframe.M15


@cache
def daily(symbol: str = "AAPL") -> ResearchSeries:
    return next(tape_series("daily", (symbol,), D1, (Timeframe.W1,)))


def stored(symbol: str) -> ResearchSeries:
    bars = of_symbol(recorded().table, symbol)
    return ResearchSeries(
        symbol, LISTED[symbol].kind, "NYSE", M15, {frame: each[list(SERIES_RECORD.names or ())] for frame, each in bars.items()}
    )


async def test_research_fires_what_live_fires() -> None:
    """Rules, chart patterns, a sequence and conditions, bar by bar."""
    live = [each for each in recorded().signals if each.timeframe == M15 and not each.provisional]
    for symbol in SYMBOLS:
        series = stored(symbol)
        found = default_firings(KERNELS, series)
        mine = {
            (rule.name, tuple(sorted(rule.params.items())), int(series.ts_close[at])): int(found.fired[n, at])
            for n, rule in enumerate(found.rules)
            for at in np.flatnonzero(found.fired[n])
        }
        names = {rule.name for rule in found.rules}
        theirs = {
            (each.rule, tuple(sorted(each.params.items())), each.ts_event): 1 if each.direction == "up" else -1
            for each in live
            if each.symbol == symbol and each.rule in names
        }
        assert mine == theirs
        assert len(mine) > 20
        for text in (conditions()[0], conditions()[2], conditions()[3]):
            held = firings(KERNELS, series, text)
            assert series.ts_close[held == 1].tolist() == await recorded().fired(text, symbol)
    done = firings(KERNELS, stored("AAA"), SEQUENCE.text)
    named = firings(KERNELS, stored("AAA"), f"sequence {SEQUENCE.id} on 15m", KnownMarket(sequences=(SEQUENCE,)))
    assert done.tolist() == named.tolist()
    assert stored("AAA").ts_close[done == 1].tolist() == await recorded().fired(conditions()[4], "AAA")


def test_parameters_of_ones_own() -> None:
    series = daily()
    close = series.adjusted.close
    means = [np.convolve(close, np.ones(n) / n)[: len(close)] for n in (7, 30)]
    above = means[0] > means[1]
    crossed = np.flatnonzero(above[30:] & ~above[29:-1]) + 30
    assert np.flatnonzero(firings(KERNELS, series, "golden_cross(7, 30)")).tolist() == crossed.tolist()
    wide, usual = (firings(KERNELS, series, f"bollinger_break(width={width})") for width in (3, 2))
    held = firings(KERNELS, series, "close crosses above bb_upper_20_3")
    assert 0 < np.count_nonzero(wide) < np.count_nonzero(usual)
    assert (wide == 1).tolist() == (held == 1).tolist()
    assert np.array_equal(firings(KERNELS, series, "bollinger_break(20, 2.0)"), usual)


def test_the_default_instances_of_a_name() -> None:
    series, row = daily(), {(rule.name, *rule.params.values()): n for n, rule in enumerate(DEFAULT.rules)}
    each = default_firings(KERNELS, series).fired
    assert np.array_equal(firings(KERNELS, series, "sma_breakout_up(50)"), each[row["sma_breakout_up", 50.0]])
    some = [each[row["sma_breakout_up", n]] for n in (20.0, 50.0, 200.0)]
    assert np.array_equal(firings(KERNELS, series, "sma_breakout_up"), np.max(some, axis=0))
    ema = each[row["ema_cross", 12.0, 26.0]]
    assert np.array_equal(firings(KERNELS, series, "EMA_cross down"), np.where(ema == -1, ema, 0))
    names, patterns = pattern_firings(KERNELS, series)
    assert np.array_equal(firings(KERNELS, series, "double_bottom"), patterns[names.index("double_bottom")])
    assert np.array_equal(firings(KERNELS, series, "double_bottom confirmed"), patterns[names.index("double_bottom")])
    assert np.any(patterns)


def test_nothing_looks_ahead() -> None:
    series = daily()
    whole = {name: firings(KERNELS, series, name) for name in ("macd_cross", "rsi_14 < 40 and close > sma_50", "double_top")}
    for name, fired in whole.items():
        events = np.flatnonzero(fired)
        for place in sorted({*events[:: max(1, len(events) // 4)].tolist(), *(events[-2:] - 1).tolist(), 1500}):
            found = firings(KERNELS, series.until(place), name)
            assert np.array_equal(found, fired[: place + 1]), (name, place)


def test_every_parameter_has_an_effect() -> None:
    """A parameter is a constant of the step, or one of an indicator; else it is refused."""
    for rule in RULES:
        usual = own_plan(rule, rule.instances[0])
        for place, (name, value) in enumerate(rule.instances[0].items()):
            if name in FIXED.get(rule.name, ()):
                with pytest.raises(SignalNameError, match="it is always 252"):
                    own_plan(rule, {**rule.instances[0], name: value + 1})
                continue
            other = own_plan(rule, {**rule.instances[0], name: value * 1.25 if value < 1 else value + 1})
            step = inspect.getsource(inspect.unwrap(getattr(rule.fires, "py_func", rule.fires)))
            assert other.columns != usual.columns or f"p[{place}]" in step, (rule.name, name)


def test_a_rule_of_other_kinds_of_instruments_does_not_run() -> None:
    found = default_firings(KERNELS, daily("SPY"))
    levels = [n for n, rule in enumerate(found.rules) if rule.name == "price_move"]
    assert {found.rules[n].params["level"]: bool(found.runs[n]) for n in levels} == {0.01: False, 0.03: True, 0.05: False}
    assert not found.fired[~found.runs].any()
    assert np.count_nonzero(firings(KERNELS, daily("SPY"), "price_move(level=1%)")) > np.count_nonzero(found.fired[levels])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("goldn_cross", "'goldn_cross' is no rule, chart pattern or condition; the nearest names: golden_cross"),
        ("rsi_level(14, 30)", "the nearest names: rsi_oversold"),
        ("golden_cross(50, 200, 3)", "it has 2 parameters: fast, slow"),
        ("golden_cross(0)", "golden_cross: "),
        ("golden_cross(fast=__import__)", "fast=__import__: it must be a number"),
        ("rsi_oversold(level=1e99)", "level=1e+99: it must be a number"),
        ("rsi_oversold(14, level=True)", "it must be a number"),
        ("rsi_oversold(14, period=3)", "period is given twice"),
        ("rsi_oversold(lvl=3)", "has no parameter 'lvl': it has period, level"),
        ("golden_cross down", "fires up alone, not down"),
        ("golden_cross on 1h", "is on 1h, the bars are of 1d"),
        ("rsi_14 < 30 on 1h", "is on 1h, the bars are of 1d"),
        ("double_bottom(3)", "has no parameters"),
        ("rsi_14 <", "something is missing at the end"),
        ("golden_cross then", "something is missing at the end"),
        ("close > sma_50[1h]", "reads bars of 1h, which tape daily lacks"),
        ("close > close[SPY, 1d]", "reads SPY, which tape daily lacks"),
        ("weekday == monday", "exchange 'NASDAQ' has no calendar here"),
        ("", "must have 1 to 500 characters"),
        ("a" * 501, "must have 1 to 500 characters"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(SignalNameError) as raised:
        firings(KERNELS, daily(), text)
    assert message in str(raised.value)


def test_a_text_without_a_timeframe_is_on_that_of_the_bars() -> None:
    assert read_signal("rsi_14 < 30", M15).text == "rsi_14 < 30 on 15m"
    assert read_signal("rsi_oversold up then macd_cross up within 5", M15).text.endswith("within 5 bars on 15m")
    with pytest.raises(SignalNameError, match="new_high fires on 15m, 1h, 1d, not on 1w"):
        read_signal("new_high", Timeframe.W1)
    signal = read_signal("golden_cross", M15)
    assert isinstance(signal, RuleSignal)
    assert len(signal.plan.rules) == 1


def test_equal_bars_have_equal_hashes() -> None:
    series = daily()
    copied = replace(series, bars={frame: each.copy() for frame, each in series.bars.items()}, source="elsewhere")
    assert copied.content_hash == series.content_hash
    for name in ("close", "volume", "price_factor", "ts_close"):
        changed = {frame: each.copy() for frame, each in series.bars.items()}
        changed[D1][name][1000] += 1
        assert replace(series, bars=changed).content_hash != series.content_hash, name
    assert replace(series, industries=("other",)).content_hash != series.content_hash


def test_dividends_and_splits_explain_the_adjusted_prices() -> None:
    """Held with dividends reinvested at the close before, a share earns what the adjusted prices say."""
    bars = daily().raw[:4].copy()
    bars["close"], bars["open"] = (100.0, 49.0, 50.0, 48.0), (100.0, 50.0, 50.0, 48.0)
    bars["split_factor"], bars["price_factor"] = (0.5, 1.0, 1.0, 1.0), (0.5 * 0.96, 0.96, 0.96, 1.0)
    series = ResearchSeries("A", "stock", "NYSE", D1, {D1: bars})
    assert series.splits.tolist() == [1, 2, 1, 1]
    assert series.dividends.round(9).tolist() == [0, 0, 0, 2.0]
    close = bars["close"]
    held = (close[1:] * series.splits[1:] / (close[:-1] - series.dividends[1:] * series.splits[1:])) - 1
    assert held == pytest.approx(series.adjusted.close[1:] / series.adjusted.close[:-1] - 1)


def test_what_the_source_does_not_know_is_refused() -> None:
    for text in ("industry.breadth_50 > 0.5", "benchmark.rs_63 > 0"):
        with pytest.raises(SignalNameError, match="reads industries or relative strength, which"):
            firings(KERNELS, daily(), text)


def test_several_conditions_in_one_run_are_those_of_one_after_the_other() -> None:
    texts = (
        "rsi_14 < 45 and close > sma_20",
        "close > prev(highest(high, 20))",
        "rsi_14[1w] > 50 for 3 bars on 1d",
        "golden_cross within 30 bars",
    )
    asked = [parse(text) for text in texts]
    together = condition_values(KERNELS, daily(), asked, KnownMarket())
    for row, condition in zip(together, asked, strict=True):
        np.testing.assert_array_equal(row, condition_values(KERNELS, daily(), [condition], KnownMarket())[0])
        np.testing.assert_array_equal(row == 1.0, firings(KERNELS, daily(), condition.text) == 1)
        assert 0 < np.count_nonzero(row == 1.0) < len(row)

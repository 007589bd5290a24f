"""Forward returns, evidence, and records, each against numbers made by other means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from arch.bootstrap import CircularBlockBootstrap
from scipy.stats import binomtest, false_discovery_control

from services.analysis.research.quality.blocks import block_length, block_sums
from services.analysis.research.quality.cells import Instrument, axis, cells, fired
from services.analysis.research.quality.evidence import LEAST, apart, wilson
from services.analysis.research.quality.records import Key, QualityRecord, records
from services.analysis.research.quality.walk_forward import decisions, first_decision
from services.analysis.research.quality.windows import HORIZONS, Prices, windows
from tests.research.quality.markets import KERNELS, PLANTED, RULES, days, planted, real, walks
from tests.research.quality.plain import PlainKernels


def prices(length: int = 40, seed: int = 3) -> Prices:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, length)))
    opened = close * np.exp(rng.normal(0, 0.01, length))
    return Prices(opened, np.maximum(opened, close) * 1.01, np.minimum(opened, close) * 0.99, close, days(length))


@pytest.mark.parametrize("horizon", HORIZONS)
def test_a_window_is_bought_at_the_next_open_and_sold_at_the_last_close_after_costs(horizon: int) -> None:
    p = prices()
    long, short = (windows(KERNELS, p, direction, horizon, 0.001) for direction in (1, -1))
    for t in range(len(p.close)):
        if t + horizon >= len(p.close):
            assert np.isnan([long.gain[t], short.gain[t], long.adverse[t], short.adverse[t]]).all()
            continue
        entry, leave = p.open[t + 1], p.close[t + horizon]
        assert long.gain[t] == pytest.approx(leave * 0.999 / (entry * 1.001) - 1, rel=1e-12)
        assert short.gain[t] == pytest.approx((entry * 0.999 - leave * 1.001) / (entry * 0.999), rel=1e-12)
        assert long.adverse[t] == pytest.approx(min(0, min(p.low[t + 1 : t + horizon + 1]) / entry - 1), rel=1e-12)
        assert short.adverse[t] == pytest.approx(min(0, 1 - max(p.high[t + 1 : t + horizon + 1]) / entry), rel=1e-12)


def test_a_window_with_a_hole_or_a_price_that_is_none_is_not_known() -> None:
    p = prices()
    gap = p._replace(day=p.day + np.where(np.arange(40) >= 20, 30, 0))
    assert np.flatnonzero(np.isnan(windows(KERNELS, gap, 1, 5).gain)).tolist() == [15, 16, 17, 18, 19, *range(35, 40)]
    for wrong in (np.nan, 0.0, -1.0):
        low = p.low.copy()
        low[20] = wrong
        missing = np.flatnonzero(np.isnan(windows(KERNELS, p._replace(low=low), 1, 5).gain)).tolist()
        assert missing == [15, 16, 17, 18, 19, *range(35, 40)], wrong
    with pytest.raises(ValueError, match="horizon: 0"):
        windows(KERNELS, p, 1, 0)
    with pytest.raises(ValueError, match=r"cost: 1\.5"):
        windows(KERNELS, p, 1, 1, 1.5)


def test_signals_of_one_date_or_with_overlapping_windows_count_once() -> None:
    fired = np.zeros((3, 30), bool)
    fired[0, [0, 1, 2, 3, 4, 5, 10, 29]] = True
    fired[1] = True
    assert apart(KERNELS, fired, 5)[1].tolist() == [4, 6, 0]  # 0, 5, 10, 29
    assert apart(KERNELS, fired, 1)[1].tolist() == [8, 30, 0]
    everywhere = [replace(each, fired=np.ones_like(each.fired)) for each in walks(1, 1300, 3)]
    found = list(records(everywhere, [Key(0, 1)], KERNELS, levels=("all",)))
    dates = len(axis(everywhere).day) - int(np.searchsorted(axis(everywhere).day, np.datetime64("2010-01-01").astype(int)))
    for each in found:
        assert each.figures.signals == 3 * each.figures.dates == 3 * (dates - each.horizon)
        assert each.figures.effective == -(-each.figures.dates // each.horizon)


def test_wilson_is_that_of_scipy() -> None:
    for wins, n in ((0, 30), (17, 30), (84, 84)):
        low, high = wilson(np.array([wins / n]), np.array([float(n)]))
        known = binomtest(wins, n).proportion_ci(0.95, "wilson")
        assert (low[0], high[0]) == pytest.approx((known.low, known.high), abs=1e-12)


def test_the_standard_error_is_that_of_arch_apart_from_the_cut_windows() -> None:
    rng = np.random.default_rng(1)
    evidence = np.convolve(rng.normal(0, 1, 904), np.ones(5), "valid")
    evidence -= evidence.mean()
    span = 5
    length = block_length(span)
    drawn = CircularBlockBootstrap(length, evidence, seed=2).apply(np.sum, 4000)
    cut = 1 - (span**2 - 1) / (3 * span * length)
    assert block_sums(KERNELS, evidence[None], span).error[0] == pytest.approx(drawn.std() / np.sqrt(cut), rel=0.04)


def test_the_base_rate_is_that_of_the_same_instruments_and_the_q_values_are_of_all_tests() -> None:
    found = records(real()[:4], RULES, KERNELS)
    tested = [each for each in found if each.p_value is not None]
    assert {each.tried for each in found} == {len(tested)}
    assert len(tested) > 100
    known = false_discovery_control([each.p_value for each in tested])
    np.testing.assert_allclose([each.q_value for each in tested], known, rtol=1e-12)
    assert all(each.q_value == 1 and not each.validated for each in found if each.p_value is None)
    assert {each.level for each in found} == {"instrument", "all"}
    chosen = next(each for each in found if each.level == "instrument" and each.figures.effective >= LEAST)
    of = next(each for each in real() if each.symbol == chosen.group)
    on = axis(real()[:4])
    held = cells(KERNELS, of.prices, fired(of, [chosen.key.rule], chosen.key.direction), chosen.horizon, on)
    first = first_decision(on, [held])
    late = held.year >= first
    mine = np.isin(np.arange(len(late)), held.cell) & late
    assert chosen.figures.base == pytest.approx(held.gain[late].mean(), rel=1e-9)
    assert chosen.figures.mean == pytest.approx(held.gain[mine].mean(), rel=1e-9)
    assert chosen.figures.worst == held.gain[mine].min()
    assert chosen.figures.win_rate == pytest.approx((held.gain[mine] > 0).mean())


def test_the_future_changes_no_earlier_record_and_no_earlier_decision() -> None:
    market = planted(1, 1800, 3, 0.03)
    keys = (*RULES[:10], Key(42, 1))
    at = 1500
    cut, poisoned = [], []
    rng = np.random.default_rng(9)
    for each in market:
        cut.append(replace(each, prices=Prices._make(v[:at] for v in each.prices), fired=each.fired[:, :at]))
        later = [np.concatenate([v[:at], v[at:] * rng.uniform(0.5, 2, len(v) - at)]) for v in each.prices[:4]]
        after = Prices(later[0], later[1], later[2], later[3], each.prices.day)
        fired = each.fired.copy()
        fired[:, at:] = rng.integers(-1, 2, fired[:, at:].shape)
        poisoned.append(replace(each, prices=after, fired=fired))
    assert any(each.validated for each in records(cut, keys, KERNELS))
    for direction, horizon in ((1, 5), (-1, 20)):
        known = [_decisions(each, direction, horizon) for each in (cut, poisoned)]
        years = known[0].shape[1]  # the newest year of the short series was decided before any of its bars
        assert np.array_equal(known[0], known[1][:, :years])
    again = [replace(e, prices=Prices._make(v[:at] for v in e.prices), fired=e.fired[:, :at]) for e in poisoned]
    assert _same(records(cut, keys, KERNELS), records(again, keys, KERNELS))


def test_a_decision_reads_no_window_that_closes_in_its_year() -> None:
    market, changed = walks(2, 1300, 1), list[Instrument]()
    on = axis(market)
    start = int(np.searchsorted(on.day, np.datetime64("2011-01-01").astype(int)))
    for each in market:
        close = each.prices.close.copy()
        close[start:] *= 3  # every window that crosses the new year gains
        changed.append(replace(each, prices=each.prices._replace(close=close, high=each.prices.high * 3)))
    place = 2011 - on.first_year
    one, other = (_decisions(each, 1, 20)[:, : place + 1] for each in (market, changed))
    assert one.any()
    assert np.array_equal(one, other)


def test_the_same_input_gives_the_same_numbers() -> None:
    one, other = (records(real()[:3], RULES[:8], KERNELS) for _ in range(2))
    assert _same(one, other)


def test_the_compiled_loops_agree_with_numpy() -> None:
    market = [replace(each, industries=("x",)) for each in planted(3, 1300, 3, 0.02)]
    half = [each._replace(day=np.repeat(each.day[::2], 2)) for each in (one.prices for one in market)]  # two bars a date
    holes = prices(1300)
    holes.low[[100, 700]], holes.close[900], holes.high[1000] = np.nan, -1.0, np.inf
    for chosen in (
        market,
        [replace(each, prices=bars) for each, bars in zip(market, half, strict=True)],
        [*market[:2], replace(market[2], prices=holes)],
    ):
        keys = (*RULES[::3], PLANTED)
        found, known = (records(chosen, keys, kernels) for kernels in (KERNELS, PlainKernels()))
        assert len(found) == len(known) > 100
        for one, other in zip(found, known, strict=True):
            assert one._replace(figures=other.figures, p_value=other.p_value, q_value=other.q_value) == other
            assert (one.p_value is None) == (other.p_value is None)
            numbers, expected = (np.array([*each.figures, each.p_value or 0, each.q_value], float) for each in (one, other))
            np.testing.assert_allclose(numbers, expected, rtol=1e-9, atol=1e-12)


def test_nothing_gives_no_records() -> None:
    assert records([], RULES, KERNELS) == ()
    none = np.zeros(0)
    empty = Instrument("X", (), Prices(none, none, none, none, np.zeros(0, np.int64)), np.zeros((42, 0), np.int8))
    assert records([empty], RULES, KERNELS) == ()
    short = walks(1, 60, 2)
    assert all(not each.validated for each in records(short, RULES, KERNELS))


def _decisions(market: Sequence[Instrument], direction: int, horizon: int) -> np.ndarray:
    on = axis(market)
    held = [cells(KERNELS, each.prices, fired(each, range(len(each.fired)), direction), horizon, on) for each in market]
    return decisions(held, on, first_decision(on, held))


def _same(one: tuple[QualityRecord, ...], other: tuple[QualityRecord, ...]) -> bool:
    assert len(one) == len(other)
    return all(
        a._replace(figures=b.figures) == b and np.array_equal(a.figures, b.figures, equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )

"""Labels against plain loops, and the splits of bars."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import linregress

from services.analysis.research.datasets.label_columns import Prices, prices_of
from services.analysis.research.datasets.label_names import read_label, read_labels
from services.analysis.research.datasets.parts import PARTS, Boundaries, counted, part_codes
from services.analysis.research.datasets.transforms import fitted
from services.analysis.research.datasets.triple_barrier import deviation, label
from services.analysis.research.domain.run_record import RunError
from tests.research.datasets.walks import market

PRICES = prices_of(market(300)["AAA"])


def barrier(t: int, horizon: int, up: float, down: float) -> tuple[float, float, int]:
    """The plain rule: one bar after the other."""
    spread = float(deviation(PRICES.close)[t])
    if not spread > 0 or t + 1 >= len(PRICES.open):
        return np.nan, np.nan, -1
    entry = PRICES.open[t + 1]
    upper, lower = entry * (1 + up * spread), entry * (1 - down * spread)
    for bar in range(t + 1, t + horizon + 1):
        if bar >= len(PRICES.open):
            return np.nan, np.nan, -1
        if PRICES.low[bar] <= lower:
            return -1.0, min(PRICES.open[bar], lower) / entry - 1, bar
        if PRICES.high[bar] >= upper:
            return 1.0, max(PRICES.open[bar], upper) / entry - 1, bar
    return 0.0, PRICES.close[t + horizon] / entry - 1, t + horizon


@pytest.mark.parametrize(("horizon", "up", "down"), [(10, 2.0, 2.0), (5, 1.0, 3.0), (20, 4.0, 1.5), (1, 2.0, 2.0)])
def test_barriers_of_two_widths_as_a_plain_loop_finds_them(horizon: int, up: float, down: float) -> None:
    found = label(PRICES, horizon, up, down)
    side, gain = found.columns.values()
    plain = [barrier(t, horizon, up, down) for t in range(300)]
    np.testing.assert_array_equal(side, [each[0] for each in plain])
    np.testing.assert_allclose(gain, [each[1] for each in plain], rtol=1e-12)
    assert found.end.tolist() == [each[2] for each in plain]
    if horizon > 1:
        assert {-1.0, 1.0} <= {*side[np.isfinite(side)].tolist()}


def test_a_bar_with_both_barriers_is_a_loss_and_a_gap_is_left_at_its_open() -> None:
    close = np.where(np.arange(40) % 2, 101.0, 100.0)
    prices = Prices(close.copy(), close + 1, close - 1, close)
    prices.high[31], prices.low[31] = 150.0, 50.0
    assert label(prices, 5).columns["label_triple_barrier_5"][30] == -1.0
    prices.high[31], prices.low[31] = 102.0, 100.5
    for each, value in zip(prices, (150.0, 151.0, 149.0, 150.0), strict=True):
        each[32] = value
    gap = label(prices, 5).columns
    assert (gap["label_triple_barrier_5"][30], gap["label_triple_barrier_5_return"][30]) == (1.0, 150.0 / prices.open[31] - 1)


def test_deviation_is_that_of_the_returns_up_to_the_bar() -> None:
    whole = deviation(PRICES.close)
    assert np.isnan(whole[:20]).all()
    np.testing.assert_array_equal(deviation(PRICES.close[:150]), whole[:150])


def test_trends_are_those_of_the_most_significant_line() -> None:
    found = read_label("trend_scanning(12)").columns(PRICES)
    side, t_value = found.columns.values()
    for t in range(0, 288, 7):
        lines = [linregress(np.arange(length + 1), PRICES.close[t : t + length + 1]) for length in range(3, 13)]
        values = [line.slope / line.stderr for line in lines]
        best = max(values, key=abs)
        assert t_value[t] == pytest.approx(best, rel=1e-9)
        assert side[t] == np.sign(best)
    assert np.isnan(side[288:]).all()
    assert found.end[287] == 299
    assert found.end[288] == -1
    flat = Prices(*(np.full(30, 5.0),) * 4)
    assert read_label("trend_scanning(5)").columns(flat).columns["label_trend_5"][:25].tolist() == [0.0] * 25
    line = Prices(*(np.arange(1.0, 31.0),) * 4)
    assert np.isfinite(read_label("trend_scanning(5)").columns(line).columns["label_trend_5_t"][:25]).all()


def test_forward_returns_are_from_the_next_open() -> None:
    found = read_label("forward_return(5)").columns(PRICES)
    values = found.columns["label_forward_return_5"]
    assert values[10] == pytest.approx(PRICES.close[15] / PRICES.open[11] - 1, rel=1e-14)
    assert np.isnan(values[-5:]).all()
    assert np.isfinite(values[:-5]).all()
    short = Prices(*(np.ones(3),) * 4)
    assert np.isnan(read_label("forward_return(5)").columns(short).columns["label_forward_return_5"]).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("forward_return(0)", "the horizon must be a whole number of bars from 1 to 250"),
        ("trend_scanning(2)", "from 3 to 250"),
        ("forward_return", "is no label; write one of"),
        ("forward_return(1e9)", "the horizon"),
        ("triple_barrier(5, up=-1)", "up=-1 is not above 0"),
        ("triple_barrier(5, left=1)", "has no parameter 'left': it has up, down"),
        ("__import__('os')", "is no label"),
        ("forward_return(1, 2)", "the horizon"),
        ("forward_return(" * 90, "is no label"),
    ],
)
def test_what_is_no_label_is_named(text: str, message: str) -> None:
    with pytest.raises(RunError, match="labels: ") as error:
        read_labels((text,))
    assert message in str(error.value)


def test_parts_are_purged_and_embargoed() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        ts = np.unique(random.integers(0, 2_000, 200)) * 10
        last = np.arange(len(ts)) + random.integers(1, 9, len(ts))
        ends = np.where(last < len(ts), ts[np.minimum(last, len(ts) - 1)], 0)
        boundaries, embargo = Boundaries.of(ts, 0.6, 0.2), int(random.integers(0, 12))
        codes = part_codes(ts, ends, boundaries, embargo)
        names = np.array(PARTS)[codes]
        starts = {"train": -1, "validation": boundaries.validation, "test": boundaries.test}
        limits = {"train": boundaries.validation, "validation": boundaries.test, "test": 2**62}
        for place, (at, end, name) in enumerate(zip(ts, ends, names, strict=True)):
            part = "train" if at < boundaries.validation else "validation" if at < boundaries.test else "test"
            first = int(np.count_nonzero(ts < starts[part]))
            if end == 0:
                assert name == "unlabelled"
            elif end >= limits[part]:
                assert name == "purged"
            elif part != "train" and place < first + embargo:
                assert name == "embargoed"
            else:
                assert name == part
        assert max(ends[codes == 0]) < boundaries.validation
        assert max(ends[codes == 1], default=0) < boundaries.test


@pytest.mark.parametrize(("train", "validation"), [(0.0, 0.2), (0.9, 0.1), (1.0, 0.0), (0.5, -0.1), (float("nan"), 0.1)])
def test_shares_that_leave_nothing_are_refused(train: float, validation: float) -> None:
    with pytest.raises(RunError, match=r"train|validation"):
        Boundaries.of(np.arange(100), train, validation)


def test_a_part_without_rows_is_an_error() -> None:
    with pytest.raises(RunError, match="test: no bar is left of 10"):
        counted(np.zeros(10, np.int8))


def test_transforms_leave_out_what_is_not_known() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0, 7.0])
    assert fitted(values, "standard") == {"centre": 4.0, "scale": pytest.approx(2.581988897471611), "known": 4, "unknown": 1}
    assert fitted(values, "robust") == {"centre": 4.0, "scale": 3.0, "known": 4, "unknown": 1}
    assert fitted(np.full(9, 2.0), "standard")["scale"] is None
    assert fitted(np.full(9, np.nan), "standard")["centre"] is None

"""Nothing that came later is in a feature, no label is one, and labels without meaning teach nothing."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analysis.research.datasets.feature_names import Feature, SignalFeature, read_features
from services.analysis.research.datasets.feature_values import feature_units, own_values, strength_values
from services.analysis.research.datasets.label_names import read_labels
from services.analysis.research.datasets.label_values import label_values
from services.analysis.research.datasets.parts import Boundaries, part_codes
from services.analysis.research.datasets.strength_features import Closes, adjusted_closes
from services.analysis.research.datasets.transforms import fitted
from services.analysis.research.datasets.units import Unit
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.signal_kernels import SignalKernels
from shared.events import Timeframe
from tests.research.datasets.walks import changed, market
from tests.research.role import ROOT
from tests.sizes import examples

BARS = 420
CACHE = Path(os.environ.get("CACHE", ROOT / ".cache"))
NAMES = (
    "returns", "volatility", "trend", "momentum", "volume", "candlesticks", "indicators", "calendar", "strength", "signals",
    "wma_7", "far = close / sma_100 - 1", "close > sma_20 for 3 bars", "rsi_oversold(9, 25)", "highest(high, 20)", "volume * close",
)  # fmt: skip
"""All groups, other parameters, levels of prices and volumes."""


@cache
def kernels() -> SignalKernels:
    return SignalKernels.of(CACHE / "kernels")


@cache
def chosen() -> tuple[tuple[Feature, ...], dict[str, Unit]]:
    features = read_features(NAMES, Timeframe.D1)
    return features, feature_units(kernels(), features)


def features_of(series: dict[str, ResearchSeries]) -> dict[str, dict[str, np.ndarray]]:
    features, units = chosen()
    closes = Closes.of({name: adjusted_closes(each) for name, each in series.items()}, dict.fromkeys(series, ("chips",)))
    return {
        name: own_values(kernels(), each, features, units, KnownMarket()) | strength_values(closes, name, features)
        for name, each in series.items()
    }


@cache
def before() -> dict[str, dict[str, np.ndarray]]:
    return features_of(market(BARS))


def same_until(moment: int, found: dict[str, dict[str, np.ndarray]], *, rtol: float = 0.0) -> None:
    for symbol, series in market(BARS).items():
        known = series.ts_close <= moment
        for column, values in found[symbol].items():
            np.testing.assert_allclose(values[known], before()[symbol][column][known], rtol=rtol, atol=0, err_msg=column)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(20, BARS - 3), st.sampled_from(["AAA", "CCC"]), st.integers(0, 2**32))
def test_shuffling_all_that_came_later_changes_no_feature(bar: int, symbol: str, seed: int) -> None:
    """After the close of a bar in Seoul, the session of the same date in New York is the future."""
    random, series = np.random.default_rng(seed), market(BARS)
    moment = int(series[symbol].ts_close[bar])
    shuffled = {}
    for name, each in series.items():
        records = each.raw.copy()
        later = np.flatnonzero(each.ts_close > moment)
        for field in ("open", "high", "low", "close", "volume"):
            records[field][later] = records[field][random.permutation(later)] * 1.7
        records["high"] = np.maximum.reduce([records[field] for field in ("open", "high", "low", "close")])
        records["low"] = np.minimum.reduce([records[field] for field in ("open", "high", "low", "close")])
        shuffled[name] = changed(each, records)
    same_until(moment, features_of(shuffled))


@pytest.mark.parametrize(("price", "split"), [(0.5, 0.5), (0.97, 1.0)])
def test_a_split_or_dividend_that_comes_later_changes_no_feature(price: float, split: float) -> None:
    bar, later = 300, {}
    for name, each in market(BARS).items():
        records = each.raw.copy()
        records["price_factor"][: bar + 1] *= price
        records["split_factor"][: bar + 1] *= split
        later[name] = changed(each, records)
    found = features_of(later)
    moment = int(market(BARS)["AAA"].ts_close[bar])
    if price == 0.5:
        same_until(moment, found)
    levels = [each.column for each in chosen()[0] if chosen()[1][each.column] == Unit(1, 0)]
    assert len(levels) > 10
    for feature in chosen()[0]:
        if not isinstance(feature, SignalFeature):  # rounding may decide whether two equal values are above each other
            after, earlier = (values["AAA"][feature.column][: bar + 1] for values in (found, before()))
            np.testing.assert_allclose(after, earlier, rtol=1e-6, atol=1e-9, err_msg=feature.column)


@pytest.mark.parametrize(
    "text", ["close > 100", "close - 5", "close + volume", "close crosses above 90", "close[SPY, 1d]", "abs(close) > 7"]
)
def test_what_would_change_with_later_splits_is_refused(text: str) -> None:
    with pytest.raises(RunError, match="is not known at its time"):
        feature_units(kernels(), read_features((text,), Timeframe.D1))


def test_labels_read_what_follows_and_no_feature_does() -> None:
    """Labels that end by a moment are those of before; of the others some have changed."""
    series, labels = market(BARS)["AAA"], read_labels(())
    moment = int(series.ts_close[300])
    records = series.raw.copy()
    for field in ("open", "high", "low", "close"):
        records[field][301:] *= np.linspace(0.9, 0.3, BARS - 301)
    records["close"][301:] *= 0.95
    records["low"] = np.minimum(records["low"], records["close"])
    old, ends = label_values(series, labels)
    new, _ = label_values(changed(series, records), labels)
    ended = (ends > 0) & (ends <= moment)
    for column in old:
        np.testing.assert_array_equal(old[column][ended], new[column][ended], err_msg=column)
        open_ = (series.ts_close <= moment) & ~ended
        assert not np.array_equal(old[column][open_], new[column][open_], equal_nan=True), column
    assert not {*old} & {*before()["AAA"]}
    assert all(column.startswith("label_") for column in old)


@pytest.mark.parametrize("text", ["label_x = close / sma_20", "part = rsi_14", "forward_return(5)", "label_forward_return_5"])
def test_a_label_cannot_be_asked_for_as_a_feature(text: str) -> None:
    with pytest.raises(RunError, match="features: "):
        read_features((text,), Timeframe.D1)


def least_squares(x: np.ndarray, y: np.ndarray, part: np.ndarray) -> float:
    """z of the correlation of predictions and labels in the test part."""
    train, test = part == 0, part == 2
    fits = [fitted(column[train], "standard") for column in x.T]
    centre = np.array([each["centre"] for each in fits], float)
    scale = np.array([each["scale"] or 1.0 for each in fits], float)
    scaled = np.column_stack([np.ones(len(x)), (x - centre) / scale])
    weights = np.linalg.lstsq(scaled[train], y[train], rcond=None)[0]
    return float(np.corrcoef(scaled[test] @ weights, y[test])[0, 1] * np.sqrt(test.sum()))


def test_labels_without_meaning_teach_nothing() -> None:
    """Of 200 shuffles about 5 % pass at 5 %; a label with a planted effect always does."""
    series = market(BARS)["AAA"]
    names = ("return_1", "return_5", "rsi_14", "volume_ratio", "relative_strength_20", "day_of_week")
    x = np.column_stack([before()["AAA"][name] for name in names])
    labels, ends = label_values(series, read_labels(("forward_return(1)",)))
    y = labels["label_forward_return_1"]
    part = part_codes(series.ts_close, ends, Boundaries.of(series.ts_close, 0.6, 0.1), 1)
    known = np.isfinite(x).all(axis=1) & np.isfinite(y)
    x, y, part = x[known], y[known], part[known]
    shuffles = [np.random.default_rng(seed).permutation(y) for seed in range(200)]
    passed = sum(abs(least_squares(x, each, part)) > 1.96 for each in shuffles)
    assert passed <= 20  # 10 are expected; more than 20 come in 0.1 % of runs of an honest split
    planted = [each + 0.01 * (x[:, 2] - 50.0) / 10.0 for each in shuffles[:20]]
    assert all(least_squares(x, each, part) > 1.96 for each in planted)

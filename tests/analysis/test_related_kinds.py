"""Kinds that show the same thing in two ways agree, and the rank works on any series."""

from __future__ import annotations

import numpy as np
import pytest

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.percent_rank import share_up_to
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of

RANDOM = np.random.default_rng(11)
BARS = bars_of(100 * np.exp(np.cumsum(RANDOM.normal(0, 0.02, 500))), RANDOM.integers(1, 10**6, 500).astype(float))


def columns(name: str) -> dict[str, np.ndarray]:
    example = next(kind for kind in KINDS if kind.name == name).examples[0]
    chosen = plan([(name, example)], [])
    return dict(zip(chosen.columns, history(machine_code.load(KERNELS), chosen, BARS).values, strict=True))


def test_the_cloud_at_a_bar_is_that_of_26_bars_before() -> None:
    lines, cloud = columns("ichimoku"), columns("ichimoku_cloud")
    for column, pick in (("cloud_top", np.maximum), ("cloud_bottom", np.minimum)):
        np.testing.assert_array_equal(cloud[column][26:], pick(lines["senkou_a"], lines["senkou_b"])[:-26])
        assert np.isnan(cloud[column][:26]).all()
    above_the_line, above_the_cloud = BARS.close > lines["senkou_a"], BARS.close > cloud["cloud_top"]
    assert (above_the_line != above_the_cloud).sum() > 50, "what a condition meant and what it got"


def test_the_average_of_the_session_with_bands_is_the_one_without() -> None:
    found = columns("vwap_session")
    np.testing.assert_allclose(found["vwap_session"], columns("vwap")["vwap"], rtol=1e-12)
    assert (found["vwap_session_upper"] >= found["vwap_session"]).all()


def test_the_middle_of_the_channel_is_the_regression() -> None:
    chosen = plan([("linreg", (100,)), ("linreg_channel", (100, 2))], [])
    found = dict(zip(chosen.columns, history(machine_code.load(KERNELS), chosen, BARS).values, strict=True))
    np.testing.assert_array_equal(found["linreg_middle_100"], found["linreg_100"])


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ((1.0, 2.0, 3.0, 2.0, 2.5), 0.75),
        ((5.0, 5.0, 5.0, 5.0, 5.0), np.nan),
        ((5.0, 5.0, 5.0, 5.0, 5.0 + 1e-10), np.nan),
        ((1.0, np.nan, 3.0, 4.0, 5.0), np.nan),
        ((1.0, 2.0, 3.0, 4.0, np.nan), np.nan),
        ((-1.0, -2.0, -3.0, -4.0, -2.0), 0.75),
    ],
)
def test_the_rank_of_any_series_is_unknown_where_one_of_its_values_is(values: tuple[float, ...], share: float) -> None:
    np.testing.assert_equal(share_up_to(np.array(values), 4, 4), share)

"""Every kind of indicator where nothing moves, nothing is traded, or the price is locked: no value stands for "unknown"."""

from __future__ import annotations

import numpy as np
import pytest

from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.programs import compile_conditions, scanned
from services.analysis.kernels.indicators.kind import Bars, Kind
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import INDICATORS, plan
from services.analysis.kernels.whole_series import history
from shared.conditions import parse
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of

CODE = machine_code.load(KERNELS)
EVERY = plan([*INDICATORS, *((kind.name, kind.examples[0]) for kind in KINDS if kind.name not in dict(INDICATORS))])
LENGTH = 700
PRICE = 137.0
LONG = 4000
"""Bars after which Wilder's means and EMAs of the usual lengths have forgotten all moves before."""
STILL = (
    "rsi", "stochastic", "adx", "supertrend", "aroon", "cci", "mfi", "williams_r", "ultimate", "cmo", "accumulation", "chaikin",
    "bandwidth_low", "stoch_rsi", "tsi", "stc", "fisher", "connors_rsi", "rvi", "cmo_sum", "cmf", "klinger", "vortex", "choppiness",
    "atr_stop", "mass_index", "hurst", "percent_rank", "fractals", "zigzag",
)  # fmt: skip
"""Kinds of which no column has a value while the price has never moved."""
STILL_COLUMNS = {"bb_width_20", "cdl_doji", "linreg_r_squared_14", "zscore_20"}
"""Such columns of kinds that have others."""
TRADED = {"obv", "volume_sma_20", "volume_oscillator", "session_poc", "session_value_low", "session_value_high"}
"""Columns that show something else than a price or no difference then: volumes, and the bins of the volume profile."""
KEPT = (
    "all_time", "obv", "volume_sma", "volume_oscillator", "accumulation", "chaikin", "klinger", "fractals", "zigzag",
    "volume_profile", "vwap_date",
)  # fmt: skip
"""Kinds that may keep a sum, a level or a turn of the time before the price was locked."""


def values(bars: Bars) -> dict[str, np.ndarray]:
    return dict(zip(EVERY.columns, history(CODE, EVERY, bars).values, strict=True))


def columns(names: tuple[str, ...]) -> set[str]:
    return {column for kind in KINDS if kind.name in names for column in kind.names(kind.examples[0])}


def walk() -> np.ndarray:
    return 100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.02, LENGTH)))


def constant() -> Bars:
    return bars_of(np.full(LENGTH, PRICE), np.arange(1.0, LENGTH + 1), per_session=3, wide=0.0)


def locked() -> Bars:
    """A rally, then no move."""
    rally = 100 * 1.006 ** np.arange(150) * np.exp(np.random.default_rng(2).normal(0, 0.003, 150))
    return bars_of(np.concatenate([rally, np.full(LONG, rally[-1])]), np.arange(1.0, LONG + 151), wide=0.0)


def test_every_column_of_a_constant_price_is_unknown_or_the_price_or_no_difference() -> None:
    unknown = columns(STILL) | STILL_COLUMNS
    for name, column in values(constant()).items():
        if name in unknown:
            assert np.isnan(column).all(), f"{name} has the value {column[-1]} of a price that never moved"
            continue
        known = column[-100:]
        assert not np.isnan(known).any(), f"{name} has no value: is it among STILL?"
        level, nothing = np.isclose(known, PRICE, rtol=1e-9), abs(known) <= 1e-9
        assert name in TRADED or level.all() or nothing.all(), f"{name} is {known[-1]} of a price that never moved"


def test_without_volume_every_column_is_unknown_or_the_same_as_with_volume() -> None:
    """What depends on volume has no value: none of them may take no volume for a volume of 0."""
    traded, untraded = (values(bars_of(walk(), volume)) for volume in (np.arange(1.0, LENGTH + 1), np.zeros(LENGTH)))
    dependent = set()
    for name, column in untraded.items():
        if np.array_equal(column, traded[name], equal_nan=True):
            continue
        assert np.isnan(column).all(), f"{name} depends on volume, and has the value {column[-1]} without any"
        dependent.add(name)
    assert {"mfi_14", "cmf_20", "klinger", "force_index_13", "eom_14", "volume_oscillator", "vwma_20", "vwap_week"} <= dependent


def test_every_column_of_a_locked_price_ends_as_that_of_a_constant_one() -> None:
    still, never = values(locked()), values(constant())
    kept = columns(KEPT)
    for name, column in still.items():
        if name not in kept:
            assert np.isnan(column[-1]) == np.isnan(never[name][-1]), f"{name} ends with {column[-1]}"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.state == 0], ids=lambda kind: str(kind.name))
def test_a_window_without_a_move_is_unknown_as_soon_as_it_has_none(kind: Kind) -> None:
    """A kind without a state sees its window alone: once that is locked, its columns are those of a constant price."""
    found, never, first = values(locked()), values(constant()), 150 + int(kind.lookback(*kind.examples[0])) + 1
    for name in kind.names(kind.examples[0]):
        known = ~np.isnan(found[name][first:])
        assert (known == (not np.isnan(never[name][-1]))).all(), name


def test_no_rule_fires_where_nothing_moves() -> None:
    for bars, first in ((constant(), 1), (bars_of(np.full(LENGTH, PRICE), np.zeros(LENGTH), wide=0.0), 1), (locked(), 3000)):
        fired = history(CODE, EVERY, bars).fired[:, first:]
        assert not fired.any(), [rule.name for rule, row in zip(EVERY.rules, fired, strict=True) if row.any()]


def test_no_condition_is_true_of_an_unknown_value() -> None:
    bars = constant()
    past = history(CODE, EVERY, bars).values
    table = np.vstack([past, *bars[:5]])
    for name, column in zip(EVERY.columns, past, strict=True):
        if np.isnan(column).all():
            programs = compile_conditions(
                [parse(f"{name} < 1e9"), parse(f"not {name} > 0"), parse(f"{name} == {name}")], EVERY.columns
            )
            for number in range(3):
                assert not (scanned(CODE.core, programs, number, table) == 1.0).any(), name

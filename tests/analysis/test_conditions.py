"""Conditions as programs: one bar, a whole series and a reference of the documented semantics agree."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numba import njit

from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.programs import compile_conditions, evaluated, scanned
from services.analysis.kernels.conditions.required_indicators import required_indicator, required_indicators
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import INDICATORS, plan
from services.analysis.kernels.rules.comparing import crossing
from services.analysis.kernels.whole_series import history
from shared.conditions import ConditionError, parse, resolve
from shared.conditions.condition import MOST_STACK
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of
from tests.conditions import COLUMNS, FIELDS, Tree, conditions, evaluate, spelled
from tests.sizes import examples

CODE = machine_code.load(KERNELS)
LOOPS = CODE.core
NAMES = (*COLUMNS, *FIELDS)
AMOUNTS = (0.0, -0.0, 1.0, 2.0, 30.0, 29.99999999999, 30.0000000001, -5.5, 1e-9, 1e300, math.nan, math.inf, -math.inf)
series = st.lists(st.lists(st.sampled_from(AMOUNTS), min_size=len(NAMES), max_size=len(NAMES)), min_size=1, max_size=6)


def truths(results: Any) -> list[bool | None]:
    return [None if math.isnan(value) else {1.0: True, 0.0: False}[value] for value in results]


@settings(max_examples=examples(250), deadline=None)
@given(tree=conditions(), seed=st.integers(0, 2**32), rows=series)
def test_every_evaluation_agrees_with_the_documented_semantics(tree: Tree, seed: int, rows: list[list[float]]) -> None:
    try:
        condition = parse(spelled(tree, random.Random(seed).randrange))
    except ConditionError as error:
        assume(error.code != "long")
        raise
    other = parse("close > 0")
    programs = compile_conditions([other, condition, other], COLUMNS)
    values, last = np.array(rows).T.copy(), np.full(len(NAMES), np.nan)
    expected = [evaluate(tree, [dict(zip(NAMES, row, strict=True)) for row in rows], t) for t in range(len(rows))]
    assert truths(scanned(LOOPS, programs, 1, values)) == expected
    results = np.empty(len(rows))
    LOOPS.scan_condition(programs.arrays, 1, values, np.empty((MOST_STACK, 2)), results)  # in blocks of two bars
    assert truths(results) == expected
    one_by_one = []
    for row in values.T.copy():
        one_by_one.append(evaluated(LOOPS, programs, np.array([1, 0]), row, last)[0])
        last = row
    assert truths(one_by_one) == expected


def _crossing(a: float, b: float, a_before: float, b_before: float) -> int:
    return crossing(a, b, a_before, b_before)


crossing_of_rules: Any = njit(_crossing)
"""Python cannot call the function itself."""


@settings(max_examples=examples(200), deadline=None)
@given(values=st.lists(st.sampled_from(AMOUNTS[:10]), min_size=4, max_size=4))
def test_a_crossing_is_that_of_the_rules(values: list[float]) -> None:
    programs = compile_conditions([parse("crosses_above(close, open)"), parse("crosses_below(close, open)")], ())
    a, b, c, d = values
    now, before = np.array([b, 0.0, 0.0, a, 0.0]), np.array([d, 0.0, 0.0, c, 0.0])
    way = crossing_of_rules(a, b, c, d)
    assert evaluated(LOOPS, programs, np.arange(2), now, before).tolist() == [float(way > 0), float(way < 0)]


def test_many_programs_at_once_equal_each_alone() -> None:
    texts = [f"close > {n} and not open < {n % 7} or volume + {n} > 3 * high" for n in range(300)]
    programs = compile_conditions([parse(text) for text in texts], ())
    now, before = np.random.default_rng(3).random((2, 5)) * 300
    chosen = np.array([299, 0, 17, 17, 150])
    alone = [evaluated(LOOPS, compile_conditions([parse(texts[n])], ()), np.array([0]), now, before)[0] for n in chosen]
    assert evaluated(LOOPS, programs, chosen, now, before).tolist() == alone
    assert len(programs) == 300


def test_conditions_on_indicators_agree_with_numpy() -> None:
    rng = np.random.default_rng(5)
    bars = bars_of(100 * np.exp(np.cumsum(rng.normal(0, 0.02, 1500))), rng.integers(1, 10**6, 1500).astype(float))
    condition = parse("rsi_21 < 40 and close > bb_lower_30_1.5 or volume > 2 * prev(volume_sma_20)")
    needed = plan(required_indicators(condition), [])
    past = history(CODE, needed, bars)
    columns = dict(zip(needed.columns, past.values, strict=True))
    values = np.vstack([past.values, bars.open, bars.high, bars.low, bars.close, bars.volume])
    with np.errstate(invalid="ignore"):
        quiet = (columns["rsi_21"] < 40) & (bars.close > columns["bb_lower_30_1.5"])
        surge = bars.volume > 2 * np.concatenate([[np.nan], columns["volume_sma_20"][:-1]])
    results = scanned(LOOPS, compile_conditions([condition], needed.columns), 0, values) == 1.0
    assert results.tolist() == (quiet | surge).tolist()
    assert results.any()
    assert not results.all()


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="rsi_14"):
        compile_conditions([parse("rsi_14 < 30")], ("sma_200",))


@settings(max_examples=examples(250), deadline=None)
@given(data=st.data())
def test_indicators_accept_all_that_the_vocabulary_accepts(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in KINDS if kind.parameters]))
    amounts = st.one_of(st.integers(0, 300).map(float), st.sampled_from((0.01, 0.02, 0.2, 1.5, 2.5, 99.0, 101.0)))
    parameters = tuple(data.draw(amounts) for _ in kind.parameters)
    template = data.draw(st.sampled_from(kind.columns))
    name = template.format(**{key: f"{value:g}" for key, value in zip(kind.parameters, parameters, strict=True)})
    try:
        found = resolve(name)
    except ConditionError:
        return
    kind.prepare(*parameters)
    assert required_indicator(name) == (kind.name, parameters)
    assert found.column == kind.names(parameters)[kind.columns.index(template)]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_column_of_every_indicator_can_be_named(kind: Any) -> None:
    wanted = [parameters for name, parameters in INDICATORS if name == kind.name]
    for parameters in (*kind.examples, *wanted):
        for column in kind.names(tuple(map(float, parameters))):
            assert required_indicator(column) == (kind.name, tuple(map(float, parameters)))
            assert parse(f"{column} > 1").columns == (column,)

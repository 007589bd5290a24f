"""Operations over the past: one bar at a time, with and without forming bars, over a whole series, and in plain Python agree."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.conditions.derived import derived_values, needs_of
from services.analysis.kernels.conditions.past import PAST
from services.analysis.kernels.conditions.programs import compile_conditions, evaluated
from services.analysis.kernels.conditions.slots import slot_layout
from services.analysis.kernels.conditions.whole_series import SeriesValues, derive, last_held, truths
from services.analysis.kernels.indicators.kind import Floats
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from shared.conditions import BAR_FIELDS, Condition, Node, Number, SeriesName
from shared.conditions.expression import PAST_NUMBERS, PAST_TRUTHS, Elsewhere
from shared.events import Timeframe
from tests.analysis import trees
from tests.analysis.market import KERNELS
from tests.analysis.samples import bars_of as sample
from tests.analysis.trees import BarList, condition_of, op, value
from tests.sizes import examples

CODE = machine_code.load(KERNELS)
LOOPS = CODE.core
COLUMNS = ("rsi_14",)
ROW = (*COLUMNS, *BAR_FIELDS)
AMOUNTS = (0.0, 1.0, 2.0, 2.0, 3.0, 30.0, 29.99999999999, -5.5, 0.1, 0.7, math.nan, math.inf)
LEAVES: tuple[Node, ...] = tuple(SeriesName(name) for name in trees.NAMES)
series = st.lists(st.lists(st.sampled_from(AMOUNTS), min_size=len(ROW), max_size=len(ROW)), min_size=1, max_size=14)


def bars_of(rows: Sequence[Sequence[float]], first: int = 0, step: int = 1) -> tuple[SeriesValues, BarList]:
    closes = [first + step * i for i in range(len(rows))]
    values = np.array(rows, np.float64).reshape(-1, len(ROW)).T.copy()
    return SeriesValues(values, np.array(closes, np.int64)), BarList(closes, [dict(zip(ROW, row, strict=True)) for row in rows])


def one_by_one(condition: Condition, values: Floats, peeks: Floats) -> list[float]:
    """The condition bar by bar as in live, after a look at a forming bar (``peeks``) before each close."""
    programs = compile_conditions([condition], COLUMNS)
    nodes = list(dict.fromkeys(derived_values(condition.root)))
    layout = slot_layout(nodes)
    table, slots, found = layout.table(programs, nodes), np.full(layout.width, np.nan), []
    before = np.full(len(ROW), np.nan)
    for now, peek in zip(values.T.copy(), peeks.T.copy(), strict=True):
        for row, commit in ((peek, False), (now, True)):
            wide = np.concatenate([row, np.full(programs.width - len(row), np.nan)])
            kept = slots.tobytes()
            LOOPS.derive_bar(programs.arrays, table, wide, before, np.empty(programs.depth), slots, commit)
            result = evaluated(LOOPS, programs, np.array([0]), wide, before)[0]
            assert commit or slots.tobytes() == kept
        found.append(result)
        before = now
    return found


@settings(max_examples=examples(120), deadline=None)
@given(tree=trees.truths(3, LEAVES), rows=series, data=st.data())
def test_every_evaluation_agrees_with_plain_python(tree: Node, rows: list[list[float]], data: st.DataObject) -> None:
    condition = condition_of(tree)
    values, bars = bars_of(rows)
    expected = [value(tree, {Timeframe.D1: bars}, Timeframe.D1, t) for t in range(len(rows))]
    whole = truths(LOOPS, condition, COLUMNS, {Timeframe.D1: values})
    np.testing.assert_array_equal(whole, expected)
    peeks = np.array(data.draw(st.permutations(rows)), np.float64).T
    np.testing.assert_array_equal(one_by_one(condition, values.values, peeks), expected)
    held = [t for t, x in enumerate(expected) if x == 1.0]
    assert last_held(LOOPS, condition, COLUMNS, {Timeframe.D1: values}) == (held[-1] if held else None)


@settings(max_examples=examples(60), deadline=None)
@given(tree=trees.numbers(2, LEAVES), rows=series)
def test_numbers_are_equal_bit_by_bit(tree: Node, rows: list[list[float]]) -> None:
    root = op("highest", tree, 1)
    condition = condition_of(op(">", root, 0))
    values, bars = bars_of(rows)
    programs = compile_conditions([condition], COLUMNS)
    found = derive(LOOPS, programs, {Timeframe.D1: values}, needs_of(condition))[Timeframe.D1].rows[programs.places[root]]
    expected = [value(tree, {Timeframe.D1: bars}, Timeframe.D1, t) for t in range(len(rows))]
    np.testing.assert_array_equal(found, [x if math.isfinite(x) else math.nan for x in expected])


def test_the_operations_of_the_language_are_those_of_the_kernel() -> None:
    assert set(PAST) == PAST_NUMBERS | PAST_TRUTHS


def test_a_window_of_five_hundred_bars_does_not_drift() -> None:
    rng = np.random.default_rng(4)
    closes = np.concatenate([rng.random(1000) * 1e12, rng.random(1200)])
    rows = np.zeros((len(ROW), len(closes)))
    rows[ROW.index("close")] = closes
    roots = {name: op(name, "close", 500) for name in ("sum", "sma", "stdev", "highest", "lowest")}
    programs = compile_conditions([condition_of(op(">", root, 0)) for root in roots.values()], COLUMNS)
    needs = needs_of(condition_of(op("and", *(op(">", root, 0) for root in roots.values()))))
    found = derive(LOOPS, programs, {Timeframe.D1: SeriesValues(rows, np.arange(len(closes)))}, needs)[Timeframe.D1].rows
    last = closes[-500:]
    for name, want in zip(roots, (last.sum(), last.mean(), last.std(), last.max(), last.min()), strict=True):
        assert found[programs.places[roots[name]]][-1] == pytest.approx(want, rel=1e-12)
        assert np.isnan(found[programs.places[roots[name]]][:499]).all()


@pytest.mark.parametrize(("name", "n"), [("ema", 12), ("percent_rank", 20)])
def test_of_the_close_it_is_the_indicator(name: str, n: int) -> None:
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(8).normal(0, 0.02, 300)))
    root = op(name, "close", n)
    condition = condition_of(op(">", root, 0))
    programs = compile_conditions([condition], ())
    own = SeriesValues(np.vstack([closes] * 5), np.arange(len(closes)))
    found = derive(LOOPS, programs, {Timeframe.D1: own}, needs_of(condition))[Timeframe.D1].rows[programs.places[root]]
    indicator = history(CODE, plan([(name, (float(n),))], []), sample(closes, np.ones(len(closes)))).values[0]
    np.testing.assert_array_equal(found, indicator)


def test_the_number_of_bars_must_be_a_whole_constant() -> None:
    for n in (0.0, 2.5, 501.0):
        with pytest.raises(ValueError, match="whole number of bars"):
            needs_of(condition_of(op(">", op("sum", "close", n), 0)))
    with pytest.raises(ValueError, match="whole number of bars"):
        needs_of(condition_of(op(">", op("sum", "close", op("+", 1, 1)), 0)))


def test_the_stack_is_as_deep_as_the_operands_of_the_past_need() -> None:
    deep: Node = Number(1.0)
    for _ in range(40):
        deep = op("+", "close", deep)
    condition = condition_of(op(">", op("sum", deep, 1), 40))
    values, _ = bars_of([[1.0] * len(ROW), [2.0] * len(ROW)])
    assert truths(LOOPS, condition, COLUMNS, {Timeframe.D1: values}).tolist() == [1.0, 1.0]
    assert compile_conditions([condition], COLUMNS).depth > 40


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), rows=series, other=series, step=st.integers(1, 4), first=st.integers(-3, 6))
def test_values_of_another_timeframe_are_those_of_its_newest_closed_bar(
    data: st.DataObject, rows: list[list[float]], other: list[list[float]], step: int, first: int
) -> None:
    inner = (trees.numbers(2, LEAVES), trees.truths(1, LEAVES))
    leaves = (*LEAVES, *(Elsewhere(data.draw(inner[0]), Timeframe.H1) for _ in range(2)))
    tree = op("or", data.draw(trees.truths(2, leaves)), Elsewhere(data.draw(inner[1]), Timeframe.H1))
    (mine, bars), (theirs, far) = bars_of(rows), bars_of(other, first, step)
    market = {Timeframe.D1: bars, Timeframe.H1: far}
    expected = [value(tree, market, Timeframe.D1, t) for t in range(len(rows))]
    found = truths(LOOPS, condition_of(tree), COLUMNS, {Timeframe.D1: mine, Timeframe.H1: theirs})
    np.testing.assert_array_equal(found, expected)

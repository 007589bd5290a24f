"""Refusals without a code cannot come from a form of the page: the page would say them in English.

``OF_THE_MACHINE`` and ``OF_ARRAYS`` of ``test_translations.py`` list their files.
"""

from __future__ import annotations

import ast
import inspect
from typing import Final

import grimp
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.research.adapters import run_child
from services.analysis.research.backtest.prices import single
from services.analysis.research.domain.run_jobs import KINDS, new_row
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.runs.backtest_parameters import BacktestParameters
from services.analysis.research.runs.table import RUN_KINDS
from shared.events import RunBacktest
from tests.gateway.test_translations import OF_THE_MACHINE

RESEARCH: Final = "services.analysis.research"
REACHED: Final = {"artefacts.py", "croissant.py", "file_series.py"}
"""Of the machine, in the process of a run: the tests below say what of them it uses."""


def test_the_process_of_a_run_reaches_no_other_file_that_refuses_without_a_code() -> None:
    graph = grimp.build_graph("services", "shared")
    roots = {f"{RESEARCH}.adapters.run_child", f"{RESEARCH}.adapters.run_checks"}
    roots |= {RUN_KINDS[kind].partition(":")[0] for kind in KINDS.values()}
    reached = {f"{module.rpartition('.')[2]}.py" for root in roots for module in graph.find_upstream_modules(root)}
    assert reached & OF_THE_MACHINE == REACHED


def test_the_process_of_a_run_writes_files_and_reads_none() -> None:
    calls = [node.func for node in ast.walk(ast.parse(inspect.getsource(run_child))) if isinstance(node, ast.Call)]
    methods = [(func.value, func.attr) for func in calls if isinstance(func, ast.Attribute)]
    of_files = {name for value, name in methods if isinstance(value, ast.Name) and value.id == "files"}
    assert of_files == {"save"}, "`record` and `artefact`, which read a run again, refuse without a code"


@given(tape=st.text(max_size=20))
def test_a_form_reads_stored_bars_or_a_tape_and_never_a_folder(tape: str) -> None:
    row = new_row(RunBacktest(id="1", requested_by="me", entry="gap", tape=tape, ts_event=1, ts_init=1, source="page"), 1)
    assert row.request.data.source == ("tape" if tape else "stored")


@given(cash=st.one_of(st.floats(max_value=0.0), st.just(float("inf")), st.just(float("nan"))))
def test_the_account_of_a_form_is_checked_with_a_code_before_the_arrays_are(cash: float) -> None:
    with pytest.raises(RunError, match="cash") as refused:
        msgspec.structs.replace(BacktestParameters(entry="gap", time_exit=5), cash=cash).check()
    assert refused.value.code == "value-between"


PRICE: Final = st.floats(-1e6, 1e6)


@given(bars=st.lists(st.tuples(PRICE, PRICE, PRICE, PRICE), min_size=1, max_size=20))
def test_prices_of_any_stored_bars_are_taken(bars: list[tuple[float, float, float, float]]) -> None:
    """As ``instrument_input`` lays them out: negative ones too, and bars whose open or close is outside of high and low."""
    open_, high, low, close = (np.array(column) for column in zip(*bars, strict=True))
    prices = single(open_, np.maximum(high, np.maximum(open_, close)), np.minimum(low, np.minimum(open_, close)), close)
    assert len(prices.close) == len(bars)

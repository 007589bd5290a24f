"""What is refused before a run waits: the same texts as the run gives, without a bar."""

from __future__ import annotations

from typing import Any

import pytest

from services.analysis.kernels.rules.table import RULES
from services.analysis.research.adapters.run_checks import RunChecks
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.every_rule import every_rule
from services.analysis.research.domain.firings import needed_timeframes
from services.analysis.research.domain.refusals import Reason, Refusal
from services.analysis.research.domain.run_jobs import KINDS, new_row
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.run_rows import RunRequest
from services.analysis.research.grid.sets import parameter_sets
from services.analysis.research.runs import checks
from services.analysis.research.runs.checks import CHECKS, MOST_SETS
from services.analysis.research.runs.table import run_kind
from services.gateway.domain.run_requests import KINDS as REQUESTED
from shared.events import RunGrid, Timeframe

CROSSES = {"entry": "golden_cross({fast}, {slow})", "exit": "dead_cross({fast}, {slow})"}


async def refused(kind: str, parameters: dict[str, Any], **data: Any) -> Refusal | None:
    return await RunChecks(CHECKS).refusal(RunRequest(kind=kind, data=DataRequest(**data), parameters=parameters))


async def refusal(kind: str, parameters: dict[str, Any], **data: Any) -> str:
    found = await refused(kind, parameters, **data)
    return "" if found is None else found.message


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("backtest", {"entry": "golden_cross", "exit": "dead_cross"}, ""),
        ("backtest", {"entry": "rsi_14 < 30", "time_exit": 5}, ""),
        ("backtest", {"entry": "goldn_cross", "time_exit": 5}, "entry: 'goldn_cross' is no rule, chart pattern or condition"),
        ("backtest", {"entry": "gap", "exit": "sma_20 <"}, "exit: something is missing at the end (at character 9)"),
        ("backtest", {"entry": "gap", "time_exit": 0}, "time_exit: 0 is not at least 1"),
        ("backtest", {"entry": "gap", "time_exit": 5, "wat": 1}, "parameters of backtest: Object contains unknown field `wat`"),
        ("backtest", {"entry": "gap", "time_exit": 5, "size": "amount"}, "size_value: the method amount needs a value"),
        (
            "backtest",
            {"entry": "gap", "time_exit": 5, "size": "risk", "size_value": 0.01},
            "size: 'risk' sizes a position by its stop",
        ),
        ("backtest", {"entry": "gap", "time_exit": 5, "direction": "up"}, "direction: 'up' is not one of long, short, both"),
        ("grid", {**CROSSES, "ranges": {"fast": "5:20:5", "slow": "50:100:50"}}, ""),
        ("grid", {**CROSSES, "ranges": {"fast": "5:20:5"}}, "ranges: slow has no values"),
        ("grid", {**CROSSES, "ranges": {"fast": "1:100000:1", "slow": "1:10000:1"}}, "ranges: 100,000 of fast x 10,000 of slow"),
        ("grid", {"entry": "rsi_{a} < 30", "time_exit": 5, "ranges": {"a": "0:14:7"}}, "entry: "),
        ("discovery", {"size": 1}, ""),
        ("discovery", {"size": 4}, "size: 4 does not fit: expected `int` <= 3"),
        ("discovery", {"index": "S P"}, "index: 'S P' is no symbol"),
        ("dataset", {"features": ["rsi_14"], "labels": ["forward_return(5)"]}, ""),
        ("dataset", {"features": ["wat wat"]}, "features: "),
        ("dataset", {"labels": ["wat(5)"]}, "labels: 'wat(5)' is no label"),
        ("dataset", {"train": 0.9, "validation": 0.2}, "train: 0.9 and validation 0.2 leave nothing for train or test"),
        ("quality", {"rule": "double_top", "level": "industry", "horizon": 5, "cost_bps": 0}, ""),
        ("quality", {"rule": "golden_cros"}, "rule: 'golden_cros' is no rule or chart pattern; did you mean golden_cross"),
        ("quality", {"level": "sector"}, "level: 'sector' is not one of instrument, industry, all"),
        ("quality", {"horizon": 7}, "horizon: 7 is not one of 0, 1, 5, 20"),
        ("quality", {"cost_bps": -1}, "cost_bps: -1 does not fit: expected `float` >= 0.0"),
        ("audit", {"wat": 1}, ""),
    ],
)
async def test_what_is_wrong_is_named(kind: str, parameters: dict[str, Any], expected: str) -> None:
    found = await refusal(kind, parameters)
    assert found.startswith(expected) if expected else not found, found


@pytest.mark.parametrize(
    ("timeframe", "parameters", "expected"),
    [
        (Timeframe.M1, {}, "timeframe: no rule runs on 1m"),
        (Timeframe.W1, {"rule": "gap"}, "rule: gap does not run on 1w; it runs on 15m, 1h, 1d"),
    ],
)
async def test_records_are_of_rules_that_run_on_the_timeframe(
    timeframe: Timeframe, parameters: dict[str, Any], expected: str
) -> None:
    found = await refusal("quality", parameters, timeframe=timeframe)
    assert found.startswith(expected), found


async def test_a_tape_and_its_symbols_are_checked() -> None:
    gap = {"entry": "gap", "time_exit": 5}
    assert await refusal("backtest", gap, source="tape", place="daily", symbols=("SPY",)) == ""
    assert "'nightly' is no tape" in await refusal("backtest", gap, source="tape", place="nightly")
    unknown = await refusal("backtest", gap, source="tape", place="daily", symbols=("NOPE",))
    assert "symbols: 'NOPE' is not on the tape daily" in unknown


@pytest.mark.parametrize(
    ("kind", "parameters", "reason"),
    [
        (
            "backtest",
            {"entry": "goldn_cross", "time_exit": 5},
            Reason("name-near", "entry", {"value": "goldn_cross", "near": "golden_cross"}),
        ),
        ("backtest", {"entry": "gap", "exit": "rsi_14 <"}, Reason("unfinished", "exit")),
        ("backtest", {"entry": "golden_cross(x=1)", "time_exit": 5}, Reason("parameter-unknown-of", "entry")),
        ("backtest", {"entry": "gap"}, Reason("no-exit", "exit")),
        ("backtest", {"entry": "gap", "time_exit": 5, "size": "amount"}, Reason("value-missing", "size_value")),
        (
            "backtest",
            {"entry": "gap", "stop_loss": 7.0},
            Reason("value-between", "stop_loss", {"value": "7.0", "least": "0", "most": "1", "bound": "0"}),
        ),
        ("backtest", {"entry": "gap then nope within 3 bars", "time_exit": 5}, Reason("sequence", "entry")),
        ("grid", {**CROSSES, "ranges": {"fast": "5:20:5"}}, Reason("range-missing", "ranges", {"name": "slow"})),
        (
            "grid",
            {**CROSSES, "ranges": {"fast": "5", "slow": "9"}, "constraints": ["fast ~ 3"]},
            Reason("constraint-form", "constraints"),
        ),
        (
            "grid",
            {**CROSSES, "ranges": {"fast": "5,6", "slow": "9"}, "blocks": 3},
            Reason("blocks-even", "blocks", {"value": "3", "least": "2", "most": "20"}),
        ),
        ("discovery", {"index": "S P"}, Reason("value-form", "index", {"value": "S P"})),
        ("dataset", {"features": ["rsi_14 + wat"]}, Reason("name", "features")),
        ("dataset", {"labels": ["wat(5)"]}, Reason("name-unknown", "labels")),
        ("dataset", {"train": 0.9, "validation": 0.2}, Reason("shares-whole", "train", {"train": "0.9", "validation": "0.2"})),
        ("quality", {"rule": "golden_cros"}, Reason("name-near", "rule")),
    ],
)
async def test_what_is_wrong_has_a_code_and_values(kind: str, parameters: dict[str, Any], reason: Reason) -> None:
    found = await refused(kind, parameters)
    assert found is not None
    assert found.reason is not None
    assert (found.reason.code, found.reason.field) == (reason.code, reason.field), found
    assert not reason.values or found.reason.values == reason.values


def test_every_kind_that_can_be_asked_for_has_a_check() -> None:
    assert set(CHECKS) == {*KINDS.values()} == {*REQUESTED.values()}
    assert all(run_kind(kind).name == kind for kind in CHECKS)


async def test_signals_of_a_large_grid_are_read_for_every_value_but_not_for_every_set(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = parameter_sets({"a": "1:50:1", "b": [1.0, 2.0], "c": "1:9:1"}, ())
    chosen = [sets.of(number) for number in sets.with_every_value(MOST_SETS)]
    assert {each["a"] for each in chosen} == {float(n) for n in range(1, 51)}
    assert ({each["b"] for each in chosen}, {each["c"] for each in chosen}) == ({1.0, 2.0}, {float(n) for n in range(1, 10)})
    assert len(chosen) <= 61 < len(sets)
    large = parameter_sets({"a": "1:5000:1", "b": "1:20:1"}, ())
    assert len(large.with_every_value(MOST_SETS)) <= MOST_SETS
    read = list[str]()

    def kept(_option: str, text: str, _timeframe: Timeframe) -> None:
        read.append(text)

    monkeypatch.setattr("services.analysis.research.domain.named_signals.named_signal", kept)
    checks.grid({**CROSSES, "ranges": {"fast": "2:101:1", "slow": "110:1109:1"}}, Timeframe.D1)
    assert 0 < len(read) <= 2 * MOST_SETS


def test_ranges_as_text_and_as_lists_become_one() -> None:
    about: dict[str, Any] = {"id": "g", "requested_by": "k", "ts_event": 1, "ts_init": 1, "source": "test"}
    row = new_row(RunGrid(entry="rsi_{a} < {b}", ranges={"b": (20.0, 30.0)}, steps={"a": "7:21:7"}, **about), 1)
    assert (row.state, row.request.parameters["ranges"]) == ("queued", {"b": (20.0, 30.0), "a": "7:21:7"})
    assert "steps" not in row.request.parameters
    twice = new_row(RunGrid(entry="rsi_{a} < 30", ranges={"a": (7.0,)}, steps={"a": "7:21:7"}, **about), 1)
    assert (twice.state, twice.error) == ("refused", "steps: 'a' has values in ranges already")


@pytest.mark.parametrize("timeframe", Timeframe)
def test_rules_are_read_on_each_timeframe_on_which_one_runs(timeframe: Timeframe) -> None:
    """Else the records, the search and the audit of all rules would be refused there because of one rule that does not."""
    if any(str(timeframe) in rule.timeframes for rule in RULES):
        assert needed_timeframes(every_rule(timeframe), timeframe) >= {timeframe}
    else:
        with pytest.raises(RunError, match=f"timeframe: no rule runs on {timeframe.word}"):
            every_rule(timeframe)

"""Errors of the command line name the argument as it is typed; the same errors of jobs name the field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.analysis.research.commands.line import main
from tests.research.role import ROOT

TAPE = ("--tape", "daily", "--symbols", "AAPL")
CROSS = ("--entry", "golden_cross", "--exit", "dead_cross")
GRID = ("--entry", "golden_cross({fast}, {slow})", "--exit", "dead_cross", "--range", "fast=5:10:5")
STATED = "exit: nothing ends a position; name a signal, or set --stop-loss, --take-profit, --time-exit or a trailing stop"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("backtest", "--entry", "goldn_cross", "--exit", "dead_cross", *TAPE), "--entry: 'goldn_cross' is no rule"),
        (("backtest", "--entry", "gap", "--exit", "sma_20 <", *TAPE), "--exit: something is missing at the end"),
        (("backtest", "--entry", "gap", *TAPE), f"--{STATED}"),
        (("backtest", *CROSS, "--stop-loss", "5", *TAPE), "--stop-loss: 5.0 is not above 0"),
        (("backtest", *CROSS, "--size", "amount", *TAPE), "--size-value: the method amount needs a value"),
        (("backtest", *CROSS, "--tape", "nightly"), "--tape: 'nightly' is no tape"),
        (("backtest", *CROSS, "--tape", "daily", "--symbols", "ZZZ"), "--symbols: 'ZZZ' is not on the tape"),
        (("backtest", *CROSS, "--data", "/nowhere"), "--data: the folder /nowhere cannot be read"),
        (("backtest", *CROSS, "--start", "2020-01-02", "--end", "2020-01-01"), "--start: 2020-01-02 is after end"),
        (("backtest", "--entry", "close[ZZZ, 1d] > 5", "--time-exit", "5", *TAPE), "--entry or --exit: 'close[ZZZ, 1d] > 5"),
        (("grid", *GRID, *TAPE), "--range: slow has no values; write them as slow=5:50:5"),
        (("grid", *GRID, "--range", "slow=20", "--constraint", "fast > slow", *TAPE), "--constraint: none of 2 sets is left"),
        (("grid", *GRID, "--range", "slow=20", "--split", "up", *TAPE), "--split: 'up' is not one of anchored, rolling"),
        (("grid", *GRID, "--range", "slow=20", "--cluster", "nope", *TAPE), "--cluster: 'nope' is no address"),
        (("audit", "nope", *TAPE), "NAME: 'nope' is no rule"),
        (("quality", "golden_cros", *TAPE), "RULE: 'golden_cros' is no rule or chart pattern; did you mean golden_cross"),
        (("quality", "--level", "sector", *TAPE), "--level: 'sector' is not one of instrument, industry, all"),
        (("quality", "--horizon", "7", *TAPE), "--horizon: 7 is not one of 0, 1, 5, 20"),
        (("quality", "--cost", "-5", *TAPE), "--cost: -5.0 does not fit: expected `float` >= 0.0"),
        (("discover", "--size", "9", *TAPE), "--size: 9 does not fit: expected `int` <= 3"),
        (("discover", "--index", "ZZZ", *TAPE), "--index: 'ZZZ' is not on the tape daily"),
        (("dataset", "--feature", "nope", *TAPE), "--feature: 'nope': nope is no column"),
        (("dataset", "--label", "nope", *TAPE), "--label: 'nope' is no label"),
        (
            ("grid", *GRID[:-2], "--range", "fast=x", "--range", "slow=20", *TAPE),
            "--range: fast: 'x' is no number; write the values as 5:50:5",
        ),
        (("backtest", *CROSS, "--symbols", "", "--tape", "daily"), "--symbols: it is empty; give it a value"),
        (("backtest", *CROSS, "--tape="), "--tape: it is empty; give it a value"),
        (("backtest", *CROSS, "--symbols", ",", "--tape", "daily"), "--symbols: ',' names no instrument"),
        (("rerun", "nope"), "RESULT: no runs in"),
        (("rerun", "/nowhere/result.json"), "RESULT: /nowhere/result.json cannot be read"),
    ],
)
def test_the_argument_is_named_as_it_is_typed(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("nowhere://x", "RESEARCH_ARTEFACTS: nowhere://: Protocol not known"),
        ("/proc/nowhere", "RESEARCH_ARTEFACTS: the result cannot be saved: [Errno 2] No such file or directory"),
        ("http://127.0.0.1:9/x", "RESEARCH_ARTEFACTS: the result cannot be saved: "),
    ],
)
def test_a_result_that_cannot_be_saved_is_an_error_of_the_setting(
    place: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RESEARCH_ARTEFACTS", place)
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    assert main(("audit", "golden_cross", *TAPE, "--bars", "1")) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("jobs", "list"), 1),
        (("jobs", "show", "x"), 1),
        (("quality", "--store"), 2),
        (("backtest", *CROSS), 2),
        (("audit", "all"), 2),
    ],
)
def test_what_only_reads_creates_no_database(
    arguments: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(arguments) == code
    message = capsys.readouterr().err
    assert re.match(r"error: there are no tables yet in \S+ \(DATABASE_URL\): start Finstage first \(make run\)", message)
    assert f"sqlite+aiosqlite:///{tmp_path}/finstage.db" in message
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello\nworld\n", "AAPL.csv: the file is not used: it has no column date in line 1; it has hello"),
        (
            "date,open,high,low,close,volume\n\n2020-01-02,ten,1,1,1,1\n",
            "AAPL.csv: the file is not used: no row is a bar; line 3: open='ten' is no number",
        ),
    ],
)
@pytest.mark.parametrize("symbols", [(), ("--symbols", "AAPL")])
def test_a_file_without_a_bar_is_named_with_its_line(
    symbols: tuple[str, ...],
    text: str,
    reason: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    (tmp_path / "AAPL.csv").write_text(text)
    assert main(("backtest", *CROSS, "--data", str(tmp_path), *symbols)) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: --data: no bars of 1d are there for ")
    assert reason in message


def test_days_without_a_bar_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    (tmp_path / "AAPL.csv").write_text("date,open,high,low,close,volume\n2020-01-02,10,12,9,11,1000\n")
    days = ("--start", "2050-01-01", "--end", "2051-01-01")
    assert main(("backtest", *CROSS, "--data", str(tmp_path), "--symbols", "AAPL", *days)) == 2
    assert capsys.readouterr().err == "error: --symbols: no bars of 1d are there for AAPL from 2050-01-01 to 2051-01-01\n"

"""Grids: what is refused, that every way to trade a set gives the same, what is chosen and reported, that a killed one goes on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.adapters.run_parts import KEPT_SECONDS, PartFolder
from services.analysis.research.backtest.orders import Costs, Orders
from services.analysis.research.commands.line import main
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.run_jobs import new_row
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.signal_names import SignalNameError
from services.analysis.research.grid.objectives import FIGURES, figure
from services.analysis.research.grid.plateau import centre, peak
from services.analysis.research.grid.search import returns_of
from services.analysis.research.grid.sets import parameter_sets
from services.analysis.research.metrics.performance import Performance
from services.analysis.research.metrics.table import compute
from services.analysis.research.runs.backtest import KIND as BACKTEST
from services.analysis.research.runs.backtest_input import instrument_input, joined
from services.analysis.research.runs.execution import Execution, execute, read_parameters
from services.analysis.research.runs.grid import KIND
from services.analysis.research.runs.grid_batch import GridSet, GridWork, trade
from services.analysis.research.runs.grid_parameters import GridParameters
from services.analysis.research.runs.grid_search import Searched, searched
from services.analysis.research.settings import ResearchSettings
from shared.events import RunGrid, Timeframe
from tests.preloading.process import Process
from tests.research.grid_runs import CROSSES, Recorded, done, grid_data
from tests.research.role import ROOT
from tests.until import until

PLAIN = Orders()
FEW = {"fast": "5:15:5", "slow": "30:60:10"}
SIMPLE = {"entry": "rsi_{a} < {b}", "exit": "rsi_{a} > 60", "ranges": {"a": (7.0, 14.0), "b": "20:40:5"}}


class Untouched:
    """Bars that must not be read."""

    request = DataRequest(source="tape", place="daily")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was used")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"ranges": {"a": "1:1000", "b": "1:1000", "c": "1:1000"}, "exit": "rsi_14 > {c}"}, "1,000 of c are 1,000,000,000 sets"),
        ({"ranges": {"a": "2:1e12:1e-6", "b": (1.0,)}}, r"999,999,999,998,000,001 of a x 1 of b"),
        ({"ranges": {"a": "5:20", "b": "20:10:5"}}, "ranges: b='20:10:5' is empty: 10 is below 20"),
        ({"ranges": {"a": "5:20", "b": ()}}, "ranges: b is empty"),
        ({"ranges": {"a": "5:20", "b": ""}}, "ranges: b is empty; write the values as"),
        ({"ranges": {"a": "5:20", "b": "1:5:0"}}, "b='1:5:0': the step 0 is not above 0"),
        ({"ranges": {"a": "5:20", "b": "1,x"}}, "ranges: b: 'x' is no number; write the values as 5:50:5, the first, the last"),
        ({"ranges": {"a": "5:20", "b": (1.0, float("nan"))}}, "ranges: b: 'nan' is no number"),
        ({"ranges": {"a": "5:20", "b": (0.0, 0.0)}}, "ranges: b: 0 is there twice"),
        ({"ranges": {"a": "5:20", "b": "1e-300:1"}}, "ranges: b: '1e-300' is no number from 1e-12 to 1e.15"),
        ({"ranges": {"a": "5:20"}}, "ranges: b has no values; write them as b=5:50:5"),
        ({"ranges": {"a": "5:20", "b": "1:9", "c": "1:9"}}, "there is no parameter 'c': entry and exit have a, b in braces, and"),
        ({"ranges": {}}, "ranges: a has no values"),
        ({"constraints": ("a < c",)}, "constraints: 'a < c': there is no parameter 'c'; there are a, b"),
        ({"constraints": ("a > 100",)}, "constraints: none of 10 sets is left by a > 100"),
        ({"constraints": ("a",)}, "constraints: 'a' is no comparison"),
        ({"constraints": ("__import__('os').getpid() < a",)}, "is neither a parameter, a number nor arithmetic"),
        ({"constraints": ("a < " + "(" * 150 + "b" + ")" * 40,)}, "is no comparison"),
        ({"constraints": ("a in b",)}, "only <, <="),
        ({"ranges": {"a": "5:20", "b": "1:9", "time_exit": (2.5,)}}, r"time_exit: 2\.5 is no whole number of bars"),
        ({"ranges": {"a": "5:20", "b": "1:9", "stop_loss": (0.0, 0.1)}}, "stop_loss: 0"),
        ({"ranges": {"a": "5:20", "b": "1:9", "stop_loss": (0.1,)}, "stop_loss": 0.2}, "it is a value and a range at once"),
        ({"exit": ""}, "exit: nothing ends a position"),
        ({"test": 0.95}, r"test: 0\.95"),
        ({"folds": 0}, "folds: 0"),
        ({"split": "combinatorial", "folds": 20, "tested": 10}, "tested: 10 of 20 groups are 184,756 splits"),
        ({"split": "combinatorial", "folds": 2}, "tested: 2 of 2 groups"),
        ({"blocks": 7}, "blocks: 7 is not an even number"),
        ({"blocks": 20, "ranges": {"a": "2:301", "b": "1:99"}}, "blocks x 29,700 sets are 5,487,253,200 ratios"),
        ({"objective": "luck"}, "objective"),
    ],
)  # fmt: skip
def test_a_grid_that_cannot_be_searched_is_refused_before_any_work(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        KIND.run(read_parameters(KIND, {**SIMPLE, **parameters}), Untouched(), lambda *_: None)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"entry": "luck_{a} < {b}"}, "luck_7"),
        ({"entry": "rsi_oversold({a}, {b}, 3)"}, "it has 2 parameters"),
        ({"entry": "golden_cros({a}, {b})"}, "nearest names: golden_cross"),
        ({"ranges": {"a": (0.0, 14.0), "b": "20:40:5"}}, "rsi_0"),
    ],
)
def test_a_set_that_names_no_signal_is_refused_before_any_work(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(SignalNameError, match=message):
        KIND.run(read_parameters(KIND, {**SIMPLE, **parameters}), Untouched(), lambda *_: None)


def test_sets_are_counted_constrained_and_written_exactly() -> None:
    sets = parameter_sets({"fast": "5:15:5", "slow": (20.0, 10.0)}, ("fast < slow", "slow - 2 * fast >= 0"))
    assert [sets.of(n) for n in range(len(sets))] == [
        {"fast": 5.0, "slow": 10.0},
        {"fast": 5.0, "slow": 20.0},
        {"fast": 10.0, "slow": 20.0},
    ]
    assert sets.excluded == 3
    steps = parameter_sets({"level": "0.1:0.7:0.1"}, ())
    assert steps.values == ((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),)
    asked = GridParameters(entry="rsi_{a} < {b}", ranges={"a": (14.0,), "b": (0.00001,)})
    assert asked.signals(asked.sets().of(0)) == ("rsi_14 < 0.00001", "")


def test_a_job_over_kafka_asks_for_the_same() -> None:
    job = RunGrid(
        id="g1", requested_by="key:7", entry="rsi_{a} < {b}", exit="rsi_{a} > 60", ranges={"a": (7.0, 14.0), "b": (20.0, 30.0)},
        constraints=("a < b",), options={"objective": "calmar", "time_exit": 9}, ts_event=1, ts_init=1, source="test",
    )  # fmt: skip
    row = new_row(job, 1)
    asked = read_parameters(KIND, row.request.parameters)
    assert (row.state, row.request.kind, len(asked.sets()), asked.objective, asked.time_exit) == ("queued", "grid", 4, "calmar", 9)


def below_zero(series: ResearchSeries) -> ResearchSeries:
    bars = series.raw.copy()
    for name in ("open", "high", "low", "close"):
        bars[name] -= np.median(bars[name])
    return replace(series, symbol="LOW", bars={Timeframe.D1: bars})


@pytest.fixture(scope="module")
def work() -> tuple[GridWork, SeriesData]:
    """Instruments whose bars are holes of each other, and one whose price was below 0."""
    data = SeriesData(DataRequest(source="tape", place="daily"), ResearchSettings(cache=ROOT / ".cache"))
    series = [each for each in data.series() if each.symbol in {"AAPL", "BTC-USD"}]
    series.append(below_zero(series[0]))
    nothing = [np.zeros(len(each), np.int8) for each in series]
    given = joined(
        (instrument_input(each, none, none, raw=False) for each, none in zip(series, nothing, strict=True)), Timeframe.D1
    )
    market = data.market()
    return GridWork(tuple(series), given.places, len(given.session), market, Timeframe.D1, Costs(), given.periods), data


def sets_of_all_sorts() -> list[GridSet]:
    pairs = [
        ("sma_5 crosses above sma_20", "sma_5 crosses below sma_20"),
        ("sma_5 crosses above sma_20", "sma_20 crosses above sma_5"),
        ("close crosses above sma_50", "close crosses below sma_50"),
        ("golden_cross(10, 50)", "dead_cross(10, 50)"),
        ("dead_cross(10, 50)", "golden_cross(10, 50)"),
        ("golden_cross(10, 50)", "golden_cross(20, 50)"),
        ("ema_cross(5, 20)", "ema_cross(5, 20)"),
        ("ema_cross(5, 20)", "ema_cross up"),
        ("rsi_14 < 30", "rsi_14 > 60"),
        ("rsi_14 < 30", "rsi_14 < 25"),
        ("rsi_oversold(14, 25)", "highest(close, 10) > 1.1 * close"),
        ("close > 0", "volume < 0"),
    ]
    return [GridSet(entry, leave, PLAIN) for entry, leave in pairs]


def test_every_way_to_trade_a_set_gives_the_same(work: tuple[GridWork, SeriesData]) -> None:
    """A take profit that is never reached has the sets traded by the whole simulation."""
    asked, data = work
    sets = sets_of_all_sorts()
    swept = trade(asked, sets, data.kernels)
    whole = trade(asked, [each._replace(orders=Orders(take_profit=99.0)) for each in sets], data.kernels)
    np.testing.assert_allclose(swept.equity, whole.equity, rtol=1e-9)
    np.testing.assert_array_equal(swept.entries, whole.entries)
    np.testing.assert_array_equal(swept.held, whole.held)
    assert (swept.entries.sum(axis=1) > 1).all()
    assert (swept.equity[:, 0] == len(asked.series)).all()


def test_the_account_of_a_set_is_that_of_a_backtest(work: tuple[GridWork, SeriesData]) -> None:
    asked, data = work
    given = {"entry": "ema_cross(5, 20)", "exit": "rsi_14 > 70", "direction": "short", "stop_loss": 0.05, "time_exit": 15}
    bars = SeriesData(
        DataRequest(source="tape", place="daily", symbols=("AAPL", "BTC-USD")),
        ResearchSettings(cache=ROOT / ".cache"),
    )
    parameters = {**given, "account": "separate", "prices": "adjusted", "cash": 2.0}
    found = execute(BACKTEST, parameters, bars, lambda *_: None)
    two = replace(asked, series=asked.series[:2], at=asked.at[:2])
    ours = trade(two, [GridSet(given["entry"], given["exit"], Orders(side="short", stop_loss=0.05, time_exit=15))], data.kernels)  # type: ignore[arg-type]
    np.testing.assert_allclose(ours.equity[0], json.loads(found.artefacts["equity.json"])["equity"], rtol=1e-12)
    trades = json.loads(found.artefacts["trades.json"])
    assert ours.entries.sum() == len(trades) > 20
    assert ours.held[0, 1] == 15


def test_an_account_does_not_depend_on_the_sets_beside_it(work: tuple[GridWork, SeriesData]) -> None:
    asked, data = work
    sets = sets_of_all_sorts()
    together = trade(asked, sets, data.kernels)
    for k, each in enumerate(sets):
        alone = trade(asked, [each], data.kernels)
        assert alone.equity[0].tobytes() == together.equity[k].tobytes(), each


def test_figures_are_the_metrics() -> None:
    returns = np.random.default_rng(1).normal(0.001, 0.02, (5, 300))
    for row in returns:
        wanted = compute(Performance.of_equity(np.cumprod([1.0, *(1 + row)]), 252.0))
        assert {name: pytest.approx(figure(name, row[None, :], 252.0)[0]) for name in FIGURES} == {
            name: wanted[name] for name in FIGURES
        }
    flat = np.zeros((1, 10))
    assert [name for name in FIGURES if np.isfinite(figure(name, flat, 252.0)[0])] == ["total_return", "max_drawdown"]
    lost = returns_of(np.array([[1.0, 0.5, 0.0, 0.0], [1.0, 1.0, -0.1, 0.2]]))
    assert np.isnan(lost).tolist() == [[False, False, True], [False, False, True]]


def test_the_plateau_is_chosen_and_not_the_peak() -> None:
    sets = parameter_sets({"a": "1:15", "b": "1:15"}, ())
    values = -0.01 * ((sets.index - np.array([9, 4])) ** 2).sum(axis=1).astype(float)
    values[sets.index.tolist().index([2, 12])] = 5.0  # alone, among bad ones
    values[[sets.index.tolist().index([i, j]) for i in (1, 2, 3) for j in (11, 12, 13) if (i, j) != (2, 12)]] = -3.0
    chosen, best = centre(sets, values, 1), peak(values)
    assert chosen is not None
    assert best is not None
    assert sets.index[best].tolist() == [2, 12]
    assert sets.index[chosen].tolist() == [9, 4]
    corner = np.where((sets.index == 0).all(axis=1), 50.0, values)
    assert centre(sets, corner, 1) == chosen, "in a corner no plateau can be seen"
    assert centre(sets, np.full(len(sets), np.nan), 1) is None
    values[chosen] = np.nan
    other = centre(sets, values, 1)
    assert other not in {None, chosen}, "a set that may not be chosen is not"


def search(returns: np.ndarray, sets: Any, **parameters: Any) -> Searched:
    asked = GridParameters(entry="", minimum_trades=0, holding=5, blocks=8, **parameters)
    entries = np.ones(returns.shape, np.uint16)
    return searched(asked, sets, returns, entries, np.ones((len(returns), 2), np.int64), 252.0)


@pytest.mark.parametrize("split", ["anchored", "rolling", "combinatorial"])
def test_what_is_chosen_depends_on_the_development_part_alone(split: str) -> None:
    sets = parameter_sets({"a": "1:6", "b": "1:6"}, ())
    returns = np.random.default_rng(7).normal(0.0003, 0.01, (36, 600))
    found = search(returns, sets, split=split)
    assert found.development[-1] + 5 < found.test[0]
    changed = returns.copy()
    changed[:, found.development[-1] + 1 :] = np.random.default_rng(8).normal(0.0, 0.05, (36, 600 - len(found.development)))
    other = search(changed, sets, split=split)
    assert (other.chosen, other.best, other.validation, other.deflated) == (
        found.chosen,
        found.best,
        found.validation,
        found.deflated,
    )
    assert [each.choice.centre for each in other.folds] == [each.choice.centre for each in found.folds]
    for each in found.folds:
        wanted = figure("sharpe", np.take(returns, each.fold.train, axis=1), 252.0)
        np.testing.assert_allclose(each.choice.values, wanted, rtol=1e-9)


def test_noise_is_no_discovery_and_a_planted_plateau_is_found() -> None:
    sets = parameter_sets({"a": "1:7", "b": "1:7"}, ())
    rng = np.random.default_rng(11)
    likely, probable = [], []
    for _ in range(40):
        noise = search(rng.normal(0, 0.01, (49, 1000)), sets)
        assert noise.deflated.deflated is not None
        assert noise.overfitting is not None
        likely.append(noise.deflated.deflated > 0.95)
        probable.append(noise.overfitting.probability)
    assert np.mean(likely) <= 0.05
    assert 0.4 < np.mean(probable) < 0.6
    wide = parameter_sets({"a": "1:15", "b": "1:15"}, ())
    near = np.abs(wide.index - np.array([4, 2])).max(axis=1) <= 1
    planted = rng.normal(0, 0.01, (225, 1500)) + np.where(near, 0.002, 0.0)[:, None]
    found = search(planted, wide)
    assert found.overfitting is not None
    assert wide.index[found.chosen].tolist() == [4, 2]
    assert found.overfitting.probability < 0.05
    assert found.deflated.deflated is not None
    assert found.deflated.deflated > 0.99
    assert found.validation.holds
    assert found.validation.failing == ()


def test_sets_that_never_trade_have_no_result(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"minimum_trades: no set has 5000 trades and a value of sharpe on the .* the most trades"):
        done(tmp_path, ranges=FEW, minimum_trades=5000)
    with pytest.raises(RunError, match="ask for fewer folds, a shorter holding period"):
        done(tmp_path, ranges=FEW, holding=900)
    assert len(list(tmp_path.glob("parts/*/*"))) == 1, "what was traded is kept for another choice"
    with pytest.raises(RunError, match="no set has 1 trades"):
        done(
            tmp_path, entry="volume < -{fast} * {slow}", exit="rsi_14 > 50", ranges={"fast": "1:2", "slow": "1:2"}, minimum_trades=1
        )


@pytest.fixture(scope="module")
def crosses(tmp_path_factory: pytest.TempPathFactory) -> Execution:
    return done(tmp_path_factory.mktemp("grid"))


def test_a_result_says_what_the_choice_is_worth(crosses: Execution) -> None:
    facts = crosses.record.summary
    assert (facts["sets"], facts["overfitting"]["trials"], facts["overfitting"]["halves"]) == (400, 400, 252)
    assert 1 < facts["overfitting"]["effective_trials"] < 400
    assert len(facts["folds"]) == 5
    assert facts["peak"]["development"]["sharpe"] == facts["best"][0]["objective"] >= facts["chosen"]["development"]["sharpe"]
    assert facts["validation"]["failing"] == [n for n, each in enumerate(facts["folds"], 1) if not (each["objective"] or 0) > 0]
    assert facts["split"]["development"]["last"] < facts["split"]["test"]["first"]
    every, drawn, instruments = (json.loads(crosses.artefacts[f"{name}.json"]) for name in ("sets", "heatmap", "instruments"))
    assert len(every) == 400
    assert np.shape(drawn["cells"]) == (20, 20)
    row, column = drawn["chosen"]
    chosen = facts["chosen"]["set"]
    names = drawn["across"]["name"], drawn["down"]["name"]
    assert (drawn["across"]["values"][column], drawn["down"]["values"][row]) == (chosen[names[0]], chosen[names[1]])
    assert drawn["cells"][row][column] == facts["chosen"]["development"]["sharpe"]
    assert crosses.artefacts["heatmap.png"].startswith(b"\x89PNG")
    assert [each["symbol"] for each in instruments] == ["AAPL", "SPY"]
    assert sum(each["trades"] for each in instruments) == facts["chosen"]["test"]["trades"]


async def killed(folder: Path) -> None:
    """A grid that is killed when two batches are kept."""
    marker = folder / "stopped"
    environment = {**os.environ, "CACHE": str(ROOT / ".cache")}
    process = Process(("tests.research.grid_runs", str(marker)), environment, folder / "child.log")
    await until(marker.exists, 90, "two batches are kept")
    process.send_signal(signal.SIGKILL)
    await process.ended()


def test_a_result_can_be_run_again_bit_by_bit(tmp_path: Path) -> None:
    """The record holds the parameters in the order of their names."""
    first = done(tmp_path, ranges={"slow": "30:60:10", "fast": (5.0, 10.0, 15.0)})
    again = execute(KIND, first.record.parameters, grid_data(tmp_path), lambda *_: None)
    assert again == first


@pytest.mark.kill
def test_a_killed_grid_goes_on_where_it_was(crosses: Execution, tmp_path: Path) -> None:
    asyncio.run(killed(tmp_path))
    kept = sorted(tmp_path.glob("parts/*/*"))
    assert [path.name for path in kept] == ["00000", "00001"]
    kept[1].write_bytes(kept[1].read_bytes()[:-1])  # damaged: it counts as missing
    left = Recorded(grid_data(tmp_path).workers)
    assert done(tmp_path, workers=left).record == crosses.record
    assert left.given == ["00001", "00002", "00003"]
    assert not list(tmp_path.glob("parts/*")), "nothing is kept of a run that is done"


def test_parts_that_nobody_asks_for_are_removed_after_a_week(tmp_path: Path) -> None:
    store = PartFolder(tmp_path)
    for run in ("old", "new", "done"):
        store.save(run, "0", b"x")
    newest = (tmp_path / "old").stat().st_mtime
    os.utime(tmp_path / "old", (newest - KEPT_SECONDS - 60,) * 2)
    store.remove("done")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert (store.load("new", "0"), store.load("new", "1")) == (b"x", None)


def test_the_command_prints_tables_and_saves_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], crosses: Execution
) -> None:
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path))
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'none.db'}")
    arguments = [
        "grid",
        "--entry",
        CROSSES["entry"],
        "--exit",
        CROSSES["exit"],
        "--range",
        "fast=5:24:1",
        "--range",
        "slow=30:125:5",
    ]
    where = ["--minimum-trades", "10", "--blocks", "10", "--symbols", "SPY,AAPL", "--tape", "daily"]
    assert main([*arguments, *where]) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 120 for line in out.splitlines()[:-1])
    for text in ("Probability of overfitting", "Deflated Sharpe ratio", "400, worth", "5 bp commission + 5 bp slippage a side"):
        assert text in out
    (record,) = tmp_path.glob("*/result.json")
    assert msgspec.json.decode(record.read_bytes())["summary"] == crosses.record.summary
    assert {path.name for path in record.parent.iterdir()} == {
        "result.json", "sets.json", "heatmap.json", "heatmap.png", "instruments.json",
    }  # fmt: skip
    for wrong, message in (
        (["--range", "fast"], "--range: 'fast': write it as NAME=5:50:5"),
        (["--range", "slow=1:2", "--range", "fast=1:1e9"], "--range: 2 of slow x 1,000,000,000 of fast are 2,000,000,000 sets"),
        (["--range", "fast=5:50:5", "--range", "slow=60", "--cluster", "here"], "--cluster: 'here' is no address of a scheduler"),
    ):
        assert main([*arguments[:5], *wrong, *where]) == 2
        assert message in capsys.readouterr().err

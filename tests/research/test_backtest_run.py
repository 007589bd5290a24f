"""Backtests as a kind of run: on the tape, on stored bars and on files, from the command line, and the page in a browser."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.backtest.layout import EITHER
from services.analysis.research.backtest.machine_code import BacktestKernels, is_compiled
from services.analysis.research.backtest.orders import Costs
from services.analysis.research.backtest.simulation import simulate
from services.analysis.research.commands.line import main
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from services.analysis.research.domain.run_jobs import new_row
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.runs import COMPILING
from services.analysis.research.domain.signal_names import read_signal
from services.analysis.research.report.page import report
from services.analysis.research.runs import backtest, backtest_input
from services.analysis.research.runs.backtest import KIND
from services.analysis.research.runs.backtest_input import instrument_input, joined
from services.analysis.research.runs.backtest_parameters import BacktestParameters
from services.analysis.research.runs.backtest_signals import entries, exits
from services.analysis.research.runs.execution import Execution, execute, read_parameters
from services.analysis.research.runs.table import run_kind
from services.analysis.research.settings import ResearchSettings
from shared.db import open_database
from shared.events import RunBacktest, Timeframe
from shared.migrations.command import upgrade
from tests.gateway.browsing import BRIEF, chromium
from tests.research.recorded import fill
from tests.research.role import ROOT

SETTINGS = ResearchSettings(cache=ROOT / ".cache")
CROSSES = {"entry": "golden_cross", "exit": "dead_cross"}
PAIR = ("AAPL", "SPY")


def done(symbols: tuple[str, ...] = PAIR, **parameters: Any) -> Execution:
    data = SeriesData(DataRequest(source="tape", place="daily", symbols=symbols), SETTINGS)
    return execute(KIND, {**CROSSES, "page": False, **parameters}, data, lambda *_: None)


@pytest.fixture(scope="module")
def pair() -> Execution:
    return done(page=True)


def test_a_run_says_when_it_is_the_first_and_compiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not is_compiled(tmp_path)
    notes: list[str] = []

    def note(done: float, total: float, note: str = "") -> None:
        notes.append(note)

    data = SeriesData(DataRequest(source="tape", place="daily", symbols=("SPY",)), SETTINGS)
    for known in (True, False):
        monkeypatch.setattr(backtest, "is_compiled", lambda _, known=known: known)
        execute(KIND, {**CROSSES, "page": False}, data, note)
    assert notes == ["SPY", "figures", "", COMPILING, "SPY", COMPILING, "figures", ""]


def test_a_result_says_all_that_it_depends_on(pair: Execution) -> None:
    facts = pair.record.summary
    assert facts["costs"] == "5 bp commission + 5 bp slippage a side, borrowing 1.00% a year"
    assert facts["cost_terms"] == {"commission_bp": 5.0, "slippage_bp": 5.0, "borrow": 0.01}
    assert (facts["entry"], facts["exit"], facts["first"], facts["last"]) == (
        "golden_cross",
        "dead_cross",
        "2011-04-01",
        "2021-03-31",
    )
    trades, equity = (json.loads(pair.artefacts[name]) for name in ("trades.json", "equity.json"))
    assert len(trades) == facts["metrics"]["trades"] == 8
    assert {each["exit_reason"] for each in trades} == {"exit", "end"}
    assert {each["entry_reason"] for each in trades} == {"golden_cross"}
    assert equity["equity"][-1] == pytest.approx(100_000 + sum(each["pnl"] for each in trades))
    assert facts["metrics"]["total_return"] == pytest.approx(equity["equity"][-1] / 100_000 - 1)
    low, high = facts["intervals"]["sharpe"]
    assert low < facts["metrics"]["sharpe"] < high
    assert np.prod([1 + row["total"] for row in facts["monthly"]]) == pytest.approx(equity["equity"][-1] / 100_000)
    assert [each["symbol"] for each in facts["instruments"]] == list(PAIR)
    assert sum(each["pnl"] for each in facts["instruments"]) == pytest.approx(equity["equity"][-1] - 100_000)


def test_dividends_of_apple_come_in_cash_or_are_invested_again() -> None:
    held = {"entry": "close > 0", "exit": "close < 0", "commission_bp": 0.0, "slippage_bp": 0.0}
    raw, adjusted = (done(("AAPL",), prices=kind, **held) for kind in ("raw", "adjusted"))
    returns = [each.record.summary["metrics"]["total_return"] for each in (raw, adjusted)]
    assert returns[0] < returns[1]  # dividends in cash earn nothing more
    assert returns[0] == pytest.approx(returns[1], rel=0.08)
    one = json.loads(raw.artefacts["equity.json"])
    assert one["cash"][-2] / one["equity"][-2] > 0.005
    assert raw.record.summary["buy_and_hold"]["total_return"] == pytest.approx(returns[0], rel=1e-9)


@pytest.mark.parametrize("raw", [True, False])
def test_a_split_of_a_series_changes_no_value(backtest_kernels: BacktestKernels, raw: bool) -> None:
    bars = np.zeros(4, SERIES_RECORD)
    bars["ts_close"], bars["session"] = np.arange(4), np.arange(20240102, 20240106)
    for name in ("open", "high", "low", "close"):
        bars[name] = [100, 100, 50, 60]
    bars["price_factor"] = bars["split_factor"] = [0.5, 0.5, 1, 1]
    series = ResearchSeries("A", "stock", "NYSE", Timeframe.D1, {Timeframe.D1: bars})
    given = instrument_input(series, np.array([1, 0, 0, 0], np.int8), np.zeros(4, np.int8), raw=raw)
    free = Costs(commission_bp=0, slippage_bp=0)
    found = simulate(backtest_kernels, given.prices, given.entry[:, None], given.exit[:, None], costs=free, cash=1_000.0)
    assert found.account["equity"].tolist() == [1_000, 1_000, 1_000, 1_200]
    assert found.trades["shares"].tolist() == [10 if raw else 20]


def test_instruments_of_two_exchanges_share_the_days(monkeypatch: pytest.MonkeyPatch) -> None:
    def series(symbol: str, sessions: list[int]) -> Any:
        bars = np.zeros(len(sessions), SERIES_RECORD)
        bars["session"], bars["ts_close"] = sessions, np.array(sessions) * 10
        for name in ("open", "high", "low", "close", "price_factor", "split_factor"):
            bars[name] = 1.0
        nothing = np.zeros(len(sessions), np.int8)
        return instrument_input(
            ResearchSeries(symbol, "stock", "X", Timeframe.D1, {Timeframe.D1: bars}), nothing, nothing, raw=True
        )

    both = joined([series("A", [20240102, 20240104]), series("B", [20240102, 20240103])], Timeframe.D1)
    assert both.session.tolist() == [20240102, 20240103, 20240104]
    assert [at.tolist() for at in both.places] == [[0, 2], [0, 1]]
    assert np.isnan(both.prices.close).tolist() == [[False, False], [True, False], [False, True]]
    weeks = joined([series("A", [20240105, 20240112]), series("B", [20240104, 20240112])], Timeframe.W1)
    assert weeks.session.tolist() == [20240105, 20240112]
    monkeypatch.setattr(backtest_input, "MOST_PRICES", 5)
    with pytest.raises(RunError, match="2 instruments on 3 bars are 6, at most 5"):
        joined([series("A", [20240102, 20240104]), series("B", [20240102, 20240103])], Timeframe.D1)


def test_separate_accounts_add_up(pair: Execution) -> None:
    both = done(account="separate")
    alone = [done((symbol,), cash=50_000.0) for symbol in PAIR]
    equity = [json.loads(each.artefacts["equity.json"])["equity"][-1] for each in (both, *alone)]
    assert equity[0] == pytest.approx(equity[1] + equity[2])
    trades = json.loads(both.artefacts["trades.json"])
    assert [each["entry"] for each in trades] == sorted(each["entry"] for each in trades)
    assert len(trades) == sum(len(json.loads(each.artefacts["trades.json"])) for each in alone)


def test_the_same_run_has_the_same_files_bit_by_bit(pair: Execution) -> None:
    again = done(page=True)
    assert again == pair
    assert done().record.summary == pair.record.summary


def test_one_account_has_one_currency() -> None:
    with pytest.raises(RunError, match=r"symbols: 005930.KS is in KRW and SPY in USD: .* set account to separate"):
        done(("005930.KS", "SPY"))
    found = done(("005930.KS", "SPY"), account="separate").record.summary
    assert all(each["trades"] > 0 for each in found["instruments"])


def test_what_directions_mean() -> None:
    def signal(text: str) -> Any:
        return read_signal(text, Timeframe.D1)

    fired = np.array([1, -1, 0], np.int8)
    both, one, condition = signal("ema_cross"), signal("dead_cross"), signal("rsi_14 < 30")
    assert entries(fired, both, "long").tolist() == [1, -1, 0]
    assert exits(fired, both).tolist() == [1, -1, 0]
    down = np.array([0, -1, 0], np.int8)
    assert entries(down, one, "long").tolist() == [0, 1, 0]
    assert entries(down, one, "both").tolist() == [0, -1, 0]
    assert exits(down, one).tolist() == [0, EITHER, 0]
    assert entries(np.array([1, 0], np.int8), condition, "short").tolist() == [-1, 0]
    assert entries(np.array([1, 0], np.int8), signal("ema_cross up"), "short").tolist() == [-1, 0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"exit": ""}, "exit: nothing ends a position"),
        ({"stop_loss": -0.1}, r"stop_loss: -0\.1"),
        ({"size": "risk", "size_value": 0.01}, "set stop_loss or trailing"),
        ({"cash": 0.0}, r"cash: 0\.0"),
        ({"direction": "up"}, "direction"),
        ({"leverage": 1e9}, "leverage: 1000000000.0"),
    ],
)
def test_what_is_wrong_is_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        done(**parameters)


def test_the_command_prints_figures_costs_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pair: Execution
) -> None:
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path))
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    arguments = ["backtest", "--entry", "golden_cross", "--exit", "dead_cross", "--symbols", "SPY,AAPL", "--tape", "daily"]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 120 for line in out.splitlines()[:-1])
    for text in ("Sharpe ratio", "golden_cross", "5 bp commission + 5 bp slippage a side", "Buy and hold", "2020"):
        assert text in out
    documented = (ROOT / "docs" / "research.md").read_text("utf-8")
    figures = out[out.index(" Figure ") : out.index(" Year ")].splitlines()
    assert [line.rstrip() for line in figures if line.rstrip() not in documented] == [], "the worked example of docs/research.md"
    folder = tmp_path / pair.record.id
    assert sorted(path.name for path in folder.iterdir()) == [
        "equity.json", "equity.png", "report.html", "result.json", "trades.json", "trades.png",
    ]  # fmt: skip
    assert main([*arguments, "--json", "--no-page"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"] == pair.record.summary["metrics"]
    assert found["data_hash"] == pair.record.data_hash
    assert main(["rerun", found["id"]]) == 0
    assert main([*arguments, "--stop-loss", "7"]) == 2
    assert "--stop-loss: 7.0" in capsys.readouterr().err
    assert main(["backtest", "--entry", "golden_cros", "--exit", "dead_cross", "--tape", "daily"]) == 2
    assert "golden_cross" in capsys.readouterr().err


async def test_stored_bars_are_traded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bars.db'}"
    await upgrade(url)
    async with open_database(url) as database:
        await fill(database)
    for name, value in (("RESEARCH_ARTEFACTS", str(tmp_path)), ("CACHE", str(ROOT / ".cache")), ("DATABASE_URL", url)):
        monkeypatch.setenv(name, value)
    arguments = [
        "backtest",
        "--entry",
        "rsi_14 < 45 and close > sma_20",
        "--exit",
        "close crosses below sma_20",
        "--timeframe",
        "15m",
    ]
    assert await asyncio.to_thread(main, [*arguments, "--symbols", "AAA,BBB", "--json", "--no-page"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["trades"] > 0
    assert found["bars_a_year"] > 252
    assert await asyncio.to_thread(main, [*arguments, "--symbols", "NONE", "--no-page"]) == 2
    assert "'NONE'" in capsys.readouterr().err


def test_a_job_has_the_parameters_of_the_kind() -> None:
    job = RunBacktest(
        id="a", requested_by="b", entry="golden_cross", exit="dead_cross", direction="both",
        options={"stop_loss": 0.1, "cash": 500}, ts_event=0, ts_init=0, source="test",
    )  # fmt: skip
    asked = read_parameters(run_kind("backtest"), new_row(job, 0).request.parameters)
    assert asked == BacktestParameters(entry="golden_cross", exit="dead_cross", direction="both", stop_loss=0.1, cash=500.0)


@pytest.mark.browser
async def test_the_page_opens_from_disk_without_a_request(tmp_path: Path, pair: Execution) -> None:
    hostile = "<img src='http://example.invalid/x' onerror='document.title=1'>"
    facts = {**pair.record.summary, "entry": hostile}
    trades, equity = (json.loads(pair.artefacts[name]) for name in ("trades.json", "equity.json"))
    equity = {name: np.array(values) for name, values in equity.items()}
    closes = dict.fromkeys(PAIR, (equity["session"], equity["buy_and_hold"]))
    page_file = tmp_path / "report.html"
    page_file.write_bytes(report(facts, trades, equity, closes)["report.html"])
    requests, problems = list[str](), list[str]()
    async with chromium(*BRIEF) as browser:
        page = await browser.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(page_file.as_uri())
        assert await page.locator("#metrics tr").count() == 21
        assert await page.locator("#months tr").count() == 12
        assert await page.locator("#trades tr").count() == 9
        for name in ("equity", "price"):
            assert await page.locator(f"#{name}").evaluate("image => image.complete && image.naturalWidth") > 500
        assert hostile in await page.locator("h1").inner_text()
        assert await page.locator("h1 img").count() == 0
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in requests if url.startswith("file:")]) == 1
    assert problems == []

"""/backtest: answered at once, its result follows with pictures; one at a time a chat; other chats go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from services.notifier.adapters.backtest_runs import ResearchBacktests
from services.notifier.adapters.charts.backtests import draw_backtest
from services.notifier.domain.backtests import BacktestFailedError, BacktestRequest, BacktestText, parse_backtest
from services.notifier.domain.picture_data import BacktestChart
from services.notifier.domain.ports.pictures import Picture
from shared.db import Database, open_database
from shared.events import CancelRun, ResearchError, RunBacktest, RunFinished, RunProgress
from shared.kafka import NoResultError, RunWatch
from shared.run_files import RunReader, open_files
from shared.tables import research_runs
from tests.databases import on_sqlite
from tests.notifier.test_bot import BotUser, bot_user
from tests.run_store import run_store
from tests.until import until

SUMMARY: dict[str, Any] = {
    "metrics": {
        "total_return": 0.342, "cagr": 0.03, "sharpe": 0.42, "max_drawdown": -0.213, "trades": 41, "win_rate": 0.58,
        "expectancy": 0.011,
    },
    "buy_and_hold": {"total_return": 8.12, "cagr": 0.247, "sharpe": 0.95, "max_drawdown": -0.385},
    "first": "2011-04-01", "last": "2021-03-31", "bars": 2516,
}  # fmt: skip
RECORD = {"summary": SUMMARY, "parameters": {"commission_bp": 5.0, "slippage_bp": 5.0}, "id": "1"}
TIMES = tuple(1_600_000_000_000 + i * 86_400_000 for i in range(2000))
CURVE = {
    "ts_close": TIMES, "equity": [100_000.0 + i for i in range(2000)], "buy_and_hold": [100_000.0 - i for i in range(2000)],
    "drawdown": [0.0] * 2000, "cash": [0.0] * 2000,
}  # fmt: skip
FILES = {
    "equity.json": json.dumps(CURVE),
    "trades.json": json.dumps([{"entry_ts": TIMES[5], "exit_ts": TIMES[25], "return": 0.1}]),
}


class Drawing:
    """A renderer that remembers what it was asked to draw."""

    def __init__(self) -> None:
        self.asked: list[Picture] = []

    async def render(self, request: Picture) -> bytes:
        self.asked.append(request)
        return draw_backtest(request) if isinstance(request, BacktestChart) else b""


class Research:
    """Analysis research: takes jobs, ends each when the test says so, as it does."""

    def __init__(self, database_url: str, files: Path) -> None:
        self.url, self.files, self.place = database_url, files, str(files)
        self.jobs: list[RunBacktest] = []
        self.cancelled: list[CancelRun] = []
        self.watches: dict[str, RunWatch] = {}
        self.taken, self.full = True, False

    @asynccontextmanager
    async def run(self, job: RunBacktest) -> AsyncIterator[RunWatch]:
        if self.full:
            raise NoResultError("too many")
        self.jobs.append(job)
        self.watches[job.id] = watch = RunWatch(job.id)
        if self.taken:
            about: dict[str, Any] = {"job_id": job.id, "kind": "backtest", "ts_event": 1, "ts_init": 1, "source": "test"}
            await watch.put(RunProgress(state="running", **about))
        yield watch

    async def cancel(self, job: CancelRun) -> None:
        self.cancelled.append(job)

    async def end(self, job: RunBacktest, error: ResearchError | None = None, record: Any = None) -> None:
        """Store the result and its files, or an error, and publish the outcome."""
        folder = self.files / f"{job.id}-1"
        if error is None:
            folder.mkdir(parents=True)
            for name, body in FILES.items():
                (folder / name).write_text(body)
            row = {
                "id": job.id, "kind": "backtest", "request": "{}", "state": "done", "requested_by": job.requested_by,
                "created_at": 1, "result": json.dumps(record or RECORD), "error": "", "location": f"/elsewhere/{folder.name}",
            }  # fmt: skip
            async with open_database(self.url) as database, database.begin() as connection:
                await connection.execute(research_runs.insert(), [row])
        state: Literal["refused", "done"] = "refused" if error else "done"
        about: dict[str, Any] = {"job_id": job.id, "kind": "backtest", "ts_event": 1, "ts_init": 1, "source": "test"}
        await self.watches[job.id].put(RunFinished(state=state, error=error, **about))


def runner(research: Research, database: Database, seconds: float = 60) -> ResearchBacktests:
    return ResearchBacktests(research, database, RunReader(open_files(research.place)), lambda: 1_700_000_000_000, seconds)


@asynccontextmanager
async def talking(database_url: str, folder: Path, drawing: Drawing | None = None) -> AsyncIterator[tuple[BotUser, Research]]:
    research = Research(database_url, folder / "research")
    async with (
        open_database(database_url) as database,
        bot_user(database_url, backtest_runner=runner(research, database), renderer=drawing) as user,
    ):
        await user.ask("/lang en")
        yield user, research


def sent(user: BotUser, messages: int) -> bool:
    """Whether so many messages have been sent to all chats."""
    return len(user.telegram.accepted) == messages


async def test_the_answer_comes_at_once_and_the_result_with_pictures_later(database_url: str, tmp_path: Path) -> None:
    drawing = Drawing()
    async with talking(database_url, tmp_path, drawing) as (user, research):
        assert "running" in await user.ask("/backtest AAPL RSI_14<30 exit after 5 bars")
        await until(lambda: len(research.jobs) == 1)
        (job,) = research.jobs
        assert (job.symbols, job.entry, job.exit, str(job.timeframe)) == (("AAPL",), "rsi_14 < 30 on 1d", "", "1d")
        assert (job.options, job.requested_by) == ({"time_exit": 5}, "chat:telegram:7")
        assert "running already" in await user.ask("/backtest AAPL close > 1")
        assert "실행하고" in await user.ask("/backtest 애플 rsi_14 < 30 청산 rsi_14 > 60", chat=8, user=8)
        assert (research.jobs[1].entry, research.jobs[1].exit) == ("rsi_14 < 30 on 1d", "rsi_14 > 60 on 1d")
        before = len(user.telegram.accepted)
        await research.end(job)
        await until(lambda: len(user.telegram.accepted) == before + 1, 10, "the result")
        (first,) = user.telegram.accepted[before:]
        (chart,) = drawing.asked
        assert isinstance(chart, BacktestChart)
        assert chart.names == ("backtest", "buy and hold", "bought", "sold", "drawdown")
        assert (chart.bought, chart.sold) == ((TIMES[5],), (TIMES[25],))
        assert len(chart.times) <= 901
        assert (chart.times[0], chart.times[-1], chart.equity[-1]) == (TIMES[0], TIMES[-1], 101_999.0)
        assert first.photo is not None
        assert first.photo.startswith(b"\x89PNG")
        for words in (
            "Return: +34.20% · +812.00%", "A year: +3.00% · +24.70%", "Sharpe ratio: 0.42 · 0.95", "Trades: 41, won 58%",
            "rsi_14 &lt; 30 on 1d", "after 5 bars", "5 bp commission + 5 bp slippage", "2011-04-01 to 2021-03-31", "not investment",
        ):  # fmt: skip
            assert words in first.text, first.text
        assert "running" in await user.ask("/backtest AAPL close > 1"), "the chat is free again"


@on_sqlite
async def test_pictures_come_from_wherever_research_writes_and_a_result_without_them_is_still_sent(
    database_url: str, tmp_path: Path
) -> None:
    async with run_store(tmp_path / "research") as store, open_database(database_url) as database:
        research = Research(database_url, store.folder)
        research.place = store.url
        backtests = runner(research, database)
        for mode, pictures in (("works", (TIMES, 1)), ("fails", None)):
            store.mode = mode
            running = asyncio.create_task(backtests.run(BacktestRequest("AAPL", "1d", "close > 1", bars=5), "chat:telegram:7"))
            await until(lambda: len(research.watches) == 1)
            await research.end(research.jobs[-1])
            outcome = await running
            found = outcome.curve
            assert (None if found is None else (found.ts_close, len(found.trades))) == pictures
            research.jobs.clear()
            research.watches.clear()


async def test_few_trades_and_none_are_said(database_url: str, tmp_path: Path) -> None:
    async with talking(database_url, tmp_path) as (user, research):
        for trades, words in ((8, "So few trades prove nothing"), (0, "No trade: the condition was never true")):
            await user.ask("/backtest AAPL close > 1")
            before = len(user.telegram.accepted)
            record = {**RECORD, "summary": {**SUMMARY, "metrics": {**SUMMARY["metrics"], "trades": trades, "sharpe": None}}}
            await research.end(research.jobs[-1], record=record)
            await until(partial(sent, user, before + 1), 10, "the result")
            assert words in user.telegram.accepted[before].text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Name an instrument and when to buy"),
        ("AAPL", "Name an instrument and when to buy"),
        ("AAPL close > 1 exit after 0 bars", "Name an instrument and when to buy"),
        ("NOPE close > 1", "NOPE"),
        ("AAPL clse > 1", "close"),
        ("AAPL close > 1 exit rsi_14 >", "rsi_14"),
        ("AAPL close > 1 on 1h exit close < 1 on 1d", "must be on the same bars"),
    ],
)
async def test_errors_are_friendly(sqlite_user: tuple[BotUser, Research], text: str, words: str) -> None:
    user, research = sqlite_user
    assert words in await user.ask(f"/backtest {text}")
    assert research.jobs == []


async def test_what_research_says_is_passed_on(sqlite_user: tuple[BotUser, Research]) -> None:
    user, research = sqlite_user
    for error, words in (
        (
            ResearchError(code="invalid-job", message="symbols: 'AAPL' has no bars of 1d <stored>"),
            "&#x27;AAPL&#x27; has no bars of 1d &lt;stored&gt;",
        ),
        (ResearchError(code="limit", message="9 runs wait"), "Too many runs are waiting"),
    ):
        await user.ask("/backtest AAPL close > 1")
        before = len(user.telegram.accepted)
        await research.end(research.jobs[-1], error)
        await until(partial(sent, user, before + 1), 10, "the reason")
        assert words in user.telegram.texts()[-1]
    await user.ask("/lang ko")
    for reason, field, values, words in (
        ("no-bars-of", "symbols", {"value": "<삼성>", "timeframe": "1d"}, "종목: 이 범위에 &lt;삼성&gt; 의 1d 봉이 없습니다"),
        ("feature-past", "entry", {"value": "x"}, "다음 시가에 매수하는 조건: ‘x’: 과거 봉에서 계산할 수 없습니다"),
        ("no-bars-of", "symbols", {}, "분석 서비스의 답(영어): in English"),
        ("of-a-later-version", "symbols", {}, "분석 서비스의 답(영어): in English"),
    ):
        await user.ask("/backtest 삼성전자 close > 1")
        before = len(user.telegram.accepted)
        error = ResearchError(code="invalid-job", message="in English", reason=reason, field=field, values=values)
        await research.end(research.jobs[-1], error)
        await until(partial(sent, user, before + 1), 10, "the reason")
        assert user.telegram.texts()[-1] == f"이 백테스트는 할 수 없습니다. {words}"
    await user.ask("/lang en")


async def test_a_run_that_is_not_taken_or_not_done_in_time_is_cancelled(sqlite_url: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("services.notifier.adapters.backtest_runs.TAKEN_SECONDS", 0.05)
    research = Research(sqlite_url, tmp_path)
    request = BacktestRequest("AAPL", "1d", "close > 1 on 1d", bars=5)
    async with open_database(sqlite_url) as database:
        for taken, reason in ((False, "unavailable"), (True, "slow")):
            research.taken = taken
            with pytest.raises(BacktestFailedError, match=reason):
                await runner(research, database, 0.05).run(request, "chat:telegram:7")
            assert [each.id for each in research.cancelled] == [each.id for each in research.jobs]
        research.full = True
        with pytest.raises(BacktestFailedError, match="limit"):
            await runner(research, database).run(request, "chat:telegram:7")


def test_the_exit_is_a_number_of_bars_or_a_condition() -> None:
    for text, expected in (
        ("AAPL close > 1 exit 10", BacktestText("AAPL", "close > 1", bars=10)),
        ("AAPL close > 1 exit after 10 days", BacktestText("AAPL", "close > 1", bars=10)),
        ("삼성전자 close > 1 청산 10봉", BacktestText("삼성전자", "close > 1", bars=10)),
        ("AAPL close > 1 exit 10 < close", BacktestText("AAPL", "close > 1", "10 < close")),
        ("AAPL golden_cross exit dead_cross", BacktestText("AAPL", "golden_cross", "dead_cross")),
        ("AAPL exit", BacktestText("AAPL", "exit")),
    ):
        assert parse_backtest(text) == expected
    assert parse_backtest("AAPL close > 1 exit 1000001") is None


@pytest.fixture
async def sqlite_user(sqlite_url: str, tmp_path: Path) -> AsyncIterator[tuple[BotUser, Research]]:
    async with talking(sqlite_url, tmp_path) as found:
        yield found

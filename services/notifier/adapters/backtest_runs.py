"""Has backtests done by analysis research: job and outcome over Kafka, the result from the table, the curve from its files."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import msgspec
import structlog
from sqlalchemy import select

from services.notifier.domain.backtests import (
    BacktestCurve,
    BacktestFailedError,
    BacktestOutcome,
    BacktestRecord,
    BacktestRequest,
    BacktestTrade,
)
from shared.db import Database
from shared.events import CancelRun, RunBacktest, RunFinished, Timeframe
from shared.failures import TransientError
from shared.kafka import NoResultError, RunWatch
from shared.run_files import RunReader
from shared.tables import research_runs as table

SOURCE: Final = "notifier"
TAKEN_SECONDS: Final = 20.0
"""Time in which analysis must take the job."""
MOST_CURVE: Final = 16 * 1024 * 1024
"""Bytes of the file of a curve; a backtest on small bars over years has more, and is sent without a picture."""
MOST_TRADES: Final = 8 * 1024 * 1024
_decode: Final = msgspec.json.Decoder(BacktestRecord).decode
_curve: Final = msgspec.json.Decoder(BacktestCurve).decode
_trades: Final = msgspec.json.Decoder(tuple[BacktestTrade, ...]).decode
_log: Final = structlog.get_logger(__name__)


class Research(Protocol):
    """The methods of a ``JobClient`` that are used."""

    def run(self, job: RunBacktest) -> AbstractAsyncContextManager[RunWatch]: ...

    async def cancel(self, job: CancelRun) -> None: ...


class ResearchBacktests:
    """``domain.backtests.BacktestRunner``."""

    def __init__(self, research: Research, database: Database, files: RunReader, now: Callable[[], int], seconds: float) -> None:
        """``files``: those of runs. ``seconds``: limit of a run, with the time that it waits."""
        self._research = research
        self._database = database
        self._files = files
        self._now = now
        self._seconds = seconds

    async def run(self, request: BacktestRequest, requested_by: str) -> BacktestOutcome:
        now = self._now()
        job = RunBacktest(
            id=uuid.uuid4().hex, requested_by=requested_by, symbols=(request.symbol,), timeframe=Timeframe(request.timeframe),
            entry=request.entry, exit=request.exit, options={} if request.bars is None else {"time_exit": request.bars},
            ts_event=now, ts_init=now, source=SOURCE,
        )  # fmt: skip
        try:
            finished = await self._finished(job)
            return await self._outcome(job.id) if finished.state == "done" else _raise(finished)
        except TransientError as error:
            _log.warning("a backtest of a chat is lost", run=job.id, error=str(error))
            raise BacktestFailedError("unavailable") from error

    async def _finished(self, job: RunBacktest) -> RunFinished:
        """The outcome. A run that nobody waits for any more is cancelled."""
        try:
            async with self._research.run(job) as watch:
                try:
                    await watch.taken(TAKEN_SECONDS)
                except NoResultError as error:
                    await self._cancel(job)
                    raise BacktestFailedError("unavailable") from error
                try:
                    return await watch.finished(self._seconds)
                except NoResultError as error:
                    await self._cancel(job)
                    raise BacktestFailedError("slow") from error
        except NoResultError as error:
            raise BacktestFailedError("limit") from error

    async def _cancel(self, job: RunBacktest) -> None:
        now = self._now()
        await self._research.cancel(CancelRun(id=job.id, requested_by=job.requested_by, ts_event=now, ts_init=now, source=SOURCE))

    async def _outcome(self, run_id: str) -> BacktestOutcome:
        async with self._database.connect() as connection:
            row = (await connection.execute(select(table.c.result, table.c.location).where(table.c.id == run_id))).first()
        try:
            if row is None:
                raise BacktestFailedError("failed")
            record = _decode(row.result)
        except msgspec.DecodeError as error:
            _log.error("cannot decode a backtest", run=run_id, error=str(error))
            raise BacktestFailedError("failed") from error
        folder = row.location.rstrip("/").rpartition("/")[2]
        return BacktestOutcome(record, await self._read_curve(folder))

    async def _read_curve(self, folder: str) -> BacktestCurve | None:
        try:
            equity = await self._files.read(folder, "equity.json", MOST_CURVE)
            trades = await self._files.read(folder, "trades.json", MOST_TRADES)
            return msgspec.structs.replace(await asyncio.to_thread(_curve, equity), trades=await asyncio.to_thread(_trades, trades))
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("no picture of a backtest", folder=folder, error=str(error))
            return None


def _raise(finished: RunFinished) -> BacktestOutcome:
    code = finished.error.code if finished.error else "error"
    if code == "limit":
        raise BacktestFailedError("limit")
    if code == "timeout":
        raise BacktestFailedError("slow")
    if finished.state == "refused":
        raise BacktestFailedError("refused", finished.error)
    raise BacktestFailedError("failed")

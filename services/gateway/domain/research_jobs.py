"""Runs of analysis research, as the API shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import msgspec

from services.gateway.domain.timeframes import NAME_BY_TIMEFRAME, TimeframeName
from services.gateway.domain.times import SessionDate, Time, rfc3339
from shared.events import Timeframe

JOBS_PATH: Final = "/v1/research/jobs"
State = Literal["requested", "queued", "running", "done", "failed", "refused", "cancelled"]
ENDED: Final = frozenset({"done", "failed", "refused", "cancelled"})


class JobProgress(msgspec.Struct, frozen=True):
    """How far a run is."""

    done: float
    total: float | None
    """Null: not known yet."""
    note: str
    """What is being done."""


class JobError(msgspec.Struct, frozen=True):
    """Why a job has no result."""

    code: str
    """``invalid-job``, ``limit``, ``expired``, ``cancelled``, ``timeout``, ``killed`` or ``error``."""
    message: str
    """In English."""
    reason: str = ""
    """Of ``invalid-job``: which mistake it is, stable; empty where it is not known, as in results that were stored before."""
    field: str = ""
    """The option at fault."""
    values: dict[str, str] = {}
    """What ``reason`` says beside ``field``, to say it in another language."""


class StoredReason(msgspec.Struct, frozen=True):
    """What an error says, as the table has it."""

    code: str
    field: str = ""
    values: dict[str, str] = {}


class JobFile(msgspec.Struct, frozen=True):
    """A file of a run."""

    name: str
    sha256: str
    url: str
    """The path at this gateway."""


class JobSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A job with its request, without its result."""

    id: str
    kind: str
    state: State
    """``requested``: published, and not yet taken by analysis research."""
    ahead: int | None
    """Jobs that wait before it; null where it does not wait."""
    progress: JobProgress
    created: Time
    started: Time | None
    ended: Time | None
    error: JobError | None
    symbols: list[str]
    """Of the request; none: all that have bars."""
    timeframe: TimeframeName
    start: str | None
    end: str | None
    tape: str
    parameters: dict[str, Any]
    """Of the request, under the names of the options."""


class Job(JobSummary, frozen=True, kw_only=True):
    """A job with its result."""

    result: dict[str, Any] | None
    """The summary of the run; null until it is done."""
    files: list[JobFile]
    data_hash: str | None
    code_version: str | None


class Trade(msgspec.Struct, frozen=True):
    """A trade of a backtest."""

    symbol: str
    side: str
    entry: SessionDate
    """The session."""
    entry_date: Time
    """The close of its bar."""
    exit: SessionDate
    exit_date: Time
    bars: int
    entry_reason: str
    exit_reason: str
    shares: float
    exit_shares: float
    entry_price: float
    exit_price: float
    pnl: float
    cost: float
    mae: float
    mfe: float
    return_: float = msgspec.field(name="return")


class EquityPoint(msgspec.Struct, frozen=True):
    """The account of a backtest at the close of a bar."""

    date: Time
    session: SessionDate | None
    equity: float | None
    drawdown: float | None
    cash: float | None
    invested: float | None
    buy_and_hold: float | None


class StoredData(msgspec.Struct, frozen=True):
    """The part of the data of a run that is shown."""

    source: str = "stored"
    place: str = ""
    symbols: list[str] = []
    timeframe: Timeframe = Timeframe.D1
    start: str | None = None
    end: str | None = None


class StoredRequest(msgspec.Struct, frozen=True):
    """What a run was asked for."""

    data: StoredData = StoredData()
    parameters: dict[str, Any] = {}


class StoredResult(msgspec.Struct, frozen=True):
    """The part of the record of a run that is shown."""

    summary: dict[str, Any]
    artefacts: dict[str, str]
    data_hash: str
    code_version: str


@dataclass(frozen=True, kw_only=True)
class StoredJob:
    """A row of the table of runs."""

    id: str
    kind: str
    state: State
    requested_by: str
    request: StoredRequest
    done: float = 0.0
    total: float = 0.0
    note: str = ""
    created_at: int
    started_at: int | None = None
    finished_at: int | None = None
    error_code: str = ""
    error: str = ""
    error_reason: StoredReason | None = None
    folder: str = ""
    """The last part of the place of its files; empty where it is not a valid name."""
    result: StoredResult | None = None
    """Only where one job was read."""

    def listed(self, ahead: int | None) -> JobSummary:
        """As a list has it."""
        return JobSummary(**self._common(ahead))

    def shown(self, ahead: int | None) -> Job:
        """As the API has one."""
        result = self.result
        files = sorted(result.artefacts.items()) if result else ()
        return Job(
            **self._common(ahead),
            result=result.summary if result else None,
            files=[JobFile(name, digest, f"{JOBS_PATH}/{self.id}/files/{name}") for name, digest in files],
            data_hash=result.data_hash if result else None,
            code_version=result.code_version if result else None,
        )

    def _error(self) -> JobError:
        reason = self.error_reason or StoredReason("")
        return JobError(self.error_code, self.error, reason.code, reason.field, reason.values)

    def _common(self, ahead: int | None) -> dict[str, Any]:
        data = self.request.data
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "ahead": ahead if self.state == "queued" else None,
            "progress": JobProgress(self.done, self.total or None, self.note),
            "created": rfc3339(self.created_at),
            "started": None if self.started_at is None else rfc3339(self.started_at),
            "ended": None if self.finished_at is None else rfc3339(self.finished_at),
            "error": self._error() if self.error_code else None,
            "symbols": data.symbols,
            "timeframe": NAME_BY_TIMEFRAME[data.timeframe],
            "start": data.start,
            "end": data.end,
            "tape": data.place if data.source == "tape" else "",
            "parameters": self.request.parameters,
        }


class JobStore(Protocol):
    """Reads jobs from the table of runs, without those of chats; all raise TransientError."""

    async def newest(self, limit: int, kind: str | None, state: str | None, before: tuple[int, str] | None) -> list[StoredJob]:
        """The newest first; ``before``: (created_at, id) of the last one on the previous page."""

    async def one(self, job_id: str) -> StoredJob | None:
        """A job with its result."""

    async def waiting(self) -> list[tuple[int, str]]:
        """(created_at, id) of the jobs that wait, oldest first."""

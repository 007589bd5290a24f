"""Jobs that are runs, as rows of the table of runs, and what is published about them. Loads no kernels."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Final

import msgspec

from services.analysis.research.domain.data_request import MOST_SYMBOL, DataRequest
from services.analysis.research.domain.jobs import SOURCE
from services.analysis.research.domain.refusals import Reason, RefusedError
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.run_rows import RunRequest, RunRow
from shared.events import (
    DiscoverPatterns,
    ExportDataset,
    ResearchError,
    ResearchRunJob,
    RunBacktest,
    RunFinished,
    RunGrid,
    RunJob,
    RunProgress,
    RunQuality,
)

KINDS: Final = MappingProxyType(
    {
        RunBacktest: "backtest",
        RunGrid: "grid",
        DiscoverPatterns: "discovery",
        RunQuality: "quality",
        ExportDataset: "dataset",
    }
)
"""The kind of run of each type of job."""
COMMON: Final = frozenset(ResearchRunJob.__struct_fields__)
MOST_REQUEST: Final = 64 * 1024
"""Bytes of a request as JSON."""
MOST_REQUESTED_BY: Final = 128
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def new_row(job: RunJob, now: int) -> RunRow:
    """The row of a new run. The id is checked first: a job without a valid one cannot be answered.

    Raises:
        ValueError: the id or the requester is not valid; it becomes a dead letter.
    """
    if not _ID.fullmatch(job.id):
        raise ValueError(f"id: {job.id[:64]!r} must have 1 to 64 letters, digits, - and _")
    if not 1 <= len(job.requested_by) <= MOST_REQUESTED_BY:
        raise ValueError(f"requested_by: {job.requested_by[:64]!r} must have 1 to {MOST_REQUESTED_BY} characters")
    data = DataRequest(
        source="tape" if job.tape else "stored",
        place=job.tape,
        symbols=job.symbols,
        timeframe=job.timeframe,
        start=job.start,
        end=job.end,
    )
    request = RunRequest(kind=KINDS[type(job)], data=data)
    row = RunRow(id=job.id, request=request, requested_by=job.requested_by, state="queued", created_at=now)
    try:
        data.check()
        return msgspec.structs.replace(row, request=msgspec.structs.replace(request, parameters=_parameters(job)))
    except RefusedError as error:
        short = msgspec.structs.replace(request, data=msgspec.structs.replace(data, symbols=(), place=data.place[:MOST_SYMBOL]))
        return refused(msgspec.structs.replace(row, request=short), "invalid-job", str(error), error.refusal().reason)


def refused(row: RunRow, code: str, why: str, reason: Reason | None = None) -> RunRow:
    """A run that is not begun."""
    return msgspec.structs.replace(
        row, state="refused", error_code=code, error=why, error_reason=reason, finished_at=row.created_at
    )


def progress(row: RunRow, now: int, ahead: int = 0) -> RunProgress:
    """How far a run is."""
    return RunProgress(
        job_id=row.id,
        kind=row.request.kind,
        state="running" if row.state == "running" else "queued",
        ahead=ahead,
        done=row.done,
        total=row.total,
        note=row.note,
        ts_event=row.created_at,
        ts_init=now,
        source=SOURCE,
    )


def outcome(row: RunRow) -> RunFinished:
    """The outcome of a run; the same whenever it is made. Raises ValueError for a run that has none yet."""
    if row.state == "queued" or row.state == "running":
        raise ValueError(f"state: the run {row.id} is {row.state}")
    return RunFinished(
        job_id=row.id,
        kind=row.request.kind,
        state=row.state,
        location=row.location,
        error=_error(row) if row.error_code else None,
        ts_event=row.created_at,
        ts_init=row.finished_at or row.created_at,
        source=SOURCE,
    )


def _error(row: RunRow) -> ResearchError:
    reason = row.error_reason or Reason("")
    return ResearchError(code=row.error_code, message=row.error, reason=reason.code, field=reason.field, values=reason.values)


def _parameters(job: RunJob) -> dict[str, Any]:
    """What the kind is given: the fields of the job's own type, and its options."""
    own = {name: getattr(job, name) for name in job.__struct_fields__ if name not in COMMON}
    if both := sorted(own.keys() & job.options.keys()):
        raise RunError(f"options: {both[0]} is a field of the job, not an option", "options-wrong")
    if isinstance(job, RunGrid):
        if both := sorted(job.ranges.keys() & job.steps.keys()):
            raise RunError(f"steps: {both[0][:32]!r} has values in ranges already", "range-twice-given", name=both[0][:32])
        own["ranges"] = {**job.ranges, **own.pop("steps")}
    found: dict[str, Any] = msgspec.to_builtins({**own, **job.options})
    if (size := len(msgspec.json.encode(found))) > MOST_REQUEST:
        raise RunError(
            f"options: the request has {size} bytes, at most {MOST_REQUEST} are taken", "request-large", most=MOST_REQUEST
        )
    return found

"""Runs are asked for over Kafka: analysis research checks each before it waits, and its answer is the answer of the request."""

from __future__ import annotations

import uuid
from typing import Any, Final

import msgspec
import structlog

from services.gateway.domain.problems import RequestError
from services.gateway.domain.research_jobs import ENDED, StoredJob, StoredRequest
from services.gateway.domain.run_requests import KINDS, RunTarget, check_range, job_of
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway, Research
from services.gateway.handlers.research_jobs import job_answer, known_job
from shared.events import CancelRun, ResearchError, RunFinished, RunJob
from shared.failures import TransientError
from shared.kafka import NoResultError

log: Final = structlog.get_logger("gateway.research")
SOURCE: Final = "gateway"
LIMIT_SECONDS: Final = 30
"""When a requester with too many runs may ask again."""


async def request_run(gateway: Gateway, request: RunTarget, requested_by: str) -> tuple[str, Answer]:
    """Ask for a run: it waits, and is done by analysis research. Location has its address.

    Everything that can be known without a bar is checked before it waits. ``state`` is ``requested`` where analysis research does
    not answer now: then the job waits on the topic.
    """
    research = _research(gateway)
    check_range(request)
    if not request.tape:
        _check_symbols(gateway, request)
    now = gateway.clock()
    job = job_of(request, uuid.uuid4().hex, requested_by, now, SOURCE)
    report = await _published(gateway, research, job)
    if isinstance(report, RunFinished) and report.error is not None and report.state == "refused":
        raise _refusal(report.error, request)
    if report is None:
        gateway.requested.add(requested_job(job))
    return job.id, await job_answer(gateway, await known_job(gateway, job.id))


async def cancel_run(gateway: Gateway, job_id: str, requested_by: str) -> Answer:
    """Cancel a job: one that waits at once, one that runs within a second. Only its requester may."""
    research = _research(gateway)
    found = await known_job(gateway, job_id)
    if found.requested_by != requested_by:
        raise RequestError(
            "not-yours", f"id: the job {job_id} was requested by another client", field="id", value=job_id, code="job-of-another"
        )
    if found.state in ENDED:
        raise RequestError("job-ended", f"id: the job {job_id} is {found.state} already", field="id", value=job_id, code="job-over")
    now = gateway.clock()
    try:
        await research.cancel(CancelRun(id=job_id, requested_by=requested_by, ts_event=now, ts_init=now, source=SOURCE))
    except TransientError as error:
        raise _unavailable(error) from error
    return await job_answer(gateway, found)


async def _published(gateway: Gateway, research: Research, job: RunJob) -> Any:
    """The first report of the run; None if there is none in time."""
    try:
        async with research.run(job) as watch:
            try:
                return await watch.taken(gateway.settings.research_seconds)
            except NoResultError as error:
                log.warning("analysis research does not answer", run=job.id, error=str(error))
                return None
    except (NoResultError, TransientError) as error:
        raise _unavailable(error) from error


def _research(gateway: Gateway) -> Research:
    if gateway.research is None:
        raise RequestError("unavailable", "this gateway is not connected to analysis research", code="analysis-absent")
    return gateway.research


def _unavailable(error: Exception) -> RequestError:
    log.warning("a job is not published", error=str(error))
    return RequestError("unavailable", "jobs are not taken now; try again later", retry_after=2, code="jobs-closed")


def _check_symbols(gateway: Gateway, request: RunTarget) -> None:
    for symbol in request.symbols:
        try:
            gateway.check_symbol(symbol, "symbols")
        except RequestError as error:
            why = f"symbols: {error.detail}"
            raise RequestError("invalid-parameter", why, field="symbols", value=symbol, code=error.code) from error


def _refusal(error: ResearchError, request: RunTarget) -> RequestError:
    if error.code == "limit":
        return RequestError("too-many-jobs", error.message, retry_after=LIMIT_SECONDS, code="jobs-many")
    if error.code != "invalid-job":
        return RequestError("unavailable", error.message, retry_after=2, code="jobs-closed")
    field = error.field or error.message.partition(":")[0]
    if field not in request.__struct_fields__:
        return RequestError("invalid-parameter", error.message, code=error.reason, values=error.values)
    value = getattr(request, field)
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return RequestError("invalid-parameter", error.message, field=field, value=shown, code=error.reason, values=error.values)


def requested_job(job: RunJob) -> StoredJob:
    """A job that is published, as it is shown until analysis research has stored it."""
    data = {"source": "tape" if job.tape else "stored", "place": job.tape, "symbols": job.symbols, "timeframe": job.timeframe}
    own = {name: getattr(job, name) for name in ("entry", "exit") if hasattr(job, name)}
    given: dict[str, Any] = {"data": {**data, "start": job.start, "end": job.end}, "parameters": {**own, **job.options}}
    return StoredJob(
        id=job.id,
        kind=KINDS[type(job)],
        state="requested",
        requested_by=job.requested_by,
        request=msgspec.convert(msgspec.to_builtins(given), StoredRequest),
        created_at=job.ts_event,
    )

"""/v1/research/jobs: the runs of analysis research, their trades, their equity and their files."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from services.gateway.domain.datasets import NAME
from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import NoParameters
from services.gateway.domain.research_jobs import ENDED, JOBS_PATH, EquityPoint, StoredJob, Trade
from services.gateway.domain.run_queries import JobsQuery, RowsQuery
from services.gateway.domain.times import rfc3339, session_date
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views
from services.gateway.handlers.run_files import read_json, send

PROVIDER: Final = "finstage"
COLUMNS: Final = ("equity", "drawdown", "cash", "invested", "buy_and_hold")


async def list_jobs(gateway: Gateway, query: JobsQuery) -> Answer:
    """Jobs of the API, of the command line and of the schedule, the newest first; those of chats are shown in their chats alone."""
    before = parse_page_token("j", query.page_token, int, str) if query.page_token is not None else None
    found = await gateway.jobs.newest(query.limit + 1, query.kind, query.state, (before[0], before[1]) if before else None)
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    token = page_token("j", last.created_at, last.id) if last else None
    waiting = await gateway.jobs.waiting() if any(each.state == "queued" for each in shown) else []
    return answer_of_views((each.listed(_ahead(each, waiting)) for each in shown), PROVIDER, next_page_token=token)


async def get_job(gateway: Gateway, query: NoParameters, id: str) -> Answer:  # noqa: A002, ARG001 - the name in the path
    """One job: its state and progress, and its result once it is done."""
    return await job_answer(gateway, await known_job(gateway, id))


async def list_trades(gateway: Gateway, query: RowsQuery, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The trades of a backtest, in the order of their entries."""
    rows = await _artefact(gateway, id, "trades.json", list[dict[str, Any]])
    return _page(query, len(rows), lambda at: (_trade(row) for row in rows[at]))


async def list_equity(gateway: Gateway, query: RowsQuery, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The account of a backtest at the close of each bar, oldest first, with buy and hold beside it."""
    found = await _artefact(gateway, id, "equity.json", dict[str, list[float | None]])
    closes, sessions = found["ts_close"], found["session"]

    def rows(at: slice) -> Any:
        columns = zip(*(found[name][at] for name in COLUMNS), strict=True)
        for close, session, values in zip(closes[at], sessions[at], columns, strict=True):
            yield EquityPoint(rfc3339(int(close or 0)), session_date(int(session or 0)), *values)

    return _page(query, len(closes), rows)


async def send_file(gateway: Gateway, request: web.Request, job_id: str, name: str) -> web.StreamResponse:
    """A file of a job: the report as a page without scripts, pictures, JSON. The ETag changes with the file."""
    found = await known_job(gateway, job_id)
    _check_file(found, name)
    return await send(request, gateway.files, found.folder, name)


async def known_job(gateway: Gateway, job_id: str) -> StoredJob:
    """A job by its id. Raises RequestError (404)."""
    found = await gateway.jobs.one(job_id) if NAME.fullmatch(job_id) else None
    if found is not None:
        gateway.requested.stored(job_id)
        return found
    if (requested := gateway.requested.get(job_id)) is not None:
        return requested
    raise RequestError(
        "not-found", f"id: there is no job {job_id!r:.80}; {JOBS_PATH} lists them", field="id", value=job_id, code="job-unknown"
    )


async def job_answer(gateway: Gateway, job: StoredJob) -> Answer:
    """The answer with one job."""
    waiting = await gateway.jobs.waiting() if job.state == "queued" else []
    return answer_of_views([job.shown(_ahead(job, waiting))], PROVIDER)


def _ahead(job: StoredJob, waiting: list[tuple[int, str]]) -> int:
    return sum(each < (job.created_at, job.id) for each in waiting)


def _check_file(job: StoredJob, name: str) -> None:
    """Raise RequestError (404) for a file that the job has not."""
    if job.result is None or name not in job.result.artefacts or not NAME.fullmatch(name):
        state = f"the job is {job.state}" if job.state not in ENDED else f"{JOBS_PATH}/{job.id} lists its files"
        raise RequestError(
            "not-found", f"name: the job has no file {name!r:.120}; {state}", field="name", value=name, code="file-unknown"
        )


async def _artefact(gateway: Gateway, job_id: str, name: str, of: Any) -> Any:
    found = await known_job(gateway, job_id)
    _check_file(found, name)
    return await read_json(gateway.files, found.folder, name, of)


def _page(query: RowsQuery, size: int, rows: Any) -> Answer:
    """The rows after those of the pages before; ``rows`` gives those of a slice."""
    start = int(parse_page_token("r", query.page_token, int)[0]) if query.page_token is not None else 0
    end = max(0, start) + query.limit
    token = page_token("r", end) if end < size else None
    return answer_of_views(rows(slice(max(0, start), end)), PROVIDER, next_page_token=token)


def _trade(row: dict[str, Any]) -> Trade:
    facts = {name: row[name] for name in Trade.__struct_fields__ if name in row}
    return Trade(**facts, entry_date=rfc3339(row["entry_ts"]), exit_date=rfc3339(row["exit_ts"]), return_=row["return"])

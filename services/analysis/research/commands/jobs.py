"""``research jobs list|show|cancel``: the runs that the worker has, waits for or has done."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.analysis.research.commands.options import AsJson
from services.analysis.research.commands.output import InputError, print_json, print_table

if TYPE_CHECKING:
    from services.analysis.research.adapters.run_table import RunTable
    from services.analysis.research.domain.run_rows import RunRow

T = TypeVar("T")
app = typer.Typer(help="List, show and cancel runs of the worker.", no_args_is_help=True)
RunId = Annotated[str, typer.Argument(metavar="ID", help="As list prints it.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="Newest runs to print.")]


@app.command("list")
def list_runs(limit: Limit = 20, as_json: AsJson = False) -> int:
    """Print the newest runs, and how many wait."""
    rows, waiting = _with_table(lambda table: _both(table, limit))
    if as_json:
        print_json({"queued": waiting, "runs": [_shown(row) for row in rows]})
        return 0
    columns = ("id", "kind", "state", "progress", "requested by", "created", "error")
    cells = (
        [row.id, row.request.kind, row.state, _progress(row), row.requested_by, _time(row.created_at), row.error] for row in rows
    )
    print_table("", columns, cells)
    typer.echo(f"{waiting} runs wait")
    return 0


@app.command()
def show(run: RunId, as_json: AsJson = False) -> int:
    """Print a run: its request, its progress, and its result."""
    row, record = _with_table(lambda table: _one(table, run))
    if row is None:
        raise InputError(f"ID: there is no run {run[:64]!r}")
    if as_json:
        print_json({**_shown(row), "record": record})
        return 0
    facts: dict[str, Any] = {**_shown(row), "progress": _progress(row)}
    if record is not None:
        facts |= {
            "data hash": record.data_hash,
            "code": record.code_version,
            "files": ", ".join(record.artefacts),
            **record.summary,
        }
    print_table("", ("", run), ([name, value] for name, value in facts.items()))
    return 0


@app.command()
def cancel(run: RunId) -> int:
    """Cancel a run: at once if it waits, within seconds if it runs."""
    state = _with_table(lambda table: table.cancel(run, time.time_ns() // 1_000_000))
    if state is None:
        raise InputError(f"ID: there is no run {run[:64]!r}")
    typer.echo(f"{run}: {'stops soon' if state == 'running' else state}")
    return 0


async def _both(table: RunTable, limit: int) -> tuple[list[RunRow], int]:
    return await table.newest(limit), await table.queued()


async def _one(table: RunTable, run: str) -> tuple[RunRow | None, Any]:
    return await table.row(run), await table.record(run)


def _with_table(use: Callable[[RunTable], Awaitable[T]]) -> T:
    from services.analysis.research.adapters.run_table import RunTable
    from services.analysis.research.settings import ResearchSettings
    from shared.db import open_database
    from shared.failures import TransientError
    from shared.migrations.revision import current, no_tables
    from shared.settings import read_settings

    url = read_settings(ResearchSettings).database_url

    async def used() -> T:
        if await current(url) is None:
            raise TransientError(no_tables(url))
        async with open_database(url) as database:
            return await use(RunTable(database))

    return asyncio.run(used())


def _shown(row: RunRow) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.request.kind, "state": row.state, "done": row.done, "total": row.total, "note": row.note,
        "requested_by": row.requested_by, "created": _time(row.created_at), "started": _time(row.started_at),
        "finished": _time(row.finished_at), "error": row.error, "location": row.location,
        "data": row.request.data, "parameters": row.request.parameters,
    }  # fmt: skip


def _progress(row: RunRow) -> str:
    return f"{row.done / row.total:.0%}" if row.total > 0 else ""


def _time(ts: int | None) -> str:
    return "" if ts is None else dt.datetime.fromtimestamp(ts / 1000, dt.UTC).isoformat(" ", "seconds").replace("+00:00", " UTC")

"""Runs a kind in this process, with a progress bar, and saves the result."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from services.analysis.research.commands.output import InputError, input_errors

if TYPE_CHECKING:
    from services.analysis.research.adapters.artefacts import RunFiles
    from services.analysis.research.domain.data_request import DataRequest
    from services.analysis.research.domain.run_parts import Workers
    from services.analysis.research.domain.run_record import RunRecord
    from services.analysis.research.runs.execution import Execution
    from services.analysis.research.settings import ResearchSettings


def run_here(
    kind: str, request: DataRequest, parameters: Mapping[str, Any], *, save: bool = True, workers: Workers | None = None
) -> tuple[Execution, str]:
    """Run a kind; returns the execution and where it was saved, empty if it was not. ``workers``: None: those of this process.

    Raises:
        InputError: the request cannot be done.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from services.analysis.research.adapters.artefacts import RunFiles
    from services.analysis.research.adapters.run_data import SeriesData
    from services.analysis.research.runs.execution import execute
    from services.analysis.research.runs.table import run_kind
    from services.analysis.research.settings import ResearchSettings
    from shared.settings import read_settings

    settings = read_settings(ResearchSettings)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    console = Console(file=sys.stderr)
    with input_errors(), Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        files = RunFiles(settings.research_artefacts)
        task = shown.add_task(kind, total=None)

        def progress(done: float, total: float, note: str = "") -> None:
            shown.update(task, completed=done, total=total, description=note or kind)

        started = time.time_ns() // 1_000_000
        found = execute(run_kind(kind), parameters, SeriesData(request, settings, workers), progress)
        place = _saved(files, found) if save else ""
    if save:
        _listed(settings, found.record, place, started)
    for problem in found.record.problems:
        sys.stderr.write(f"left out: {problem}\n")
    return found, place


def _saved(files: RunFiles, found: Execution) -> str:
    try:
        return files.save(found.record.id, found.record, found.artefacts)
    except OSError as error:
        raise InputError(f"research_artefacts: the result cannot be saved: {error}") from error


def _listed(settings: ResearchSettings, record: RunRecord, place: str, started: int) -> None:
    """Put a run into the table of runs, if there is one; a database that does not answer costs no result."""
    from services.analysis.research.adapters.run_table import RunTable
    from shared.db import open_database
    from shared.failures import TransientError
    from shared.migrations.command import is_current
    from shared.migrations.revision import current

    async def add() -> None:
        if await current(settings.database_url) is not None:
            if not await is_current(settings.database_url):
                raise TransientError("the database has the tables of another release; make run brings them up to date")
            async with open_database(settings.database_url) as database:
                await RunTable(database).add_done(record, place, "command", started, time.time_ns() // 1_000_000)

    try:
        asyncio.run(add())
    except TransientError as error:
        sys.stderr.write(f"the run is not in the table of runs: {error}\n")

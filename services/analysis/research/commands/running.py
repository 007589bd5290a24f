"""Runs a kind in this process, with a progress bar, and saves the result."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from services.analysis.research.commands.output import input_errors

if TYPE_CHECKING:
    from services.analysis.research.domain.data_request import DataRequest
    from services.analysis.research.runs.execution import Execution


def run_here(kind: str, request: DataRequest, parameters: Mapping[str, Any], *, save: bool = True) -> tuple[Execution, str]:
    """Run a kind; returns the execution and where it was saved, empty if it was not.

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

        found = execute(run_kind(kind), parameters, SeriesData(request, settings), progress)
        place = files.save(found.record.id, found.record, found.artefacts) if save else ""
    for problem in found.record.problems:
        sys.stderr.write(f"left out: {problem}\n")
    return found, place

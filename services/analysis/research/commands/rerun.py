"""``research rerun RESULT``: run a saved request again and compare bit by bit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.analysis.research.commands.options import AsJson
from services.analysis.research.commands.output import InputError, input_errors, print_json
from services.analysis.research.commands.running import run_here

if TYPE_CHECKING:
    from services.analysis.research.domain.run_record import RunRecord

Result = Annotated[str, typer.Argument(metavar="RESULT", help="The id of a run, its beginning, or the path of a result.json.")]


def main(result: Result, as_json: AsJson = False) -> int:
    """Run a saved request again; the exit code is 3 if a number or a file differs."""
    from services.analysis.research.runs.execution import differences

    before = _saved(result)
    after, _ = run_here(before.kind, before.data, before.parameters, save=False)
    found = differences(before, after.record)
    changed = [each for each in found if each.startswith(("result changed", "file changed"))]
    if as_json:
        print_json({"id": before.id, "equal": not changed, "differences": found})
    else:
        for each in found:
            typer.echo(each)
        typer.echo(f"{before.kind} {before.id}: {f'{len(changed)} results differ' if changed else 'equal, bit by bit'}")
    return 3 if changed else 0


def _saved(result: str) -> RunRecord:
    from services.analysis.research.adapters.artefacts import RunFiles, read_record
    from services.analysis.research.settings import ResearchSettings
    from shared.settings import read_settings

    with input_errors():
        path = Path(result)
        if path.suffix == ".json":
            try:
                return read_record(path.read_bytes())
            except OSError as error:
                raise InputError(f"result: {result} cannot be read: {error.strerror}") from error
        return RunFiles(read_settings(ResearchSettings).research_artefacts).record(result)[1]

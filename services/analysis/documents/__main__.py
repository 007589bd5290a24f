"""``python -m services.analysis.documents [--check | --redraw]``: update the files generated from the kernels.

With ``--check`` it lists the outdated ones.

The pages under docs/, the vocabularies of shared/conditions and shared/sequences, and the records of the bundled tapes' history.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from services.analysis.documents import indicators, patterns, quality, vocabulary
from services.analysis.documents.page import DocumentPage, out_of_date, write
from services.analysis.research.adapters import tape_records
from services.analysis.research.settings import ResearchSettings

DOCS: Final = Path(__file__).parents[3] / "docs"
VOCABULARIES: Final[Mapping[Path, Callable[[], str]]] = MappingProxyType(
    {
        DOCS.parent / "shared" / "conditions" / "vocabulary.json": vocabulary.conditions,
        DOCS.parent / "shared" / "conditions" / "events.json": vocabulary.events,
        DOCS.parent / "shared" / "sequences" / "vocabulary.json": vocabulary.events,
    }
)
PAGES: Final[tuple[Callable[[], DocumentPage], ...]] = (indicators.page, patterns.page, quality.page)


def main(arguments: list[str]) -> int:
    """Writes what is out of date; with ``--check`` only lists it, with ``--redraw`` draws every picture. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.analysis.documents", description="Updates the files of the kernels.")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing; list what is out of date")
    how.add_argument("--redraw", action="store_true", help="draw every picture")
    chosen = parser.parse_args(arguments)
    pages = [make() for make in PAGES]
    if chosen.check:
        found = [path for page in pages for path in out_of_date(DOCS, page)]
        found += [path for path, text in VOCABULARIES.items() if not path.exists() or path.read_text("utf-8") != text()]
        found += [tape_records.file_of(tape) for tape in tape_records.WITH_HISTORY if not tape_records.is_current(tape)]
        for path in found:
            sys.stderr.write(f"{path.relative_to(DOCS.parent)} is out of date: run `make docs` and commit it\n")
        return 1 if found else 0
    for path, text in VOCABULARIES.items():
        path.write_text(text(), "utf-8")
    for tape in tape_records.WITH_HISTORY:
        if not tape_records.is_current(tape):
            tape_records.write(tape, tape_records.made(tape, ResearchSettings()))
    for page in pages:
        write(DOCS, page, redraw=chosen.redraw)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

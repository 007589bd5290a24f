"""``python -m services.analysis.sequences list | add TEXT | remove ID``: manage the followed sequences of signals.

A running analysis applies changes within a few seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from services.analysis.live.adapters.sequences import SequenceRow, SequenceScope, SequenceTable
from services.analysis.live.settings import LiveSettings
from services.analysis.research.adapters.artefacts import RunFiles
from services.analysis.research.adapters.quality_table import QualityTable
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.settings import ResearchSettings
from shared import logs
from shared.db import open_database
from shared.failures import TransientError
from shared.migrations.revision import current, no_tables
from shared.sequences import SequenceError, SignalSequence, parse
from shared.settings import read_settings
from shared.text import normalize_input

if TYPE_CHECKING:
    from services.analysis.research.quality.rows import StoredQuality

CANDIDATES: Final = "candidates.json"
SCOPES: Final = MappingProxyType({"industry": "industries"})
EXAMPLE: Final = "rsi_oversold up then macd_cross up within 10 bars on 1d"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 if it fails."""
    chosen = _parser().parse_args(arguments)
    try:
        url = read_settings(LiveSettings).database_url
        if asyncio.run(current(url)) is None:
            sys.stderr.write(f"{no_tables(url)}\n")
            return 1
        match chosen.command:
            case "list":
                return asyncio.run(_list())
            case "add":
                return asyncio.run(_add(chosen.text, chosen.symbols, chosen.industries, chosen.result))
            case _:
                return asyncio.run(_remove(chosen.id))
    except SequenceError as error:
        sys.stderr.write(f"{error.caret(chosen.text)}\n{error.message}\n")
    except (TransientError, ValueError) as error:
        sys.stderr.write(f"{'--' if str(error).startswith('result: ') else ''}{error}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.analysis.sequences", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="print one line per sequence, the oldest first")
    add = commands.add_parser("add", help="follow a sequence, or change its instruments")
    add.add_argument("text", metavar="TEXT", help=f"for example '{EXAMPLE}'")
    scope = add.add_mutually_exclusive_group()
    scope.add_argument("--symbols", type=_names, default=(), help="only these instruments, comma-separated")
    scope.add_argument("--industries", type=_names, default=(), help="only instruments of these industries, comma-separated")
    add.add_argument("--result", default="", metavar="RESULT", help="the run of research discover that found it: stores its record")
    remove = commands.add_parser("remove", help="stop following a sequence")
    remove.add_argument("id", metavar="ID", help="as list prints it; a prefix is enough")
    return parser


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(normalize_input(text).replace(",", " ").split()))
    if not names:
        raise argparse.ArgumentTypeError("no name is given")
    return names


async def _list() -> int:
    async with open_database(read_settings(LiveSettings).database_url) as database:
        rows = await SequenceTable(database).rows()
    for row in rows:
        sys.stdout.write(_line(row) + "\n")
    sys.stdout.write(f"{len(rows)} sequences\n")
    return 0


async def _add(text: str, symbols: tuple[str, ...], industries: tuple[str, ...], result: str) -> int:
    sequence = parse(text)
    record = _record(sequence, result) if result else None
    scope: SequenceScope = "symbols" if symbols else "industry" if industries else "all"
    targets = tuple(each.upper() for each in symbols) or tuple(each.lower() for each in industries)
    async with open_database(read_settings(LiveSettings).database_url) as database:
        table = SequenceTable(database)
        if targets and (unknown := await table.unknown(scope, targets)):
            sys.stderr.write(f"no {'instrument' if symbols else 'industry'} is called {', '.join(unknown)}\n")
            return 1
        await table.add(sequence, scope, targets, time.time_ns() // 1_000_000)
        if record is not None:
            await QualityTable(database).put(record)
    sys.stdout.write(f"followed: {_line(_row(sequence, scope, targets))}\n")
    return 0


async def _remove(beginning: str) -> int:
    async with open_database(read_settings(LiveSettings).database_url) as database:
        table = SequenceTable(database)
        found = [row for row in await table.rows() if row.id.startswith(normalize_input(beginning).lower())]
        if len(found) != 1:
            sys.stderr.write(f"{'no sequence' if not found else f'{len(found)} sequences'} with an id that begins {beginning}\n")
            return 1
        await table.remove(found[0].id)
        await QualityTable(database).forget(parse(found[0].text).rule)
    sys.stdout.write(f"no longer followed: {_line(found[0])}\n")
    return 0


def _record(sequence: SignalSequence, result: str) -> StoredQuality:
    """The record that a run of ``research discover`` made of a sequence. Raises RunError, a ValueError."""
    from services.analysis.research.discovery.record import record_of
    from services.analysis.research.discovery.run import Finding

    files = RunFiles(read_settings(ResearchSettings).research_artefacts)
    folder, run = files.record(result)
    if run.kind != "discovery" or run.data.source != "stored":
        raise RunError(f"result: {folder} is a {run.kind} of bars of the source {run.data.source}; a record is one of stored bars")
    body = files.artefact(folder, CANDIDATES, run.artefacts.get(CANDIDATES, ""))
    try:
        listed = msgspec.json.decode(body, type=list[Finding])
    except msgspec.DecodeError as error:
        raise RunError(f"result: {folder}: {CANDIDATES} cannot be read: {error}") from error
    record = record_of(sequence, listed, run.summary["as_of"])
    if record is None:
        raise RunError(f"result: {folder} has not judged '{sequence.text}'")
    return record


def _row(sequence: SignalSequence, scope: str, targets: tuple[str, ...]) -> SequenceRow:
    return SequenceRow(sequence.id, sequence.text, scope, targets)


def _line(row: SequenceRow) -> str:
    return (
        f"{row.id[:12]}  {row.text}{f'  for {SCOPES.get(row.scope, row.scope)} ' + ', '.join(row.targets) if row.targets else ''}"
    )


if __name__ == "__main__":
    logs.configure("sequences", "", "warning")
    sys.exit(main())

"""``python -m services.analysis.sequences list | add TEXT | remove ID``: manage the followed sequences of signals.

A running analysis applies changes within a few seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from types import MappingProxyType
from typing import Final

from services.analysis.live.adapters.sequences import SequenceRow, SequenceScope, SequenceTable
from services.analysis.live.settings import LiveSettings
from shared import logs
from shared.db import open_database
from shared.failures import TransientError
from shared.migrations.command import current
from shared.sequences import SequenceError, SignalSequence, parse
from shared.settings import read_settings
from shared.text import normalize_input

SCOPES: Final = MappingProxyType({"industry": "industries"})
EXAMPLE: Final = "rsi_oversold up then macd_cross up within 10 bars on 1d"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 if it fails."""
    chosen = _parser().parse_args(arguments)
    try:
        if asyncio.run(current(read_settings(LiveSettings).database_url)) is None:
            sys.stderr.write("there are no tables yet: start Finstage first (make run)\n")
            return 1
        match chosen.command:
            case "list":
                return asyncio.run(_list())
            case "add":
                return asyncio.run(_add(chosen.text, chosen.symbols, chosen.industries))
            case _:
                return asyncio.run(_remove(chosen.id))
    except SequenceError as error:
        sys.stderr.write(f"{error.caret(chosen.text)}\n{error.message}\n")
    except (TransientError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
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


async def _add(text: str, symbols: tuple[str, ...], industries: tuple[str, ...]) -> int:
    sequence = parse(text)
    scope: SequenceScope = "symbols" if symbols else "industry" if industries else "all"
    targets = tuple(each.upper() for each in symbols) or tuple(each.lower() for each in industries)
    async with open_database(read_settings(LiveSettings).database_url) as database:
        table = SequenceTable(database)
        if targets and (unknown := await table.unknown(scope, targets)):
            sys.stderr.write(f"no {'instrument' if symbols else 'industry'} is called {', '.join(unknown)}\n")
            return 1
        await table.add(sequence, scope, targets, time.time_ns() // 1_000_000)
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
    sys.stdout.write(f"no longer followed: {_line(found[0])}\n")
    return 0


def _row(sequence: SignalSequence, scope: str, targets: tuple[str, ...]) -> SequenceRow:
    return SequenceRow(sequence.id, sequence.text, scope, targets)


def _line(row: SequenceRow) -> str:
    return (
        f"{row.id[:12]}  {row.text}{f'  for {SCOPES.get(row.scope, row.scope)} ' + ', '.join(row.targets) if row.targets else ''}"
    )


if __name__ == "__main__":
    logs.configure("sequences", "", "warning")
    sys.exit(main())

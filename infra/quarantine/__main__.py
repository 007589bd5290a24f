"""``python -m infra.quarantine list | sum``: list or count quarantined, repaired and released values.

Reads all of market.quarantine.v1 that the broker still has, oldest first within a partition. It changes no data.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
from collections import Counter
from collections.abc import AsyncIterator

from infra.dead_letters.letters import terminal_text
from infra.kafka.connection import command_settings, error_line
from shared import logs, wire
from shared.events import Quarantined
from shared.failures import PoisonError, TransientError
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.text import normalize_input
from shared.topics import QUARANTINE

LATEST = 253_402_300_799_000
"""The end of the year 9999, in milliseconds: the upper bound of a printed time."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit code 1 if the broker does not answer."""
    chosen, settings = _parser().parse_args(arguments), command_settings()
    try:
        return asyncio.run(_sum(settings, chosen) if chosen.command == "sum" else _list(settings, chosen))
    except (TransientError, PoisonError) as error:
        sys.stderr.write(f"{error_line(settings, error)}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    filters = argparse.ArgumentParser(add_help=False)
    filters.add_argument(
        "--symbol", type=normalize_input, default="", help="only this instrument (of a silent feed: this exchange)"
    )
    filters.add_argument("--reason", type=normalize_input, default="", help="only this reason: spike, unit, split, ...")
    filters.add_argument(
        "--outcome",
        type=normalize_input,
        default="",
        choices=["", "quarantined", "repaired", "released"],
        help="only this outcome",
    )
    parser = argparse.ArgumentParser(prog="python -m infra.quarantine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", parents=[filters], help="print one line per event")
    commands.add_parser("sum", parents=[filters], help="count by symbol and reason, including events that were only counted")
    return parser


async def _found(settings: MeshSettings, chosen: argparse.Namespace) -> AsyncIterator[Quarantined]:
    async with open_raw_reader(settings, [QUARANTINE.name], "quarantine") as messages:
        async for message in messages:
            try:
                event = wire.decode(QUARANTINE, message.value)
            except wire.WireError as error:
                sys.stderr.write(f"{message.topic}/{message.partition}/{message.offset}: {terminal_text(str(error).encode())}\n")
                continue
            filters = ((chosen.symbol, event.symbol), (chosen.reason, event.reason), (chosen.outcome, event.outcome))
            if all(not expected or expected == value for expected, value in filters):
                yield event


async def _list(settings: MeshSettings, chosen: argparse.Namespace) -> int:
    count = 0
    async for event in _found(settings, chosen):
        count += 1
        sys.stdout.write(_line(event) + "\n")
    sys.stdout.write(f"{count} events\n")
    return 0


async def _sum(settings: MeshSettings, chosen: argparse.Namespace) -> int:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    async for event in _found(settings, chosen):
        counts[event.symbol, event.what, event.reason, event.outcome] += 1 + event.more
    for (symbol, what, reason, outcome), count in sorted(counts.items()):
        sys.stdout.write(f"{count:>8}  {terminal_text(symbol.encode())}  {what} {terminal_text(reason.encode())}  {outcome}\n")
    sys.stdout.write(f"{sum(counts.values())} in all\n")
    return 0


def _line(event: Quarantined) -> str:
    when = dt.datetime.fromtimestamp(min(max(event.ts_event, 0), LATEST) / 1000, dt.UTC).isoformat(timespec="seconds")
    values = " ".join(f"{name}={'none' if value is None else f'{value:g}'}" for name, value in event.values.items())
    parts = (event.symbol, f"{event.what} {event.timeframe}".strip(), event.reason, event.outcome, values, event.source, event.note)
    more = f"  (and {event.more} more before)" if event.more else ""
    return f"{when}  {'  '.join(terminal_text(part.encode()) for part in parts if part)}{more}"


if __name__ == "__main__":
    logs.configure("quarantine", "", "critical")  # main prints errors as one line
    sys.exit(main())

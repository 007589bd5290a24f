"""``python -m infra.dead_letters list | show NAME | replay [NAME ...]``: messages that a consumer could not handle.

A letter is replayed once: to its original topic and key, with the header ``replayed-from``. A message that failed again is a
new letter and is replayed only with ``--again``.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
from collections.abc import Callable

from infra.dead_letters.letters import Letter, LetterFilter, UnknownLetterError, read_letters, require_names, terminal_text
from infra.dead_letters.replay import replay, replayable
from infra.kafka.connection import command_settings, error_line
from shared import logs
from shared.failures import PoisonError, TransientError
from shared.kafka import open_producer
from shared.settings import MeshSettings
from shared.text import normalize_input

Ask = Callable[[str], str]


def main(arguments: list[str] | None = None, ask: Ask = input) -> int:
    """Run one command; exit code 1 if the broker does not answer, a name is unknown or the operator declines."""
    chosen, settings = _parser().parse_args(arguments), command_settings()
    letter_filter = LetterFilter(
        chosen.topic, chosen.group, chosen.exception, chosen.containing, frozenset(chosen.names), getattr(chosen, "again", False)
    )
    try:
        asyncio.run(require_names(settings, letter_filter.names))
        match chosen.command:
            case "list":
                return asyncio.run(_list(settings, letter_filter))
            case "show":
                return asyncio.run(_show(settings, letter_filter))
            case _:
                return asyncio.run(_replay(settings, letter_filter, ask=None if chosen.yes else ask))
    except UnknownLetterError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except (TransientError, PoisonError) as error:
        sys.stderr.write(f"{error_line(settings, error)}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    filters = argparse.ArgumentParser(add_help=False)
    filters.add_argument(
        "names", nargs="*", type=normalize_input, metavar="NAME", help="TOPIC.dlq/PARTITION/OFFSET, as list shows it"
    )
    filters.add_argument("--topic", type=normalize_input, default="", help="only letters of this original topic")
    filters.add_argument("--group", type=normalize_input, default="", help="only letters of this consumer group")
    filters.add_argument("--exception", type=normalize_input, default="", help="only letters with this exception class")
    filters.add_argument("--containing", type=normalize_input, default="", help="only letters whose error text contains this")
    parser = argparse.ArgumentParser(prog="python -m infra.dead_letters", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", parents=[filters], help="print one line per letter")
    commands.add_parser("show", parents=[filters], help="print headers and body")
    again = commands.add_parser("replay", parents=[filters], help="publish letters to their original topics again")
    again.add_argument("--yes", action="store_true", help="do not ask")
    again.add_argument("--again", action="store_true", help="also letters that failed again after a replay")
    return parser


async def _list(settings: MeshSettings, letter_filter: LetterFilter) -> int:
    count = 0
    async for letter in read_letters(settings, letter_filter):
        count += 1
        sys.stdout.write(_line(letter) + "\n")
    sys.stdout.write(f"{count} dead letters\n")
    return 0


async def _show(settings: MeshSettings, letter_filter: LetterFilter) -> int:
    count = 0
    async for letter in read_letters(settings, letter_filter):
        count += 1
        sys.stdout.write(f"{letter.name}\nkey: {terminal_text(letter.key)}\n")
        for name, value in letter.headers:
            sys.stdout.write(f"{terminal_text(name.encode())}: {terminal_text(value)}\n")
        sys.stdout.write(f"\n{terminal_text(letter.original_body)}\n\n")
    if not count:
        sys.stderr.write("error: no dead letter matches\n")
    return 0 if count else 1


async def _replay(settings: MeshSettings, letter_filter: LetterFilter, *, ask: Ask | None) -> int:
    found = await replayable(settings, letter_filter)
    for letter in found:
        sys.stdout.write(_line(letter) + "\n")
    if not found:
        sys.stdout.write("nothing to replay\n")
        return 0
    if ask is not None:
        try:
            answer = await asyncio.to_thread(ask, f"Replay these {len(found)} letters? [y/N] ")
        except EOFError:
            sys.stderr.write("\nerror: no answer can be given here; nothing was replayed. With --yes nothing is asked\n")
            return 1
        if normalize_input(answer).strip().lower() not in ("y", "yes"):
            sys.stdout.write("nothing was replayed\n")
            return 1
    async with open_producer(settings, "dead-letters") as producer:
        for letter in found:
            sys.stdout.write(f"{letter.name} -> {await replay(producer, letter)}\n")
    return 0


def _line(letter: Letter) -> str:
    stamp = letter.failure_header("timestamp")
    when = dt.datetime.fromtimestamp(int(stamp) / 1000, dt.UTC).isoformat(timespec="seconds") if stamp.isdigit() else "-"
    error = " ".join(letter.failure_header("error").split())[:120]
    return f"{letter.name}  {when}  {letter.failure_header('group')}  {letter.failure_header('exception')}: {error}"


if __name__ == "__main__":
    logs.configure("dead-letters", "", "critical")  # main prints errors as one line
    sys.exit(main())

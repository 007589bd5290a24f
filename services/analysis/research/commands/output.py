"""What commands print, and the error for input that is not valid."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import msgspec

LONG_WORD: Final = 12
"""Longer words are broken where a table would not fit."""
BETWEEN: Final = 3
"""Characters between two columns."""


class InputError(Exception):
    """Input that is not valid; the message names the argument and the value. Exit code 2."""


@contextmanager
def input_errors() -> Iterator[None]:
    """Errors of requests as InputError: everything that the user can change."""
    from services.analysis.research.domain.data_request import DataRequestError
    from services.analysis.research.domain.run_record import RunError
    from services.analysis.research.domain.signal_names import SignalNameError

    try:
        yield
    except (DataRequestError, RunError, SignalNameError) as error:
        raise InputError(str(error)) from error


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table that fits the terminal, in parts below each other if need be; what is not a terminal gets 120 characters a line."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = 120
    listed = [["" if cell is None else str(cell) for cell in row] for row in rows]
    texts = [[name, *(row[n] for row in listed)] for n, name in enumerate(columns)]
    least = [_least(each) for each in texts]
    for part in _parts(least, console.width):
        table = Table(title=title or None, title_justify="left", show_edge=False)
        for n in part:
            table.add_column(Text(texts[n][0]), min_width=least[n], overflow="fold")
        for row in zip(*(texts[n][1:] for n in part), strict=True):
            table.add_row(*map(Text, row))
        console.print(table)
        title = ""


def _least(texts: Iterable[str]) -> int:
    """The width of a column in which no word is broken, or only long ones."""
    from rich.cells import cell_len

    return min(LONG_WORD, max((cell_len(word) for text in texts for word in text.split()), default=1))


def _parts(least: Sequence[int], width: int) -> list[list[int]]:
    """The columns of each part; every part begins with the first column, which says what a row is about."""
    parts, used = [[0]], least[0] + BETWEEN
    for column in range(1, len(least)):
        if used + least[column] + BETWEEN > width and len(parts[-1]) > 1:
            parts.append([0])
            used = least[0] + BETWEEN
        parts[-1].append(column)
        used += least[column] + BETWEEN
    return parts

"""What commands print, and the error for input that is not valid."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec


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
    """A table that fits the terminal; one that is not a terminal gets 120 characters a line."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", show_edge=False)
    for name in columns:
        table.add_column(name)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = 120
    console.print(table)

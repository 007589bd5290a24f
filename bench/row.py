"""One line of the report, and the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Row:
    """A piece of work, what it costs us and its peers, how the two compare, and what was wanted."""

    work: str
    ours: str
    peers: str = ""
    ratio: str = ""
    wanted: str = ""


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| work | ours | peers | ratio | wanted |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in astuple(row))} |" for row in rows]
    return "\n".join(lines) + "\n"

"""A row of the report, and the report as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class BenchmarkResult:
    """The measured work, its cost for us and for peers, the ratio, and the target."""

    work: str
    ours: str
    peers: str = ""
    ratio: str = ""
    target: str = ""


def table(rows: Iterable[BenchmarkResult]) -> str:
    """The rows as a Markdown table."""
    lines = ["| work | ours | peers | ratio | target |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in astuple(row))} |" for row in rows]
    return "\n".join(lines) + "\n"

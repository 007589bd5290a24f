"""The page of a backtest: one HTML file with everything in it, which opens from disk without a network and runs no script."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.domain.run_record import canonical
from services.analysis.research.report.charts import equity_picture, trades_picture
from services.analysis.research.report.figures import conditions, metric_rows, shown

MOST_TRADES: Final = 1_000
"""Rows of the page; ``trades.json`` has all."""
DEEPEST: Final = 0.1
"""The return of a month that has the full colour of the heat map."""


def report(
    facts: Mapping[str, Any],
    trades: Sequence[Mapping[str, Any]],
    equity: Mapping[str, Any],
    closes: Mapping[str, tuple[Int64s, Floats]],
) -> dict[str, bytes]:
    """``equity.png``, ``trades.png`` and ``report.html``; ``closes``: sessions and closes of each instrument."""
    pictures = {"equity.png": equity_picture(equity), "trades.png": trades_picture(trades, closes)}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    plain = _plain(facts)
    page = environment.get_template("page.html.jinja").render(
        facts=plain,
        conditions=conditions(plain),
        metrics=metric_rows(plain),
        pictures={name.partition(".")[0]: base64.b64encode(body).decode() for name, body in pictures.items()},
        trades=trades[:MOST_TRADES],
        more=max(0, len(trades) - MOST_TRADES),
        shown=shown,
        heat=heat,
    )
    return {**pictures, "report.html": page.encode()}


def heat(value: float | None) -> str:
    """The colour of a month's return: green above 0, red below, nothing for none.

    >>> heat(0.1), heat(-0.05), heat(None)
    ('rgba(46, 158, 107, 0.80)', 'rgba(209, 73, 91, 0.40)', 'transparent')
    """
    if value is None:
        return "transparent"
    return f"rgba({'46, 158, 107' if value > 0 else '209, 73, 91'}, {min(abs(value) / DEEPEST, 1.0) * 0.8:.2f})"


def _plain(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Facts as JSON has them, so that a page is the same from a result that was stored."""
    found: dict[str, Any] = msgspec.json.decode(canonical(facts))
    return found

"""The objective over the two parameters with the most values, as JSON and as a picture; the others are as in the chosen set."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from services.analysis.kernels.indicators.kind import Floats
from services.analysis.research.grid.ranges import shown
from services.analysis.research.grid.sets import ParameterSets
from services.analysis.research.report.charts import DPI, WIDTH

MOST_LABELS: Final = 12
HEIGHT: Final = 6.0


def heat_map(sets: ParameterSets, values: Floats, chosen: int, objective: str) -> dict[str, Any]:
    """``values`` (sets,): NaN is null. A grid of one parameter is one row."""
    widest = sorted(range(len(sets.names)), key=lambda n: (-len(sets.values[n]), n))[:2]
    across, down = widest[0], widest[1] if len(widest) > 1 else None
    fixed = [n for n in range(len(sets.names)) if n not in widest]
    kept = np.all(sets.index[:, fixed] == sets.index[chosen, fixed], axis=1)
    cells = np.full((len(sets.values[down]) if down is not None else 1, len(sets.values[across])), np.nan)
    rows = sets.index[kept, down] if down is not None else np.zeros(int(kept.sum()), np.int64)
    cells[rows, sets.index[kept, across]] = values[kept]
    return {
        "objective": objective,
        "across": {"name": sets.names[across], "values": sets.values[across]},
        "down": None if down is None else {"name": sets.names[down], "values": sets.values[down]},
        "fixed": {sets.names[n]: sets.of(chosen)[sets.names[n]] for n in fixed},
        "chosen": [int(sets.index[chosen, down]) if down is not None else 0, int(sets.index[chosen, across])],
        "cells": [[float(value) if np.isfinite(value) else None for value in row] for row in cells.tolist()],
    }


def heat_picture(drawn: Mapping[str, Any]) -> bytes:
    """The same input gives the same bytes. A set that may not be chosen is empty; the chosen one has a ring."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI)
    FigureCanvasAgg(figure)
    figure.subplots_adjust(left=0.08, right=1.04, top=0.94, bottom=0.1)
    axis = figure.subplots()
    cells = np.array([[np.nan if value is None else value for value in row] for row in drawn["cells"]])
    image = axis.imshow(cells, origin="lower", aspect="auto", cmap="RdYlGn", interpolation="nearest")
    figure.colorbar(image, ax=axis, label=drawn["objective"])
    row, column = drawn["chosen"]
    axis.plot([column], [row], marker="o", markersize=11, markerfacecolor="none", markeredgecolor="black", markeredgewidth=1.6)
    _label(axis.set_xticks, drawn["across"]["values"])
    axis.set_xlabel(drawn["across"]["name"])
    if drawn["down"] is None:
        axis.set_yticks([])
    else:
        _label(axis.set_yticks, drawn["down"]["values"])
        axis.set_ylabel(drawn["down"]["name"])
    fixed = ", ".join(f"{name} {shown(value)}" for name, value in drawn["fixed"].items())
    axis.set_title(f"{drawn['objective']} on the development part{f' at {fixed}' if fixed else ''}", loc="left", fontsize=10)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _label(ticks: Any, values: tuple[float, ...]) -> None:
    step = max(1, -(-len(values) // MOST_LABELS))
    places = range(0, len(values), step)
    ticks([*places], [shown(float(values[place])) for place in places])

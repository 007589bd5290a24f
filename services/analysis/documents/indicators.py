"""``docs/indicators.md``: every kind of indicator with its module's docstring, its parameters and a picture."""

from __future__ import annotations

import datetime as dt
import inspect
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from services.analysis.documents.chart import chart
from services.analysis.documents.page import DocumentPage, Picture, named, table
from services.analysis.documents.parameter_bounds import bounds
from services.analysis.documents.tape_bars import RecordedSeries, daily, five_minutes
from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Kind
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import INDICATORS, plan
from services.analysis.kernels.whole_series import history

KERNELS: Final = Path(__file__).parents[3] / ".cache" / "kernels"
FOLDER: Final = "images/indicators"
SHOWN: Final = 180
"""Bars on a picture; the values are computed from the first bar of the tape on."""
INTRADAY: Final = ("session", "vwap", "vwap_session", "pivots", "volume_profile")
"""Kinds without meaning on daily bars."""

HEAD: Final = """# Indicators

Generated from the kernels in `services/analysis/kernels/indicators` by `make docs`. Warm-up, sessions and adjusted prices are
explained in [signals.md](signals.md). `x'` is the value one bar before, `n` the number of the bar in its series. A parameter out
of its bounds is refused with an error that names it. Not warmed up is NaN.

A kind with parameters is one row of a plan, such as `("rsi", (14,))`; any parameters within the bounds
run without compilation. A kind that does not run by default is compiled when it is first asked for, which takes a few seconds.
"""


def page() -> DocumentPage:
    """The page; drawing needs the compiled kernels, its text does not."""
    summary = table(
        ["kind", "what it is", "by default"],
        ([f"[{kind.name}](#{kind.name})", _docstring(kind)[0], _default(kind)] for kind in KINDS),
    )
    pictures = tuple(Picture(_path(kind), partial(draw, kind)) for kind in KINDS)
    return DocumentPage("indicators.md", "\n".join([HEAD, summary, *(_entry(kind) for kind in KINDS)]), FOLDER, pictures)


def draw(kind: Kind) -> Figure:
    """The kind under its usual parameters: over the candles if its values are near the prices, else below."""
    whole, example = _bars(kind), kind.examples[0]
    values = history(machine_code.load(KERNELS), plan([(kind.name, example)], []), whole.bars).values
    recorded = whole.last(SHOWN)
    lines = {name: row[-len(recorded.start) :] for name, row in zip(kind.names(example), values, strict=True)}
    least, most = float(recorded.bars.low.min()), float(recorded.bars.high.max())
    over = {name: row for name, row in lines.items() if 0.8 * least <= np.nanmedian(row) <= 1.2 * most}
    below = {name: row for name, row in lines.items() if name not in over}
    return chart(recorded, over, [below] if below else [])


def _bars(kind: Kind) -> RecordedSeries:
    return five_minutes("SPY") if kind.name in INTRADAY else daily("SPY", dt.date(2020, 10, 1))


def _entry(kind: Kind) -> str:
    example, (first, *paragraphs) = kind.examples[0], _docstring(kind)
    head = f"## {kind.name}\n\n**{first}**\n"
    columns = table(
        ["column", "from"],
        (
            [f"`{name}`", "depends on the data" if start is None else f"n = {start:g}"]
            for name, start in zip(kind.names(example), kind.warm_up(*example), strict=True)
        ),
    )
    parameters = table(
        ["parameter", "usual", "bounds (the others as usual)"],
        (
            [name, f"{usual:g}", bounds(kind, place)]
            for place, (name, usual) in enumerate(zip(kind.parameters, example, strict=True))
        ),
    )
    shown = f"![{kind.name}]({_path(kind)})\n\n*{_bars(kind).last(SHOWN).caption}*\n"
    return "\n".join([head, *(f"{each}\n" for each in paragraphs), *([parameters] if kind.parameters else []), columns, shown])


def _docstring(kind: Kind) -> list[str]:
    """The docstring of the kind's module, a string a paragraph."""
    text = inspect.cleandoc(_module(kind).__doc__ or "").replace("``", "`")
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _default(kind: Kind) -> str:
    return "; ".join(", ".join(f"{value:g}" for value in given) or "yes" for name, given in INDICATORS if name == kind.name)


def _path(kind: Kind) -> str:
    source = inspect.getsource(_module(kind))
    return named(FOLDER, kind.name, source.split('"""', 2)[2])  # without the docstring: another text keeps the picture


def _module(kind: Kind) -> ModuleType:
    return sys.modules[kind.step.__module__]

"""``docs/patterns.md``: every chart pattern with its module's docstring and the best shaped example on the tapes."""

from __future__ import annotations

import inspect
import sys
from functools import cache, partial
from types import ModuleType
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from services.analysis.documents.chart import chart
from services.analysis.documents.outcomes import SHUFFLES, Outcomes, found_in, measured, played
from services.analysis.documents.page import DocumentPage, Picture, named, table
from services.analysis.documents.tape_bars import RecordedSeries
from services.analysis.kernels.patterns import boundaries, geometry, lifecycle, zigzag
from services.analysis.kernels.patterns.layout import CONFIRMED
from services.analysis.kernels.patterns.table import FAMILIES, PATTERNS, ChartPattern

FOLDER: Final = "images/patterns"
AROUND: Final = 25
"""Bars on a picture before the first pivot and after the breakout."""
SHARED: Final = {"Pivots": zigzag, "Life": lifecycle, "Two lines": boundaries}

HEAD: Final = """# Chart patterns

Generated from the kernels in `services/analysis/kernels/patterns` by `make docs`. Patterns are searched on the closed bars of
15m, 1h, 4h, 1d and 1w, adjusted as for indicators, by the same code live and in history; bars of history update patterns but
publish nothing. Each status of a pattern is published once, on `analysis.patterns.v1` and in `/v1/patterns`; a confirmed one is a
signal too, whose rule is the pattern's name and whose evidence holds target, invalidation (the stop), quality and the volume
ratio.

A pattern's id is a hash of symbol, timeframe, name and the close times of its pivots. `volume_ratio` is the volume of the
breakout bar over the mean of the 20 before: a fact, not a filter. **Quality** is 0 to 1 and measures how well shaped a
pattern is, not its chance of success. The target is a measure of the shape, not a forecast. Depth, where it is part of the
quality, is 0 for a height of 2 ATR and 1 from 10 on. Patterns are the same at any scale of price (bit by bit for powers of
two) and upside down (p -> -p gives the mirror image).

How well they are distinguished, as `tests/analysis/test_patterns.py` measures and asserts it: shapes of 6 to 12 units of
height (a flag's pole is taller) with warped time and tilt, each second one upside down, and on every close independent normal
noise whose bars have a mean true range of one unit, which is what "noise of 1 ATR" means here: recall and precision at least
0.9 for each shape, where every other name that is confirmed on the shape's bars counts as wrong. The seeds of the test were
drawn after the definitions were final. On 1,000 more of each shape, which were not used for tuning, recall was 0.93 to 0.97
and precision 0.92 to 1.00; the weakest were the rising wedge (recall 0.93) and the ascending triangle (precision 0.92: some
triple tops and symmetrical triangles are reported under its name). On random walks, where every pattern is chance, at most 10
of these patterns are confirmed in 1,000 bars, all names together, and at most 1.5 of one name; on 400 walks of 2,520 bars that
were not used for tuning it was 8.2.

Harmonic patterns, trend lines and divergences are tested in the same way. Harmonic patterns with an XA of 45 to 60 units: recall
0.97 to 1.00, precision 0.98 to 1.00 on 1,000 unseen ones of each. Rising lines under three or four lows: recall 0.93, precision
1.00. Divergences at two drawn highs 3 to 4.5 units apart, among highs whose momentum and volume agree: recall 0.94 to 0.97,
precision 0.98 to 1.00, but 0.89 for the hidden one of RSI. On the 400 walks, in 1,000 bars: 0.1 harmonic patterns, 2.4 trend
lines, 6.6 divergences, and at most 1.3 of one name.
"""


OUTCOMES: Final = """## How often, and what became of them

Confirmed patterns in {bars} bars of the bundled tapes (daily bars of years, minutes and seconds of days), and in {shuffles}
shuffles of each of their series: the same bars, as shares of the close before, in a random order, so that what is found there is
chance. **Target first** is the share that reached the target before a close beyond the invalidation level, of those that did one
of the two; patterns that expired are not in it. How far the target is, beside the invalidation level, makes it large or small for
any series: compare it with the shuffled one, and mind the number (a share of 100 patterns is uncertain by 10 points to each side).

All names together: {real} in 1,000 bars of the tapes, {chance} of the shuffles. Chance confirms no fewer than real bars do: that a
pattern is confirmed says by itself nothing about what comes.

"""


def page() -> DocumentPage:
    """The page; its numbers and pictures need the compiled kernels."""
    summary = table(
        ["pattern", "upside down", "rank"],
        ([f"`{pattern.name}`", f"`{pattern.mirror}`", str(pattern.rank)] for pattern in PATTERNS),
    )
    shared = [f"## {title}\n\n{_docstring(module)}" for title, module in SHARED.items()]
    families = [_entry(sys.modules[finder], patterns) for finder, patterns in _modules().items()]
    pictures = tuple(Picture(_path(pattern), partial(draw, pattern)) for pattern in PATTERNS if _occurs(pattern))
    return DocumentPage("patterns.md", "\n".join([HEAD, summary, _outcomes(), *shared, *families]), FOLDER, pictures)


def draw(pattern: ChartPattern) -> Figure:
    """The best shaped one that was confirmed on the daily tape (else on shorter bars), with its lines and pivots."""
    recorded, x = _best()[PATTERNS.index(pattern)]
    first, at = int(x["first"]), int(x["at"])
    start = max(0, first - AROUND)
    shown = recorded.between(start, min(len(recorded.start), at + AROUND))
    places = np.arange(len(shown.start)) + start
    inside = (places >= first) & (places <= at)
    lines = {side: np.where(inside, x[side] + x[f"{side}_slope"] * (places - first), np.nan) for side in ("upper", "lower")}
    corners = slice(0, int(x["corners"]))
    lines["pivots"] = np.interp(places, x["corner_at"][corners], x["corner_price"][corners], left=np.nan, right=np.nan)
    after = (places >= at) & (places < at + AROUND)
    lines["target"] = np.where(after, x["target"], np.nan)
    lines["invalidation"] = np.where(after, x["stop"], np.nan)
    known = {name: values for name, values in lines.items() if np.isfinite(values).any()}
    figure = chart(shown, known)
    figure.axes[0].set_title(f"{pattern.name}: {shown.caption}", fontsize=7, loc="right")
    return figure


@cache
def _best() -> dict[int, tuple[RecordedSeries, Any]]:
    best: dict[int, tuple[RecordedSeries, Any]] = {}
    for recorded in played():
        found = found_in(recorded)
        for x in found[found["status"] == CONFIRMED]:
            before = best.get(int(x["kind"]))
            if before is None or (before[0].timeframe == recorded.timeframe and x["quality"] > before[1]["quality"]):
                best[int(x["kind"])] = recorded, x
    return best


def _outcomes() -> str:
    """How often each pattern appears and reaches its target, on the tapes and on shuffles of them."""
    real, chance = measured()
    rows = []
    for kind, pattern in enumerate(PATTERNS):
        for side, way in enumerate(("up", "down")):
            if pattern.direction in (0, (1, -1)[side]):
                rates = [f"{1000 * int(each.confirmed[kind, side]) / each.bars:.2f}" for each in (real, chance)]
                rows.append([f"`{pattern.name}`", way, *rates, *(_reached(each, kind, side) for each in (real, chance))])
    heads = ["pattern", "direction", "tapes: in 1,000 bars", "shuffled", "tapes: target first", "shuffled"]
    sums = [f"{1000 * int(each.confirmed.sum()) / each.bars:.1f}" for each in (real, chance)]
    return OUTCOMES.format(bars=f"{real.bars:,}", shuffles=SHUFFLES, real=sums[0], chance=sums[1]) + table(heads, rows)


def _reached(found: Outcomes, kind: int, side: int) -> str:
    """The share that reached its target, of those that reached it or were invalidated, and their number."""
    reached = int(found.reached[kind, side])
    decided = reached + int(found.invalidated[kind, side])
    return f"{100 * reached / decided:.0f} % of {decided:,}" if decided else "none"


def _modules() -> dict[str, list[ChartPattern]]:
    """The patterns of each module of finders."""
    found: dict[str, list[ChartPattern]] = {}
    for family in FAMILIES:
        found.setdefault(family.find.__module__, []).extend(family.patterns)
    return found


def _entry(module: ModuleType, patterns: list[ChartPattern]) -> str:
    title = module.__name__.rpartition(".")[2].replace("_", " ")
    pictures = [f"![{pattern.name} on real bars]({_path(pattern)})\n" for pattern in patterns if _occurs(pattern)]
    return "\n".join([f"## {title[0].upper()}{title[1:]}\n", _docstring(module), *pictures])


def _occurs(pattern: ChartPattern) -> bool:
    """Whether the tapes have an example."""
    return PATTERNS.index(pattern) in _best()


def _docstring(module: ModuleType) -> str:
    """The module's docstring, and the constants that it names."""
    values = {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, int | float)}
    text = inspect.cleandoc(module.__doc__ or "")
    named_here = [f"`{name}` {value:g}" for name, value in values.items() if f"``{name}``" in text or name in text.split()]
    known = f"\n{', '.join(named_here)}.\n" if named_here else ""
    return f"{text.replace('``', '`')}\n{known}"


def _path(pattern: ChartPattern) -> str:
    source = "".join(inspect.getsource(module) for module in (*SHARED.values(), geometry, sys.modules[_finder(pattern)]))
    return named(FOLDER, pattern.name, source)


def _finder(pattern: ChartPattern) -> str:
    return next(family.find.__module__ for family in FAMILIES if pattern in family.patterns)

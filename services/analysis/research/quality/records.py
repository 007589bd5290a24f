"""The record of every rule, direction and horizon: of each instrument, each industry, and all instruments together."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from services.analysis.research.quality.cells import Axis, Cells, Instrument, axis, cells, fired
from services.analysis.research.quality.judging import Figures, Judged, judge
from services.analysis.research.quality.machine_code import Floats, QualityKernels
from services.analysis.research.quality.windows import COST, HORIZONS
from shared.run_options.quality import Level

LEVELS: Final[tuple[Level, ...]] = ("instrument", "industry", "all")
"""The most specific first."""
RATE: Final = 0.10
"""The share of false discoveries that is accepted."""
ALL: Final = "*"


@dataclass(frozen=True)
class Key:
    """A rule instance in one direction."""

    rule: int
    """Its place in ``fired``."""
    direction: int
    """+1 up, -1 down."""


class QualityRecord(NamedTuple):
    """What is known of one key, horizon and group at the newest bar that was read."""

    key: Key
    horizon: int
    level: Level
    group: str
    """A symbol, an industry, or ``*``."""
    validated: bool
    """The newest decision follows the key, and the edge of the followed signals is beyond chance."""
    figures: Figures
    """Of the followed signals if validated, otherwise of all signals after the first possible decision; numbers, not arrays."""
    p_value: float | None
    """None where the followed signals are too few for a test."""
    q_value: float
    """1 without a test."""
    tried: int
    """Tests that the p-values were corrected for."""


@dataclass(frozen=True)
class _Group:
    level: Level
    name: str
    members: tuple[int, ...]
    keys: tuple[Key, ...]
    horizon: int


Mapped = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


def records(
    instruments: Sequence[Instrument],
    keys: Sequence[Key],
    kernels: QualityKernels,
    *,
    horizons: Sequence[int] = HORIZONS,
    cost: float = COST,
    levels: Sequence[Level] = LEVELS,
    run: Mapped = map,
) -> tuple[QualityRecord, ...]:
    """Every record that has a signal. The same input gives the same numbers.

    ``run`` maps a function over parts, as ``map`` does.
    """
    on = axis(instruments)
    of_direction = {direction: tuple(key for key in keys if key.direction == direction) for direction in (1, -1)}
    parts = [(direction, horizon) for horizon in horizons for direction, mine in of_direction.items() if mine and len(on.day)]
    signals = {
        direction: [fired(each, [key.rule for key in mine], direction) for each in instruments]
        for direction, mine in of_direction.items()
    }

    def part(chosen: tuple[int, int]) -> list[tuple[_Group, Judged]]:
        direction, horizon = chosen
        held = [
            cells(kernels, each.prices, of, horizon, on, cost) for each, of in zip(instruments, signals[direction], strict=True)
        ]
        mine = of_direction[direction]
        groups = [_Group(level, name, places, mine, horizon) for level, name, places in _groups(instruments, levels)]
        return [(group, _judged(kernels, group, held, on)) for group in groups]

    found = [each for several in run(part, parts) for each in several]
    q, tried = _corrected(kernels, [judged for _, judged in found])
    return tuple(
        record for (group, judged), values in zip(found, q, strict=True) for record in _records(group, judged, values, tried)
    )


def _groups(instruments: Sequence[Instrument], levels: Sequence[Level]) -> list[tuple[Level, str, tuple[int, ...]]]:
    found = list[tuple[Level, str, tuple[int, ...]]]()
    if "instrument" in levels:
        found += [("instrument", each.symbol, (place,)) for place, each in enumerate(instruments)]
    if "industry" in levels:
        for name in sorted({name for each in instruments for name in each.industries}):
            found.append(("industry", name, tuple(n for n, each in enumerate(instruments) if name in each.industries)))
    if "all" in levels:
        found.append(("all", ALL, tuple(range(len(instruments)))))
    return found


def _judged(kernels: QualityKernels, group: _Group, held: Sequence[Cells], on: Axis) -> Judged:
    seed = zlib.crc32(f"{group.horizon} {group.keys[0].direction} {group.level} {group.name}".encode())
    return judge(kernels, [held[place] for place in group.members], on, seed, intervals=group.level != "instrument")


def _corrected(kernels: QualityKernels, found: Sequence[Judged]) -> tuple[list[Floats], int]:
    """Benjamini-Hochberg over every test of every group; resamples more often the keys that this can decide."""
    p = [each.p.copy() for each in found]
    tested = [~np.isnan(values) for values in p]
    tried = int(sum(np.count_nonzero(each) for each in tested))
    q = _q_values(p, tested)
    again = [n for n, each in enumerate(found) if (q[n][each.extreme.keys] >= RATE).any()]
    for n in again:
        p[n][found[n].extreme.keys] = found[n].extreme.p_values(kernels)
    return (_q_values(p, tested) if again else q), tried


def _q_values(p: Sequence[Floats], tested: Sequence[np.ndarray]) -> list[Floats]:
    q = [np.ones(len(values)) for values in p]
    flat = np.concatenate([np.zeros(0), *(values[chosen] for values, chosen in zip(p, tested, strict=True))])
    if not len(flat):
        return q
    from scipy.stats import false_discovery_control  # takes a second to import: deferred to the first judgement

    adjusted = false_discovery_control(flat)
    ends = np.cumsum([np.count_nonzero(chosen) for chosen in tested])[:-1]
    for values, chosen, part in zip(q, tested, np.split(adjusted, ends), strict=True):
        values[chosen] = part
    return q


def _records(group: _Group, judged: Judged, q: Floats, tried: int) -> Iterable[QualityRecord]:
    followed, whole = judged.followed.tolist(), judged.whole.tolist()
    validated = (judged.current & (q < RATE)).tolist()
    p_values = [None if math.isnan(p) else p for p in judged.p.tolist()]
    for key, valid, p, q_value, ours, theirs in zip(group.keys, validated, p_values, q.tolist(), followed, whole, strict=True):
        if theirs[0]:  # it has signals
            figures = Figures._make(ours if valid else theirs)
            yield QualityRecord(key, group.horizon, group.level, group.name, valid, figures, p, q_value, tried)

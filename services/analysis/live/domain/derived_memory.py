"""The memory of one series' derived values: the states of its operations over the past, and its newest exported values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats

EXPORTS: Final = 16
"""Newest bars whose exported values are kept between batches. A bar that is evaluated later finds none."""

Key = tuple[int, int]
"""Row of a symbol, code of a timeframe."""
Widths = dict[str, int]
"""Operations over the past, by their text: floats of state. Inner ones come first."""


@dataclass
class DerivedMemory:
    """What one series remembers. Names are the texts of expressions."""

    widths: Widths = field(default_factory=dict)
    slots: Floats = field(default_factory=lambda: np.empty(0))
    """The states, one after the other; NaN at first."""
    exported: tuple[str, ...] = ()
    """Expressions that other timeframes read."""
    closes: list[int] = field(default_factory=list)
    """Close times of the newest bars, ascending."""
    values: list[list[float]] = field(default_factory=list)
    """The exported values at each of them."""
    not_warmed_up: frozenset[str] = frozenset()
    """Operations and exported expressions that have not processed the past yet: their values are unknown."""

    def __post_init__(self) -> None:
        self._index = {name: n for n, name in enumerate(self.exported)}

    def wants(self, widths: Widths, exported: Collection[str]) -> bool:
        """Whether it has other contents than these."""
        return (self.widths, self.exported) != (widths, tuple(exported))

    def with_contents(self, widths: Widths, exported: Sequence[str]) -> DerivedMemory:
        """A memory with these contents. Common ones keep their state, bit by bit; new ones are not warmed up."""
        names = {*widths, *exported}
        new = names - {*self.widths, *self.exported}
        found = DerivedMemory(widths, np.full(sum(widths.values()), np.nan), tuple(exported))
        found.not_warmed_up = frozenset((self.not_warmed_up & names) | new)
        for name in widths.keys() & self.widths.keys():
            found.slot(name)[:] = self.slot(name)
        kept = [self.exported.index(name) if name in self.exported else -1 for name in exported]
        found.closes = list(self.closes)
        found.values = [[np.nan if n < 0 else row[n] for n in kept] for row in self.values]
        return found

    def slot(self, name: str) -> Floats:
        """The state of an operation; a view."""
        start = 0
        for each, width in self.widths.items():
            if each == name:
                return self.slots[start : start + width]
            start += width
        raise KeyError(name)

    def export(self, close_at: int, values: list[float]) -> None:
        """Adds the exported values of a closed bar."""
        self.closes.append(close_at)
        self.values.append(values)

    def trim(self) -> None:
        """Forgets the exported values of older bars; called after each batch."""
        del self.closes[:-EXPORTS], self.values[:-EXPORTS]

    def at(self, names: Sequence[str], moment: int) -> list[float]:
        """The exported values at the newest bar that closed at or before a moment; NaN where unknown."""
        place = bisect_right(self.closes, moment) - 1
        if place < 0:
            return [np.nan] * len(names)
        row, index = self.values[place], self._index
        return [np.nan if name in self.not_warmed_up or name not in index else row[index[name]] for name in names]

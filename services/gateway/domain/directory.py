"""The instruments and industries, searchable by any of their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from services.gateway.domain.industries import Industry
from services.gateway.domain.views import Instrument
from shared.text import fold_case

LONGEST_QUESTION: Final = 256
"""Characters of a question and of a name that are compared."""
LONGEST_TEXT: Final = 8192
"""Characters of all names of an instrument together."""


@dataclass(frozen=True)
class Directory:
    """All that can be asked for. Replaced whole when the tables have changed."""

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    industries: Mapping[str, Industry] = field(default_factory=dict)
    markets: Mapping[str, Industry] = field(default_factory=dict)
    """Markets as a whole: they have views, but are no filter."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> everything it is called besides its names, in one text."""
    version: int = 0

    @cached_property
    def members(self) -> Mapping[str, frozenset[str]]:
        """Industry -> its symbols."""
        found: dict[str, set[str]] = {industry: set() for industry in self.industries}
        for instrument in self.instruments.values():
            for industry in instrument.industries:
                found.setdefault(industry, set()).add(instrument.symbol)
        return {industry: frozenset(symbols) for industry, symbols in found.items()}

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        return {
            i.symbol: fold_case("\n".join((i.symbol, i.name, i.name_ko, self.aliases.get(i.symbol, ""))), LONGEST_TEXT)
            for i in self.instruments.values()
        }

    def search(self, text: str, among: Iterable[Instrument]) -> list[Instrument]:
        """Those of ``among`` that hold every word of ``text`` in a name.

        The nearest first: the symbol, then the beginning of a symbol, then of a name, then the rest.
        """
        words = fold_case(text, LONGEST_QUESTION).split()

        def distance(instrument: Instrument) -> int:
            symbol, first = fold_case(instrument.symbol, LONGEST_QUESTION), words[0] if words else ""
            if symbol == first:
                return 0
            if symbol.startswith(first):
                return 1
            return (
                2
                if any(fold_case(name, LONGEST_QUESTION).startswith(first) for name in (instrument.name, instrument.name_ko))
                else 3
            )

        found = [i for i in among if all(word in self._texts[i.symbol] for word in words)]
        return sorted(found, key=distance)

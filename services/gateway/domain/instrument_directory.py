"""Instruments and industries, and the search for instruments by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from services.gateway.domain.api_models import Instrument
from services.gateway.domain.industries import Industry
from shared.text import fold_case

MAX_QUERY_CHARACTERS: Final = 256
"""Characters of a search text and of a name that are compared."""
MAX_NAMES_CHARACTERS: Final = 8192
"""Characters of all names of one instrument together that are searched."""


@dataclass(frozen=True)
class InstrumentDirectory:
    """All instruments, industries and markets. A new object replaces it when the tables have changed."""

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    industries: Mapping[str, Industry] = field(default_factory=dict)
    markets: Mapping[str, Industry] = field(default_factory=dict)
    """Markets as a whole: they have views and cannot be used as a filter."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> its other names, one a line."""
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
            i.symbol: fold_case("\n".join((i.symbol, i.name, i.name_ko, self.aliases.get(i.symbol, ""))), MAX_NAMES_CHARACTERS)
            for i in self.instruments.values()
        }

    def search(self, text: str, among: Iterable[Instrument]) -> list[Instrument]:
        """The instruments of ``among`` whose names contain every word of ``text``.

        Best match first: an equal symbol, then a symbol that starts with the first word, then such a name, then the rest.
        """
        words = fold_case(text, MAX_QUERY_CHARACTERS).split()

        def match_rank(instrument: Instrument) -> int:
            symbol, first = fold_case(instrument.symbol, MAX_QUERY_CHARACTERS), words[0] if words else ""
            if symbol == first:
                return 0
            if symbol.startswith(first):
                return 1
            return (
                2
                if any(fold_case(name, MAX_QUERY_CHARACTERS).startswith(first) for name in (instrument.name, instrument.name_ko))
                else 3
            )

        found = [i for i in among if all(word in self._texts[i.symbol] for word in words)]
        return sorted(found, key=match_rank)

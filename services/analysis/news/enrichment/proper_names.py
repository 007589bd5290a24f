"""The names of instruments in an English text that a translation must not change, with what stands for them in Korean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.analysis.news.enrichment.instruments import InstrumentNames
from services.analysis.news.enrichment.known import KnownInstrument
from services.analysis.news.enrichment.wording import read_wording

KINDS: Final = frozenset({"stock", "etf", "crypto"})
"""Kinds whose names are proper names; gold, oil and the dollar are words that a translator knows."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a text, and what stands there in the translation."""

    start: int
    end: int
    instead: str


class ProperNames:
    """Finds them."""

    def __init__(self, instruments: Sequence[KnownInstrument], names: InstrumentNames) -> None:
        self._names = names
        self._korean = {each.symbol: each.name_ko for each in instruments if each.kind in KINDS}

    def find(self, text: str) -> list[Span]:
        """Every place: an official name becomes the Korean one, any other name and a ticker stay as they are."""
        wording = read_wording(text)
        if wording.text != text:  # the places of one are not those of the other
            return []
        return [
            Span(each.start, each.start + len(each.found), self._korean[each.symbol] if each.reason == "name" else each.found)
            for each in self._names.mentions(wording, "en")
            if each.symbol in self._korean
        ]

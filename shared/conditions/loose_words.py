"""A text with its loose phrases and misspelt words in exact ones."""

from __future__ import annotations

from typing import Final

from shared.conditions.known_words import is_unknown, loose
from shared.conditions.loose_indicators import SIDES, band, is_average, readers
from shared.conditions.phrases import phrases
from shared.conditions.scanning import pieces
from shared.conditions.spelling import spelled

_EXACT: Final = frozenset({"NAME", "RULE", "RULE_WAY", "EXPRESSION"})
_LASTING: Final = frozenset({"over", "for", "in", "during"})
_MOST_UNKNOWN: Final = 3
"""Misspelt words of a text that are looked up."""


def exact_words(text: str) -> str:
    """The text in exact words, as far as there are some."""
    return _Rewriting(text).text()


class _Rewriting:
    """Writes a text anew, from left to right."""

    def __init__(self, text: str) -> None:
        self._given = text
        self._found = pieces(text)
        self._readers = readers(self._found)
        self._written: list[str] = []
        self._end = 0
        """How far the given text is written."""
        self._unknown = 0
        self._bands = ""
        """Parameters of the Bollinger bands that were named before their side."""

    def text(self) -> str:
        at = 0
        while at < len(self._found):
            at = self._step(at)
        return "".join([*self._written, self._given[self._end :]]).strip()

    def _step(self, at: int) -> int:
        """Writes what begins at a piece; returns the index behind it."""
        found, piece = self._found, self._found[at]
        phrase, exact = loose().longest(found, at), phrases().longest(found, at)
        if exact and exact[0][0] in _EXACT and exact[1] > (phrase[1] if phrase else at + 1):
            return exact[1]
        for reads in self._readers:
            read = reads(found, at)
            if read:
                return self._replace(at, *read)
        if phrase and not ("rs_" in phrase[0][1] and phrase[1] < len(found) and found[phrase[1]].text in _LASTING):
            return self._replace(at, f" {phrase[0][1]} ", phrase[1])
        bands = band(found, at)
        if bands:
            self._bands, behind = bands
            return self._replace(at, "", behind)
        if self._bands and piece.text in SIDES:
            return self._replace(at, f" {SIDES[piece.text]}({self._bands})", at + 1)
        if is_average(found, at):
            return self._insert(at, " average ")
        if self._unknown < _MOST_UNKNOWN and is_unknown(piece):
            self._unknown += 1
            right = spelled(piece)
            return self._replace(at, right, at + 1) if right else at + 1
        return at + 1

    def _replace(self, at: int, text: str, behind: int) -> int:
        self._written += [self._given[self._end : self._found[at].at], text]
        self._end = self._found[behind - 1].end
        return behind

    def _insert(self, at: int, text: str) -> int:
        self._written += [self._given[self._end : self._found[at].end], text]
        self._end = self._found[at].end
        return at + 1

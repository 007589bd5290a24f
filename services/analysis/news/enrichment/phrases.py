"""Finds many phrases in a text at once: Aho-Corasick (Aho and Corasick, 1975), then the longest of those that overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import ahocorasick

from services.analysis.news.enrichment.wording import Wording, is_hangul, is_spelled

M = TypeVar("M")
Case = Literal["any", "initial", "exact"]
"""Which capitals the text must have: any, those of a name (the first letter), or the same."""


@dataclass(frozen=True, slots=True)
class Phrase(Generic[M]):
    """Words to look for, and what they stand for."""

    text: str
    meaning: M
    case: Case = "any"


@dataclass(frozen=True, slots=True)
class Match(Generic[M]):
    """A phrase at a place of a text."""

    start: int
    end: int
    meaning: M


class Phrases(Generic[M]):
    """An automaton over phrases. It takes time linear in the text and in what is found, whatever the number of phrases."""

    def __init__(self, phrases: Iterable[Phrase[M]], bounded: Callable[[Wording, int, int], bool]) -> None:
        self._bounded = bounded
        grouped: dict[str, list[Phrase[M]]] = {}
        for phrase in phrases:
            grouped.setdefault(phrase.text.lower(), []).append(phrase)
        self._automaton = ahocorasick.Automaton()
        for words, entries in grouped.items():
            self._automaton.add_word(words, tuple(entries))
        self._automaton.make_automaton()
        self._empty = not grouped

    def find(self, wording: Wording) -> list[Match[M]]:
        """What the text holds, from left to right. Of matches that overlap the first counts, of those at one place the longest."""
        if self._empty:
            return []
        found: list[tuple[int, int, tuple[Phrase[M], ...]]] = []
        for last, entries in self._automaton.iter(wording.lower):
            start, end = last + 1 - len(entries[0].text), last + 1
            if self._bounded(wording, start, end):
                found.append((start, -end, entries))
        matches: list[Match[M]] = []
        reached = 0
        for start, negative_end, entries in sorted(found, key=lambda each: each[:2]):
            if start < reached:
                continue
            written = wording.text[start:-negative_end]
            same = [each for each in entries if _written(each, written)]
            if same:
                matches += [Match(start, -negative_end, each.meaning) for each in same]
                reached = -negative_end
        return matches


def _written(phrase: Phrase[M], written: str) -> bool:
    if phrase.case == "exact":
        return written == phrase.text
    return phrase.case == "any" or not phrase.text[0].isupper() or written[0].isupper()


def whole_word(wording: Wording, start: int, end: int) -> bool:
    """A boundary of topics and cues: a word of Latin letters stands alone, one of Hangul may be part of a compound.

    >>> from services.analysis.news.enrichment.wording import read_wording
    >>> text = read_wording("AI반도체주 chips")
    >>> whole_word(text, 0, 2), whole_word(text, 2, 5), whole_word(text, 7, 11)
    (True, True, False)
    """
    first, last = wording.text[start], wording.text[end - 1]
    before = is_hangul(first) or not first.isalnum() or start == 0 or not is_spelled(wording.text[start - 1])
    after = is_hangul(last) or not last.isalnum() or end == len(wording.text) or not is_spelled(wording.text[end])
    return before and after

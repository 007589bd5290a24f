"""Finding the phrases of the lexicon in pieces of a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Final

from shared.conditions.events import events
from shared.conditions.lexicon import AVERAGES, COLUMNS, EXPRESSIONS, NAMES, PERIOD, PHRASES, SIDED, UNITS, WEEKDAYS
from shared.conditions.lexicon import RULES as RULE_WORDS
from shared.conditions.names import RULES
from shared.conditions.scanning import Piece
from shared.conditions.vocabulary import stems

Meaning = tuple[str, str]
Accepts = Callable[[Meaning, Sequence[Piece]], bool]
_COUNT: Final = re.compile(r"([0-9])(?=[가-힣])")


class Table:
    """Phrases with their meanings."""

    def __init__(self) -> None:
        self._meanings: dict[tuple[str, ...], list[Meaning]] = {}
        self._sizes: dict[str, list[int]] = {}
        """The lengths of the phrases that begin with a word, the longest first."""

    def add(self, texts: Iterable[str], meaning: Meaning) -> None:
        """Add phrases with one meaning; a phrase may have several."""
        for text in texts:
            key = tuple(_COUNT.sub(r"\1 ", text).split())
            if not key:
                continue
            meanings = self._meanings.setdefault(key, [])
            if meaning not in meanings:
                meanings.append(meaning)
            sizes = self._sizes.setdefault(key[0], [])
            if len(key) not in sizes:
                sizes.append(len(key))
                sizes.sort(reverse=True)

    def begins(self, word: str) -> bool:
        """Whether a phrase begins with a word."""
        return word in self._sizes

    def longest(self, pieces: Sequence[Piece], at: int, accepts: Accepts | None = None) -> tuple[Meaning, int] | None:
        """The meaning of the longest phrase that begins at an index, and the index behind it."""
        sizes = self._sizes.get(pieces[at].text) if at < len(pieces) else None
        if sizes is None:
            return None
        texts = tuple([piece.text for piece in pieces[at : at + sizes[0]]])
        for size in sizes:
            for meaning in self._meanings.get(texts[:size], ()):
                part = pieces[at : at + size]
                if accepts is None or accepts(meaning, part):
                    return meaning, at + len(part)
        return None

    def words(self) -> set[str]:
        """All words of the phrases."""
        return {word for key in self._meanings for word in key}


@cache
def phrases() -> Table:
    """All phrases with their meanings."""
    found = Table()
    for meaning, text in PHRASES.items():
        found.add(text, meaning)
    for name, text in NAMES.items():
        found.add(text, ("NAME", name))
    for alias in COLUMNS:
        spaced = alias.replace("_", " ")
        found.add([spaced] if spaced != alias and not alias.startswith("prev_") else [], ("NAME", alias))  # 'prev x' is one bar ago
    for name, text in SIDED.items():
        found.add(text, ("SIDED", name))
    for number, (_, text) in enumerate(WEEKDAYS.items(), 1):
        found.add(text, ("WEEKDAY", str(number)))
    for stem in stems():
        found.add([stem.replace("_", " ")] if "_" in stem else [], ("NAME", stem))
    worded = {text for texts in RULE_WORDS.values() for text in texts}
    for rule in events():
        spaced = rule.replace("_", " ")
        found.add([rule] if spaced in worded else [spaced, rule], ("RULE", rule))
        if rule in RULES:
            found.add(
                [
                    RULES[rule][1],
                    RULES[rule][1].replace(" ", ""),
                    *([] if spaced in worded else [RULES[rule][0].lower().replace("-", " ")]),
                ],
                ("RULE", rule),
            )
    for rule, text in RULE_WORDS.items():
        found.add(text, ("RULE" if rule in events() else "RULE_WAY", rule))
    for expression, text in EXPRESSIONS.items():
        found.add(text, ("EXPRESSION", expression))
    return found


@cache
def averages() -> Table:
    """What may follow a number of bars."""
    found = Table()
    for name, text in AVERAGES.items():
        found.add(text, ("NAME", name))
    return found


@cache
def periods() -> Table:
    """``day``, ``-bar``, ``일``: between a number and an average."""
    found = Table()
    found.add(PERIOD, ("PERIOD", ""))
    return found


@cache
def units() -> Table:
    """What multiplies a number."""
    found = Table()
    for factor, text in UNITS.items():
        found.add(text, ("UNIT", str(factor)))
    return found

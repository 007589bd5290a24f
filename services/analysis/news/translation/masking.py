"""Puts marks in the place of what a translator must not change: amounts, names of products and models, tickers, instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.analysis.news.enrichment.proper_names import Span
from services.analysis.news.translation.amounts import find_amount
from services.analysis.news.translation.particles import agreeing

MARK: Final = "ZX"
"""A mark is this with a number and a letter: translation models copy such a word."""
_INSIDE: Final = frozenset("-./&'")
"""Signs that join letters and digits to one name: F-35, A/B2."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with marks ``ZX0Q``, ``ZX1Q``, ..., and what each stands for."""

    text: str
    stands_for: tuple[str, ...]

    def restore(self, answer: str, *, korean: bool) -> str:
        """The answer with what its marks stand for. Each is in it exactly once."""
        pieces = []
        for index in sorted(range(len(self.stands_for)), key=lambda each: -answer.rfind(mark(each))):
            before, _, after = answer.rpartition(mark(index))
            pieces.append(agreeing(self.stands_for[index], after) if korean else after)
            pieces.append(self.stands_for[index])
            answer = before
        return answer + "".join(reversed(pieces))


def mark(index: int) -> str:
    """The mark of that number; none is the beginning of another one.

    >>> mark(0), mark(12)
    ('ZX0Q', 'ZX12Q')
    """
    return f"{MARK}{index}Q"


def mask(text: str, names: Sequence[Span], *, korean: bool) -> Masked:
    """Mask the names and everything with a digit. ``korean``: amounts are written in Korean, else they stay.

    >>> found = mask("Nvidia rose 3.5% to $190.52 after F-35 sale of $1.2 billion", [Span(0, 6, "엔비디아")], korean=True)
    >>> found.text
    'ZX0Q rose ZX1Q to ZX2Q after ZX3Q sale of ZX4Q'
    >>> found.stands_for
    ('엔비디아', '3.5%', '190.52달러', 'F-35', '12억 달러')
    """
    spans = sorted(names, key=lambda each: each.start)
    found: list[Span] = []
    position = 0
    for name in [*spans, Span(len(text), len(text), "")]:
        if name.start < position:
            continue
        found += _with_digits(text, position, name.start, korean=korean)
        if name.start < len(text):
            found.append(name)
        position = max(name.end, found[-1].end if found else 0)
    pieces, position = [], 0
    for index, span in enumerate(found):
        pieces += [text[position : span.start], mark(index)]
        position = span.end
    return Masked("".join([*pieces, text[position:]]), tuple(each.instead for each in found))


def _with_digits(text: str, start: int, end: int, *, korean: bool) -> list[Span]:
    found: list[Span] = []
    position = start
    while position < end:
        if not text[position].isdecimal():
            position += 1
            continue
        span = _identifier(text, position, start)
        if span is None:
            amount = find_amount(text, position)
            left = max(amount.start, found[-1].end if found else start)
            span = Span(left, amount.end, amount.korean if korean else text[left : amount.end])
        found.append(span)
        position = span.end
    return found


def _identifier(text: str, digit: int, lowest: int) -> Span | None:
    """The word around a digit, if it begins with a letter or letters follow its digits at once: H200, F-35, 3nm."""
    start = digit
    while start > lowest and (
        _letter(text[start - 1]) or (text[start - 1] in _INSIDE and start - 1 > lowest and _letter(text[start - 2]))
    ):
        start -= 1
    end = digit
    while end < len(text) and (_letter(text[end]) or (text[end] in "-." and start < digit and text[end + 1 : end + 2].isdecimal())):
        end += 1
    amount = find_amount(text, digit)
    if start == digit and (text[digit:end].isdecimal() or amount.end >= end):
        return None
    return Span(start, end, text[start:end])


def _letter(character: str) -> bool:
    return character.isascii() and character.isalnum()

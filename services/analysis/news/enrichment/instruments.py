"""Which instruments a text names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.analysis.news.enrichment.known import KnownInstrument, NameLine
from services.analysis.news.enrichment.particles import ends_name
from services.analysis.news.enrichment.phrases import Case, Match, Phrase, Phrases
from services.analysis.news.enrichment.tickers import Tickers
from services.analysis.news.enrichment.wording import Wording, is_hangul, is_spelled

Reason = Literal["ticker", "name", "alias", "feed"]
NEAR: Final = 90
"""Characters on either side of a name in which the words of its line are looked for."""
ACRONYM: Final = 4
"""A name of at most so many capitals is one only in capitals: AMD, KT, HMM."""
_AMOUNTS: Final = frozenset(["billion", "million", "trillion", "thousand", "bn", "mn", "억", "조", "만", "천", "백", "십"])


@dataclass(frozen=True, slots=True)
class _Name:
    symbol: str | None
    reason: Reason
    line: NameLine


@dataclass(frozen=True, slots=True)
class Named:
    """An instrument that a text names, why, and where."""

    symbol: str
    reason: Reason
    found: str
    start: int


class InstrumentNames:
    """Finds instruments by ticker and by name."""

    def __init__(self, instruments: Sequence[KnownInstrument], lines: Iterable[NameLine]) -> None:
        self.symbols: Final = frozenset(each.symbol for each in instruments)
        self._tickers = Tickers(each.symbol for each in instruments if each.kind in {"stock", "etf"})
        self._names: Phrases[_Name] = Phrases(_phrases(instruments, [*lines]), whole_name)

    def find(self, wording: Wording, language: str, hinted: Collection[str] = ()) -> list[Named]:
        """The instruments that the text names, each where it is named first; ``hinted`` says what it may be about."""
        by_symbol: dict[str, Named] = {}
        for each in self.mentions(wording, language, hinted):
            by_symbol.setdefault(each.symbol, each)
        return [*by_symbol.values()]

    def mentions(self, wording: Wording, language: str, hinted: Collection[str] = ()) -> list[Named]:
        """Every place where the text names an instrument, in order; a place that is a ticker and a name counts as a ticker."""
        found = [
            Named(each.meaning, "ticker", wording.text[each.start : each.end], each.start) for each in self._tickers.find(wording)
        ]
        sure = {each.symbol for each in found} | {*hinted}
        for match in self._names.find(wording):
            name = match.meaning
            if name.symbol is not None and _means(name.line, match, wording, language, name.symbol in sure):
                found.append(Named(name.symbol, name.reason, wording.text[match.start : match.end], match.start))
        places: dict[int, Named] = {}
        for each in found:
            places.setdefault(each.start, each)
        return [places[start] for start in sorted(places)]


def _phrases(instruments: Sequence[KnownInstrument], lines: Sequence[NameLine]) -> list[Phrase[_Name]]:
    official = {(each.symbol, name.lower()) for each in instruments for name in (each.name_en, each.name_ko)}
    known = {each.symbol for each in instruments}
    reviewed = [(line, name) for line in lines if line.symbol is None or line.symbol in known for name in line.names]
    taken = {(line.symbol, name.lower()) for line, name in reviewed}
    names = [
        (NameLine(names=(), symbol=each.symbol), name)
        for each in instruments
        for name in dict.fromkeys((each.name_en, each.name_ko, *each.aliases))
        if name.strip() and (each.symbol, name.lower()) not in taken
    ]
    return [
        Phrase(
            name,
            _Name(line.symbol, "name" if (line.symbol, name.lower()) in official else "alias", line),
            "exact" if line.exact else _case(name),
        )
        for line, name in (*reviewed, *names)
    ]


def _case(name: str) -> Case:
    """A name of several words may be written without capitals; of one word it may not: apple is no company."""
    if len(name) <= ACRONYM and name.isascii() and name.isupper():
        return "exact"
    return "any" if " " in name else "initial"


def whole_name(wording: Wording, start: int, end: int) -> bool:
    """Whether a name stands alone, with a Korean particle, or is one of Hangul before another script."""
    text = wording.text
    first, last = text[start], text[end - 1]
    if first.isalnum() and start and (is_spelled(text[start - 1]) or (is_hangul(text[start - 1]) and is_hangul(first))):
        return False
    if not last.isalnum() or end == len(text):
        return True
    if is_hangul(text[end]):
        return ends_name(text, end)
    return not is_spelled(text[end]) or is_hangul(last)  # 갤럭시S26, 애플TV


def _means(line: NameLine, match: Match[_Name], wording: Wording, language: str, sure: bool) -> bool:
    if line.language and line.language != language:
        return False
    if line.amounts and _behind_amount(wording.lower, match.start):
        return False
    if not line.needs and not line.unless:
        return True
    around = wording.lower[max(0, match.start - NEAR) : match.start] + " \0 " + wording.lower[match.end : match.end + NEAR]
    spaced = " " + "".join(each if each.isalnum() or each in "&'" else " " for each in around)
    whole = wording.lower[max(0, match.start - NEAR) : match.end + NEAR]
    if any(_near(word, spaced, whole) for word in line.unless):
        return False
    return sure or not line.needs or any(_near(word, spaced, whole) for word in line.needs)


def _near(word: str, spaced: str, whole: str) -> bool:
    return word in whole if is_hangul(word[0]) or " " in word.strip() else f" {word}" in spaced


def _behind_amount(text: str, start: int) -> bool:
    """Whether what is before is an amount.

    >>> [_behind_amount(text, text.index("yen")) for text in ("paid 43 billion yen", "5yen", "weak yen")]
    [True, True, False]
    """
    before = text[:start].rstrip()
    return before[-1:].isdigit() or before.rpartition(" ")[2] in _AMOUNTS or before[-1:] in _AMOUNTS

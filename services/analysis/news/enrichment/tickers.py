"""Tickers in texts: ``$AAPL``, ``(AAPL)``, ``NYSE: F``, ``[005930]``, ``005930.KS``, and bare ones that are no words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from services.analysis.news.enrichment.data_files import read_text
from services.analysis.news.enrichment.phrases import Match, Phrase, Phrases
from services.analysis.news.enrichment.wording import Wording, is_spelled

SHORTEST_BARE: Final = 3
"""Letters of a ticker that counts without a sign: one and two letters stand for too much else."""
WORDS: Final = frozenset(read_text("ticker_words.txt").split())
"""Tickers that are words or abbreviations of something else: they need a sign."""
_OPENING: Final = ("(", "[", "{")
_CLOSING: Final = frozenset(")]}")
_EXCHANGES: Final = ("NASDAQ", "NYSE", "NYSEARCA", "AMEX", "KRX", "KOSPI", "KOSDAQ", "코스피", "코스닥")


class Tickers:
    """Finds the tickers of the given symbols."""

    def __init__(self, symbols: Iterable[str]) -> None:
        self._by_ticker: Mapping[str, str] = {name: symbol for symbol in symbols for name in (symbol, symbol.partition(".")[0])}
        phrases = [Phrase(name, name, case="exact") for name in self._by_ticker]
        self._phrases: Phrases[str] = Phrases(phrases, _alone)

    def find(self, wording: Wording) -> list[Match[str]]:
        """The symbols whose tickers are in the text, with the place of the ticker."""
        return [
            Match(each.start, each.end, self._by_ticker[each.meaning])
            for each in self._phrases.find(wording)
            if _marked(wording.text, each.start, each.end) or _unmistakable(each.meaning)
        ]


def _alone(wording: Wording, start: int, end: int) -> bool:
    text = wording.text
    return not (start and is_spelled(text[start - 1])) and not (end < len(text) and is_spelled(text[end]))


def _marked(text: str, start: int, end: int) -> bool:
    """Whether a sign says that it is a ticker.

    >>> [_marked(f"{before}F{after}", len(before), len(before) + 1) for before, after in (
    ...     ("buy $", " now"), ("Ford (", ")"), ("Ford (NYSE: ", ") up"), ("NYSE:", ""), ("an ", ", said"), ("(grade ", ")"))]
    [True, True, True, True, False, False]
    """
    before = text[max(0, start - 14) : start]
    if before.endswith("$"):
        return True
    closed = text[end : end + 1] in _CLOSING
    if before.endswith(_OPENING):
        return closed
    exchange, colon, _ = before.rstrip().rpartition(":")
    return bool(colon) and exchange.rstrip().upper().endswith(_EXCHANGES)


def _unmistakable(ticker: str) -> bool:
    """Whether it counts without a sign: it has a suffix or is long enough, and is no word."""
    return "." in ticker or (len(ticker) >= SHORTEST_BARE and ticker.isascii() and ticker.isalpha() and ticker not in WORDS)

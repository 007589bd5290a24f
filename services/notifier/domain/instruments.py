"""Finds instruments by what people type: symbol, English or Korean name, alias; suggests near ones for typing errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from shared.text import ELLIPSIS
from shared.text import fold_case as caseless

LONGEST = 64
"""Characters of a question that are looked at: what is longer is nobody's symbol or name."""
SIGNS = frozenset("^=.-&" + ELLIPSIS)
"""Signs that tell names apart; with the mark of a cut, so that the beginning of a longer text is nobody's name."""


@dataclass(frozen=True)
class Instrument:
    """What the notifier knows about a symbol."""

    symbol: str
    name_en: str
    name_ko: str
    currency: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Industry:
    """A group of instruments."""

    slug: str
    name_en: str
    name_ko: str


def industry(text: str, known: Iterable[Industry]) -> Industry | None:
    """The industry that is called so, or None.

    >>> chips = Industry("semiconductors", "Semiconductors", "반도체")
    >>> industry("반도체", [chips]) is industry(" Semiconductors", [chips]) is chips
    True
    """
    wanted = search_key(text)
    return next((one for one in known if wanted in {search_key(name) for name in (one.slug, one.name_en, one.name_ko)}), None)


def unknown_instrument(symbol: str) -> Instrument:
    """Stands in for a symbol that the table does not have (yet)."""
    return Instrument(symbol, "", "")


class InstrumentIndex:
    """All instruments, searchable."""

    def __init__(self, instruments: Iterable[Instrument] = ()) -> None:
        self._by_symbol: dict[str, Instrument] = {}
        self._by_name: dict[str, Instrument] = {}
        for found in instruments:
            self._by_symbol[found.symbol] = found
            short = found.symbol.split(".")[0].lstrip("^").split("=")[0].split("-")[0]
            for name in (found.symbol, found.name_en, found.name_ko, *found.aliases, short):
                if search_key(name):
                    self._by_name.setdefault(search_key(name), found)

    def __len__(self) -> int:
        return len(self._by_symbol)

    def get(self, symbol: str) -> Instrument:
        """The instrument of exactly this symbol; ``unknown_instrument`` where it is not known."""
        return self._by_symbol.get(symbol) or unknown_instrument(symbol)

    def find(self, text: str) -> Instrument | None:
        """The instrument that is called so, or None.

        >>> index = InstrumentIndex([Instrument("005930.KS", "Samsung Electronics", "삼성전자", aliases=("Samsung",))])
        >>> [index.find(name).symbol for name in ("삼성 전자", "samsung", "005930")]
        ['005930.KS', '005930.KS', '005930.KS']
        """
        return self._by_name.get(search_key(text))

    def suggestions(self, text: str, most: int = 3) -> list[Instrument]:
        """Instruments whose names look like it, the likeliest first: names that begin so, then those that are spelled alike."""
        wanted = search_key(text)
        if not wanted:
            return []
        begun = [name for name in self._by_name if name.startswith(wanted)] if len(wanted) > 1 else []
        alike = difflib.get_close_matches(wanted, self._by_name, n=most * 2, cutoff=0.6)
        found: dict[str, Instrument] = {}
        for name in (*sorted(begun, key=len), *alike):
            found.setdefault(self._by_name[name].symbol, self._by_name[name])
        return list(found.values())[:most]

    def resolve(self, text: str, most: int = 20) -> tuple[list[Instrument], list[str]]:
        """The instruments named in a line, and the words that name none.

        The whole line is tried as one name first; then commas part it, then spaces.
        """
        whole = self.find(text)
        if whole:
            return [whole], []
        found: dict[str, Instrument] = {}
        missing: list[str] = []
        for part in (part.strip() for part in text.split(",")):
            named = self.find(part)
            for word in [part] if named else part.split():
                hit = named or self.find(word)
                if hit:
                    found[hit.symbol] = hit
                elif word:
                    missing.append(word)
        return list(found.values())[:most], missing[:most]


def search_key(name: str) -> str:
    """A name as it is looked for: in normal form, without case, spaces and most signs.

    >>> search_key("\u1109\u1161\u11b7\u1109\u1165\u11bc ３")
    '삼성3'
    """
    return "".join(c for c in caseless(name, LONGEST) if c.isalnum() or c in SIGNS).rstrip(".")

"""Finds instruments by symbol, English or Korean name, or alias; suggests similar names for typing errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from shared.text import ELLIPSIS
from shared.text import fold_case as caseless

LONGEST = 64
"""Longest symbol or name; characters of a query beyond it are ignored."""
CHOSEONG = 0x1100
"""The first conjoining initial consonant; there are 19."""
HANGUL, LAST_HANGUL = 0xAC00, 0xD7A3
SIGNS = frozenset("^=.-&" + ELLIPSIS)
"""Signs that distinguish names. The ellipsis of a shortened text is among them: its beginning must not match a name."""


@dataclass(frozen=True)
class KnownInstrument:
    """An instrument with its names."""

    symbol: str
    name_en: str
    name_ko: str
    currency: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownIndustry:
    """A group of instruments."""

    slug: str
    name_en: str
    name_ko: str


def industry(text: str, known: Iterable[KnownIndustry]) -> KnownIndustry | None:
    """The industry with this name, or None.

    >>> chips = KnownIndustry("semiconductors", "Semiconductors", "반도체")
    >>> industry("반도체", [chips]) is industry(" Semiconductors", [chips]) is chips
    True
    """
    wanted = search_key(text)
    return next((one for one in known if wanted in {search_key(name) for name in (one.slug, one.name_en, one.name_ko)}), None)


def unknown_instrument(symbol: str) -> KnownInstrument:
    """Placeholder for a symbol that is not in the table of instruments."""
    return KnownInstrument(symbol, "", "")


class InstrumentIndex:
    """All instruments, searchable by name."""

    def __init__(self, instruments: Iterable[KnownInstrument] = ()) -> None:
        self._by_symbol: dict[str, KnownInstrument] = {}
        self._by_name: dict[str, KnownInstrument] = {}
        self._by_initials: dict[str, list[KnownInstrument]] = {}
        for found in instruments:
            self._by_symbol[found.symbol] = found
            for name in dict.fromkeys(initials(name) for name in (found.name_ko, *found.aliases)):
                if len(name) > 1:
                    self._by_initials.setdefault(name, []).append(found)
            short = found.symbol.split(".")[0].lstrip("^").split("=")[0].split("-")[0]
            for name in (found.symbol, found.name_en, found.name_ko, *found.aliases, short):
                if search_key(name):
                    self._by_name.setdefault(search_key(name), found)

    def __len__(self) -> int:
        return len(self._by_symbol)

    def get(self, symbol: str) -> KnownInstrument:
        """The instrument with exactly this symbol, else ``unknown_instrument``."""
        return self._by_symbol.get(symbol) or unknown_instrument(symbol)

    def find(self, text: str) -> KnownInstrument | None:
        """The instrument with this name, or None.

        >>> index = InstrumentIndex([KnownInstrument("005930.KS", "Samsung Electronics", "삼성전자", aliases=("Samsung",))])
        >>> [index.find(name).symbol for name in ("삼성 전자", "samsung", "005930")]
        ['005930.KS', '005930.KS', '005930.KS']
        """
        wanted = search_key(text)
        same = self._by_initials.get(wanted, [])
        return self._by_name.get(wanted) or (same[0] if len(same) == 1 else None)

    def suggestions(self, text: str, limit: int = 3) -> list[KnownInstrument]:
        """Instruments with similar names, best match first: names with this prefix, then names with similar spelling.

        Initial consonants match the names that begin with them.

        >>> index = InstrumentIndex([KnownInstrument("005930.KS", "Samsung Electronics", "삼성전자")])
        >>> index.suggestions("ㅅㅅ")[0].symbol, index.find("ㅅㅅㅈㅈ").symbol
        ('005930.KS', '005930.KS')
        """
        wanted = search_key(text)
        if not wanted:
            return []
        if _is_initials(wanted):
            near = sorted((name for name in self._by_initials if name.startswith(wanted)), key=len)
            return list({each.symbol: each for name in near for each in self._by_initials[name]}.values())[:limit]
        prefixed = [name for name in self._by_name if name.startswith(wanted)] if len(wanted) > 1 else []
        similar = difflib.get_close_matches(wanted, self._by_name, n=limit * 2, cutoff=0.6)
        found: dict[str, KnownInstrument] = {}
        for name in (*sorted(prefixed, key=len), *similar):
            found.setdefault(self._by_name[name].symbol, self._by_name[name])
        return list(found.values())[:limit]

    def resolve(self, text: str, limit: int = 20) -> tuple[list[KnownInstrument], list[str]]:
        """The instruments named in a line, and the words that are no names.

        The whole line is tried as one name first; then it is split at commas, then at spaces.
        """
        whole = self.find(text)
        if whole:
            return [whole], []
        found: dict[str, KnownInstrument] = {}
        missing: list[str] = []
        for part in (part.strip() for part in text.split(",")):
            named = self.find(part)
            for word in [part] if named else part.split():
                hit = named or self.find(word)
                if hit:
                    found[hit.symbol] = hit
                elif word:
                    missing.append(word)
        return list(found.values())[:limit], missing[:limit]


def initials(name: str) -> str:
    """The initial consonants of the Hangul in a name, as ``search_key`` leaves typed ones: conjoining jamo.

    >>> initials("삼성전자") == search_key("ㅅㅅㅈㅈ")
    True
    """
    return "".join(chr(CHOSEONG + (ord(c) - HANGUL) // 588) for c in search_key(name) if HANGUL <= ord(c) <= LAST_HANGUL)


def _is_initials(key: str) -> bool:
    return all(CHOSEONG <= ord(c) < CHOSEONG + 19 for c in key)


def search_key(name: str) -> str:
    """The normal form of a name for lookups: without case, spaces and most signs.

    >>> search_key("\u1109\u1161\u11b7\u1109\u1165\u11bc ３")
    '삼성3'
    """
    return "".join(c for c in caseless(name, LONGEST) if c.isalnum() or c in SIGNS).rstrip(".")

"""The universe: which instruments and industries exist. It is data, reviewed as data; this file only checks it.

The file holds one JSON object a line, so that an error and a change each have a line of their own. Lines with ``"industry"`` come
before the instruments that name them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import msgspec

from shared.calendars import CALENDARS

Kind = Literal["index", "future", "stock", "etf", "fx", "crypto"]


class UniverseError(ValueError):
    """The universe is not usable; the message names the line, the field and the value."""


class Industry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of business that people know from their own lives."""

    industry: str
    """Slug: lower-case letters and hyphens."""
    name_en: str
    name_ko: str


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something with a price."""

    symbol: str
    """As Yahoo writes it: ``AAPL``, ``005930.KS``, ``^GSPC``, ``ES=F``, ``BTC-USD``."""
    name_en: str
    name_ko: str
    exchange: str
    """Key of ``shared.calendars.CALENDARS``: whose sessions it trades in (NYSE stands for NYSE Arca and Cboe too)."""
    currency: str
    kind: Kind
    sector: str = ""
    industries: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Further names that news use."""


@dataclass(frozen=True)
class Universe:
    """All industries and instruments, in the order of the file."""

    industries: tuple[Industry, ...]
    instruments: tuple[Instrument, ...]

    def find(self, symbol: str) -> Instrument | None:
        """The instrument of that symbol, or None."""
        return next((each for each in self.instruments if each.symbol == symbol), None)


_LIMITS: Final = {"industry": 48, "name_en": 96, "name_ko": 96, "symbol": 32, "currency": 8, "sector": 64}
_SLUG: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_SYMBOL: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.^=-")


def parse_universe(lines: Iterable[str], name: str = "universe") -> Universe:
    """Read and check a universe.

    Raises:
        UniverseError: a line is no JSON object, lacks a field, has an unknown one, or holds a value that cannot be right.

    >>> text = '{"symbol": "AAPL", "name_en": "Apple", "name_ko": "애플", "exchange": "MOON", "currency": "USD", "kind": "stock"}'
    >>> parse_universe([text])
    Traceback (most recent call last):
    ...
    services.ingest.domain.universe.UniverseError: universe line 1: exchange 'MOON' is none of NYSE, NASDAQ, KRX, CME, FX, CRYPTO
    """
    industries: dict[str, Industry] = {}
    instruments: dict[str, Instrument] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{name} line {number}"
        entry = _decode(line, where)
        if isinstance(entry, Industry):
            _check_texts(entry, where, _SLUG, "industry")
            if entry.industry in industries:
                raise UniverseError(f"{where}: industry {entry.industry!r} is there twice")
            industries[entry.industry] = entry
        else:
            _check_instrument(entry, where, industries)
            if entry.symbol in instruments:
                raise UniverseError(f"{where}: symbol {entry.symbol!r} is there twice")
            instruments[entry.symbol] = entry
    if not instruments:
        raise UniverseError(f"{name}: there is no instrument in it")
    return Universe(tuple(industries.values()), tuple(instruments.values()))


def _decode(line: str, where: str) -> Industry | Instrument:
    try:
        found: Any = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise UniverseError(f"{where}: not JSON: {error}: {line.strip()[:80]!r}") from error
    if not isinstance(found, dict):
        raise UniverseError(f"{where}: an object is wanted, not {found!r}")
    kind = found.get("kind")
    if "industry" not in found and kind is not None and kind not in get_args(Kind):
        raise UniverseError(f"{where}: kind {kind!r} is none of {', '.join(get_args(Kind))}")
    try:
        return msgspec.convert(found, Industry) if "industry" in found else msgspec.convert(found, Instrument)
    except msgspec.ValidationError as error:
        raise UniverseError(f"{where}: {error}: {line.strip()[:80]!r}") from error


def _check_texts(entry: Industry | Instrument, where: str, letters: frozenset[str], key: str) -> None:
    for field, limit in _LIMITS.items():
        value = getattr(entry, field, None)
        if value is None or (field == "sector" and value == ""):
            continue
        if not value or value != value.strip() or len(value) > limit:
            raise UniverseError(f"{where}: {field} {value!r} must have 1 to {limit} letters without spaces around them")
    name = getattr(entry, key)
    if not letters.issuperset(name):
        raise UniverseError(f"{where}: {key} {name!r} has letters that a {key} cannot have")


def _check_instrument(entry: Instrument, where: str, industries: dict[str, Industry]) -> None:
    _check_texts(entry, where, _SYMBOL, "symbol")
    if entry.exchange not in CALENDARS:
        raise UniverseError(f"{where}: exchange {entry.exchange!r} is none of {', '.join(CALENDARS)}")
    if len(entry.currency) != 3 or not entry.currency.isalpha() or not entry.currency.isupper():
        raise UniverseError(f"{where}: currency {entry.currency!r} is no code of three capital letters")
    for industry in entry.industries:
        if industry not in industries:
            raise UniverseError(f"{where}: industries {industry!r} is no industry of this file")
    for field in ("industries", "aliases"):
        values = getattr(entry, field)
        if len(set(values)) != len(values) or not all(value.strip() for value in values):
            raise UniverseError(f"{where}: {field} {list(values)!r} holds an empty name or one twice")

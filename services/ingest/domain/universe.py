"""The universe: the instruments, industries and markets that exist. It is a data file; this module parses and checks it.

The file holds one JSON object per line, so that errors and changes refer to single lines. Lines with ``"industry"`` come before
the instruments that name them; lines with ``"market"`` may be anywhere, and their order counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import msgspec

from shared.calendars import CALENDARS
from shared.data_lines import DataLineError, convert, read_object

InstrumentKind = Literal["index", "future", "stock", "etf", "fx", "crypto"]


class UniverseError(ValueError):
    """The universe is not usable; the message names the line, the field and the value."""


class Industry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of business, in everyday terms."""

    industry: str
    """Slug: lower-case letters and hyphens."""
    name_en: str
    name_ko: str


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of instruments, by exchange and suffix of the symbol.

    The benchmarks of an instrument are those of the first market that contains it.
    """

    market: str
    """Slug; different from every industry's."""
    name_en: str
    name_ko: str
    exchanges: tuple[str, ...]
    suffix: str = ""
    """Suffix of the symbols, if the exchange is not specific enough: ``.KQ``."""
    benchmarks: tuple[str, ...] = ()
    """Symbols of this file in order of preference: a later one is used if those before have no prices."""


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stock, fund, index, future, currency pair or crypto asset whose prices are read."""

    symbol: str
    """As Yahoo writes it: ``AAPL``, ``005930.KS``, ``^GSPC``, ``ES=F``, ``BTC-USD``."""
    name_en: str
    name_ko: str
    exchange: str
    """Key of ``shared.calendars.CALENDARS``: the calendar of its sessions (NYSE includes NYSE Arca and Cboe)."""
    currency: str
    kind: InstrumentKind
    sector: str = ""
    industries: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names used in news."""
    negative: bool = False
    """Whether its price may be 0 or below, as that of crude oil was on 2020-04-20. Futures only."""


@dataclass(frozen=True)
class Universe:
    """All industries, instruments and markets, in the order of the file."""

    industries: tuple[Industry, ...]
    instruments: tuple[Instrument, ...]
    markets: tuple[Market, ...] = ()

    def find(self, symbol: str) -> Instrument | None:
        """The instrument of that symbol, or None."""
        return next((each for each in self.instruments if each.symbol == symbol), None)


_LIMITS: Final = {"industry": 48, "market": 48, "name_en": 96, "name_ko": 96, "symbol": 32, "currency": 8, "sector": 64}
_SLUG: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_SYMBOL: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.^=-")


def parse_universe(lines: Iterable[str], name: str = "universe") -> Universe:
    """Read and check a universe.

    Raises:
        UniverseError: a line is not a JSON object, lacks a field, has an unknown one, or holds an invalid value.

    >>> text = '{"symbol": "AAPL", "name_en": "Apple", "name_ko": "애플", "exchange": "MOON", "currency": "USD", "kind": "stock"}'
    >>> parse_universe([text])
    Traceback (most recent call last):
    ...
    services.ingest.domain.universe.UniverseError: universe line 1: exchange 'MOON' is none of NYSE, NASDAQ, KRX, CME, FX, CRYPTO
    """
    industries: dict[str, Industry] = {}
    instruments: dict[str, Instrument] = {}
    markets: dict[str, Market] = {}
    places: dict[str, str] = {}
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
        elif isinstance(entry, Market):
            _check_market(entry, where)
            if entry.market in markets:
                raise UniverseError(f"{where}: market {entry.market!r} is there twice")
            markets[entry.market], places[entry.market] = entry, where
        else:
            _check_instrument(entry, where, industries)
            if entry.symbol in instruments:
                raise UniverseError(f"{where}: symbol {entry.symbol!r} is there twice")
            instruments[entry.symbol] = entry
    if not instruments:
        raise UniverseError(f"{name}: there is no instrument in it")
    for market in markets.values():
        if market.market in industries:
            raise UniverseError(f"{places[market.market]}: market {market.market!r} is an industry too")
        for symbol in market.benchmarks:
            if symbol not in instruments:
                raise UniverseError(f"{places[market.market]}: benchmarks {symbol!r} is no instrument of this file")
    return Universe(tuple(industries.values()), tuple(instruments.values()), tuple(markets.values()))


def _decode(line: str, where: str) -> Industry | Market | Instrument:
    try:
        found = read_object(line)
        kind = found.get("kind")
        if "industry" not in found and "market" not in found and kind is not None and kind not in get_args(InstrumentKind):
            raise UniverseError(f"{where}: kind {kind!r} is none of {', '.join(get_args(InstrumentKind))}")
        if "industry" in found:
            return convert(found, Industry)
        return convert(found, Market) if "market" in found else convert(found, Instrument)
    except DataLineError as error:
        raise UniverseError(f"{where}: {error}") from error


def _check_texts(entry: Industry | Market | Instrument, where: str, letters: frozenset[str], key: str) -> None:
    for field, limit in _LIMITS.items():
        value = getattr(entry, field, None)
        if value is None or (field == "sector" and value == ""):
            continue
        if not value or value != value.strip() or len(value) > limit:
            raise UniverseError(f"{where}: {field} {value!r} must have 1 to {limit} letters without spaces around them")
    name = getattr(entry, key)
    if not letters.issuperset(name):
        raise UniverseError(f"{where}: {key} {name!r} has letters that a {key} cannot have")


def _check_market(entry: Market, where: str) -> None:
    _check_texts(entry, where, _SLUG, "market")
    if not entry.exchanges or len(set(entry.exchanges)) != len(entry.exchanges):
        raise UniverseError(f"{where}: exchanges {list(entry.exchanges)!r} must name some, each once")
    for exchange in entry.exchanges:
        if exchange not in CALENDARS:
            raise UniverseError(f"{where}: exchanges {exchange!r} is none of {', '.join(CALENDARS)}")
    if len(entry.suffix) > 16 or not _SYMBOL.issuperset(entry.suffix):
        raise UniverseError(f"{where}: suffix {entry.suffix!r} is no end of a symbol of at most 16 letters")
    if len(entry.benchmarks) > 5:
        raise UniverseError(f"{where}: benchmarks {list(entry.benchmarks)!r} are more than 5")


def _check_instrument(entry: Instrument, where: str, industries: dict[str, Industry]) -> None:
    _check_texts(entry, where, _SYMBOL, "symbol")
    if entry.exchange not in CALENDARS:
        raise UniverseError(f"{where}: exchange {entry.exchange!r} is none of {', '.join(CALENDARS)}")
    if len(entry.currency) != 3 or not entry.currency.isalpha() or not entry.currency.isupper():
        raise UniverseError(f"{where}: currency {entry.currency!r} is no code of three capital letters")
    if entry.negative and entry.kind != "future":
        raise UniverseError(f"{where}: negative {entry.negative!r} is for futures, not for kind {entry.kind!r}")
    for industry in entry.industries:
        if industry not in industries:
            raise UniverseError(f"{where}: industries {industry!r} is no industry of this file")
    for field in ("industries", "aliases"):
        values = getattr(entry, field)
        if len(set(values)) != len(values) or not all(value.strip() for value in values):
            raise UniverseError(f"{where}: {field} {list(values)!r} holds an empty name or one twice")

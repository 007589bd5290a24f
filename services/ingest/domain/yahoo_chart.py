"""Yahoo's chart answer as bytes -> a checked ``Chart``, still in Yahoo's own terms.

Prices in it are Yahoo's: adjusted for every split that Yahoo knows of (also those after the range asked for), not for dividends,
in the unit that is quoted (pence stay pence). ``provider_bars`` makes raw bars of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.ingest.domain.yahoo_errors import (
    InvalidRangeError,
    MalformedError,
    NotJsonError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
    UnknownSymbolError,
    YahooError,
)

MAX_ROWS: Final = 100_000
"""More rows than any timeframe that is asked for can have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a chart; None where Yahoo says null. ``ts`` is the start of the interval in seconds."""

    ts: int
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None
    adjclose: float | None
    """Close after splits and dividends; daily charts only."""


@dataclass(frozen=True, slots=True)
class Split:
    """``ratio`` new shares for an old one, from ``ts`` (seconds) on."""

    ts: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Dividend:
    """Cash per share, adjusted for later splits; ``currency`` is empty where Yahoo does not say."""

    ts: int
    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A checked answer. Rows are as delivered: unsorted, with nulls, perhaps with a bar that is still forming."""

    symbol: str
    currency: str
    """Unit of the prices as Yahoo writes it, ``GBp`` included; empty where it does not say."""
    timezone: str
    """IANA name of the exchange's zone: daily rows are stamped in it."""
    interval: str
    price: float | None
    """Last regular price."""
    price_ts: int | None
    """Its time in seconds."""
    day_volume: float | None
    rows: tuple[Row, ...]
    daily_adjusted: bool
    """True when the rows carry adjusted closes."""
    splits: tuple[Split, ...]
    dividends: tuple[Dividend, ...]


Numbers = list[float | None]


class _Quote(msgspec.Struct):
    open: Numbers = []
    high: Numbers = []
    low: Numbers = []
    close: Numbers = []
    volume: Numbers = []


class _AdjClose(msgspec.Struct):
    adjclose: Numbers = []


class _Indicators(msgspec.Struct):
    quote: list[_Quote] = []
    adjclose: list[_AdjClose] = []


class _Meta(msgspec.Struct, rename="camel"):
    symbol: str
    currency: str | None = None
    exchange_timezone_name: str | None = None
    data_granularity: str | None = None
    regular_market_price: float | None = None
    regular_market_time: int | None = None
    regular_market_volume: float | None = None


class _Split(msgspec.Struct):
    date: int
    numerator: float
    denominator: float


class _Dividend(msgspec.Struct):
    date: int
    amount: float
    currency: str | None = None


class _Events(msgspec.Struct):
    splits: dict[str, _Split] = {}
    dividends: dict[str, _Dividend] = {}


class _Result(msgspec.Struct):
    meta: _Meta
    indicators: _Indicators
    timestamp: list[int] | None = None
    events: _Events | None = None


class _Fault(msgspec.Struct):
    code: str | None = None
    description: str | None = None


class _Body(msgspec.Struct):
    result: list[_Result] | None = None
    error: _Fault | None = None


class _Answer(msgspec.Struct):
    chart: _Body


_decoder: Final = msgspec.json.Decoder(_Answer)
_SAME: Final = {"60m": "1h"}


def read_chart(symbol: str, interval: str, status: int, body: bytes) -> Chart:
    """Check and read an answer of ``/v8/finance/chart``.

    Raises:
        YahooError: one of its types, for every answer that is not a chart of this symbol and interval.
    """
    fault = _refused(symbol, status, body)
    if fault is not None:
        raise fault
    answer = _decode(symbol, status, body)
    if answer.error is not None:
        raise _named_fault(symbol, status, answer.error)
    if not answer.result:
        raise MalformedError(symbol, "chart.result is empty and no error is named", status)
    return _checked(symbol, interval, answer.result[0])


def _refused(symbol: str, status: int, body: bytes) -> YahooError | None:
    """What the status alone, or a text in place of JSON, says."""
    start = body[:2048].lstrip()
    if status == 429 or (b"too many requests" in start.lower() and not start.startswith(b"{")):
        return RateLimitedError(symbol, "too many requests", status)
    if status >= 500 or b"Will be right back" in body[:65536]:
        return UnavailableError(symbol, "Yahoo is down", status)
    if status in {401, 403}:
        return UnauthorizedError(symbol, _described(body) or "the crumb was refused", status)
    if status == 404:
        return UnknownSymbolError(symbol, _described(body) or "no such symbol", status)
    if status in {400, 422}:
        return InvalidRangeError(symbol, _described(body) or "the range was refused", status)
    if not 200 <= status < 300:
        return UnavailableError(symbol, "unexpected status", status)
    return None


def _decode(symbol: str, status: int, body: bytes) -> _Body:
    try:
        return _decoder.decode(body).chart
    except msgspec.ValidationError as error:
        raise MalformedError(symbol, str(error), status) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what = "an HTML page" if body[:512].lstrip().startswith(b"<") else f"no JSON: {error}"
        raise NotJsonError(symbol, what, status) from error


def _described(body: bytes) -> str:
    """Yahoo's own words, where the body has some: ``chart.error`` or ``finance.error``."""
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    for outer in ("chart", "finance", "quoteResponse"):
        error = found.get(outer, {}).get("error") if isinstance(found, dict) and isinstance(found.get(outer), dict) else None
        if isinstance(error, dict):
            return str(error.get("description") or error.get("code") or "")[:200]
    return ""


def _named_fault(symbol: str, status: int, fault: _Fault) -> YahooError:
    words = f"{fault.code}: {fault.description}"[:200]
    match (fault.code or "").lower():
        case "not found":
            return UnknownSymbolError(symbol, words, status)
        case "unauthorized":
            return UnauthorizedError(symbol, words, status)
        case "unprocessable entity" | "bad request":
            return InvalidRangeError(symbol, words, status)
        case "too many requests":
            return RateLimitedError(symbol, words, status)
    return MalformedError(symbol, words, status)


def _checked(symbol: str, interval: str, result: _Result) -> Chart:
    meta = result.meta
    if meta.symbol.upper() != symbol.upper():
        raise MalformedError(symbol, f"meta.symbol is {meta.symbol!r}")
    granularity = meta.data_granularity or interval
    if _SAME.get(granularity, granularity) != _SAME.get(interval, interval):
        raise MalformedError(symbol, f"meta.dataGranularity is {granularity!r}, {interval!r} was asked for")
    events = result.events or _Events()
    rows, adjusted = _rows(symbol, result)
    return Chart(
        symbol=symbol,
        currency=meta.currency or "",
        timezone=meta.exchange_timezone_name or "UTC",
        interval=interval,
        price=meta.regular_market_price,
        price_ts=meta.regular_market_time,
        day_volume=meta.regular_market_volume,
        rows=rows,
        daily_adjusted=adjusted,
        splits=tuple(_split(symbol, split) for split in events.splits.values()),
        dividends=tuple(Dividend(each.date, each.amount, each.currency or "") for each in events.dividends.values()),
    )


def _split(symbol: str, split: _Split) -> Split:
    ratio = split.numerator / split.denominator if split.denominator > 0 else math.nan
    if not 1e-4 <= ratio <= 1e4:
        raise MalformedError(symbol, f"a split of {split.numerator!r}:{split.denominator!r}")
    return Split(split.date, ratio)


def _rows(symbol: str, result: _Result) -> tuple[tuple[Row, ...], bool]:
    times = result.timestamp or []
    if not times:
        return (), False
    if len(times) > MAX_ROWS:
        raise MalformedError(symbol, f"{len(times)} rows")
    if not result.indicators.quote:
        raise MalformedError(symbol, "indicators.quote is empty")
    quote = result.indicators.quote[0]
    columns = [quote.open, quote.high, quote.low, quote.close, quote.volume]
    adjusted = bool(result.indicators.adjclose and result.indicators.adjclose[0].adjclose)
    adjclose: Numbers = result.indicators.adjclose[0].adjclose if adjusted else [None] * len(times)
    columns.append(adjclose)
    for name, column in zip(("open", "high", "low", "close", "volume", "adjclose"), columns, strict=True):
        if len(column) != len(times):
            raise MalformedError(symbol, f"{name} has {len(column)} values for {len(times)} timestamps")
    return tuple(Row(*values) for values in zip(times, *columns, strict=True)), adjusted

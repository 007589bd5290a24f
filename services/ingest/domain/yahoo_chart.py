"""Parses and checks Yahoo's chart response; the result is a ``Chart`` with Yahoo's own prices.

The prices are adjusted for every split that Yahoo knows (also those after the requested range), not for dividends, and in the
quoted unit (pence stay pence). ``provider_bars`` converts them to raw bars.
"""

from __future__ import annotations

import json
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
from services.ingest.domain.yahoo_events import Dividend, InvalidCorporateAction, Split, read_events

MAX_ROWS: Final = 100_000
"""More rows than any requested timeframe can have."""
NO_TIME: Final = -1
"""Time of a row without a time: it is in no session."""
NO_NUMBERS: Final = (b"NaN", b"Infinity")
"""What Yahoo writes for an invalid number."""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One row of a chart; None for null. ``ts`` is the start of the interval in seconds."""

    ts: int
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None
    adjclose: float | None
    """Close after splits and dividends; daily charts only."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A checked response. Rows are as received: unsorted, with nulls, possibly with a bar that is still forming."""

    symbol: str
    currency: str
    """Unit of the prices as Yahoo writes it, ``GBp`` included; empty if missing."""
    timezone: str
    """IANA name of the exchange's zone, in which daily rows are stamped; empty if missing."""
    interval: str
    price: float | None
    """Last regular price."""
    price_ts: int | None
    """Its time in seconds."""
    day_volume: float | None
    rows: tuple[ChartRow, ...]
    splits: tuple[Split, ...]
    dividends: tuple[Dividend, ...]
    bad_events: tuple[InvalidCorporateAction, ...] = ()
    """Splits and dividends that are invalid."""
    offset: int | None = None
    """Current UTC offset of the exchange in seconds, if given."""


Numbers = list[float | None]


class _Quote(msgspec.Struct):
    open: Numbers = []
    high: Numbers = []
    low: Numbers = []
    close: Numbers = []
    volume: Numbers = []


class _AdjClose(msgspec.Struct):
    adjclose: list[Any] = []


class _Indicators(msgspec.Struct):
    quote: list[_Quote] = []
    adjclose: list[_AdjClose] = []


class _Meta(msgspec.Struct, rename="camel"):
    symbol: str
    currency: str | None = None
    exchange_timezone_name: str | None = None
    gmtoffset: int | None = None
    data_granularity: str | None = None
    regular_market_price: float | None = None
    regular_market_time: int | None = None
    regular_market_volume: float | None = None


class _Result(msgspec.Struct):
    meta: _Meta
    indicators: _Indicators
    timestamp: list[int | None] | None = None
    events: Any = None


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
    """Check and parse a response of ``/v8/finance/chart``.

    Raises:
        YahooError: a subclass, for every response that is not a chart of this symbol and interval.
    """
    fault = _refused(symbol, status, body)
    if fault is not None:
        raise fault
    answer = _decode(symbol, status, body)
    if answer.error is not None:
        raise _named_fault(symbol, status, answer.error)
    if not answer.result:
        raise MalformedError(symbol, "chart.result is empty without an error", status)
    return _checked(symbol, interval, answer.result[0])


def _refused(symbol: str, status: int, body: bytes) -> YahooError | None:
    """The error that follows from the status, or from text instead of JSON."""
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
        if any(word in body for word in NO_NUMBERS) and (answer := _decode_leniently(symbol, status, body)) is not None:
            return answer
        what = "an HTML page" if body[:512].lstrip().startswith(b"<") else f"no JSON: {error}"
        raise NotJsonError(symbol, what, status) from error


def _decode_leniently(symbol: str, status: int, body: bytes) -> _Body | None:
    """Decode a response with ``NaN`` or ``Infinity``, which are not JSON, as null. None if it is still not JSON."""
    try:
        found: Any = json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    try:
        return msgspec.convert(found, _Answer).chart
    except msgspec.ValidationError as error:
        raise MalformedError(symbol, str(error), status) from error


def _described(body: bytes) -> str:
    """Yahoo's own description in the body, if any: ``chart.error`` or ``finance.error``."""
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
        raise MalformedError(symbol, f"meta.dataGranularity is {granularity!r}, {interval!r} was requested")
    events = read_events(result.events)
    return Chart(
        symbol=symbol,
        currency=meta.currency or "",
        timezone=meta.exchange_timezone_name or "",
        offset=meta.gmtoffset,
        interval=interval,
        price=meta.regular_market_price,
        price_ts=meta.regular_market_time,
        day_volume=meta.regular_market_volume,
        rows=_rows(symbol, result),
        splits=events.splits,
        dividends=events.dividends,
        bad_events=events.bad,
    )


def _rows(symbol: str, result: _Result) -> tuple[ChartRow, ...]:
    times = [NO_TIME if time is None else time for time in result.timestamp or ()]
    if not times:
        return ()
    if len(times) > MAX_ROWS:
        raise MalformedError(symbol, f"{len(times)} rows")
    if not result.indicators.quote:
        raise MalformedError(symbol, "indicators.quote is empty")
    quote = result.indicators.quote[0]
    columns = [quote.open, quote.high, quote.low, quote.close, quote.volume]
    for name, column in zip(("open", "high", "low", "close", "volume"), columns, strict=True):
        if len(column) != len(times):
            raise MalformedError(symbol, f"{name} has {len(column)} values for {len(times)} timestamps")
    adjclose = _adjusted_closes(result.indicators, len(times))
    return tuple(ChartRow(*values) for values in zip(times, *columns, adjclose, strict=True))


def _adjusted_closes(indicators: _Indicators, length: int) -> Numbers:
    """The adjusted closes, None for each that is not a number: prices do not depend on them, so no row is rejected for it."""
    column = indicators.adjclose[0].adjclose if indicators.adjclose else []
    if len(column) != length:
        return [None] * length
    return [value if isinstance(value, int | float) and not isinstance(value, bool) else None for value in column]

"""Everything that Yahoo can answer badly, as types. Each says for which symbol, with which status, and what was wrong."""

from __future__ import annotations

from typing import ClassVar


class YahooError(Exception):
    """A request to Yahoo that gave no usable answer. Never raised as such: always one of the types below."""

    reason: ClassVar[str] = "error"
    """Label of the metric."""
    passes: ClassVar[bool] = True
    """True where the same request may well succeed a moment later, so that an immediate second try is worth its cost."""
    outage: ClassVar[bool] = True
    """True where the fault is Yahoo's as a whole, not this symbol's or this request's: such failures open the breaker."""

    def __init__(self, symbol: str, what: str, status: int | None = None) -> None:
        super().__init__(f"{symbol}: {what}" + (f" (HTTP {status})" if status is not None else ""))
        self.symbol = symbol
        self.what = what
        self.status = status


class UnreachableError(YahooError):
    """No answer: timeout, reset or refused connection, a body cut short."""

    reason = "unreachable"


class UnavailableError(YahooError):
    """Yahoo is down: 5xx, or its "Will be right back" page."""

    reason = "unavailable"


class NotJsonError(YahooError):
    """HTML, plain text or truncated JSON where JSON was promised."""

    reason = "not_json"


class RateLimitedError(YahooError):
    """429, or its text with another status. Trying again at once makes it worse."""

    reason = "rate_limited"
    passes = False


class PausedError(YahooError):
    """Not asked at all: the breaker is open, or every thread is busy."""

    reason = "paused"
    passes = False

    def __init__(self, symbol: str, what: str, *, cause: YahooError | None = None, until: int | None = None) -> None:
        """``cause`` opened the breaker; ``until``: when it closes, milliseconds since the epoch."""
        super().__init__(symbol, what)
        self.cause = cause
        self.until = until


class UnauthorizedError(YahooError):
    """401 or 403: the crumb was refused, and refused again after yfinance had fetched a new one."""

    reason = "unauthorized"
    passes = False


class UnknownSymbolError(YahooError):
    """404: Yahoo does not know this symbol, or no longer."""

    reason = "unknown_symbol"
    passes = False
    outage = False


class InvalidRangeError(YahooError):
    """422 or 400: Yahoo does not give this timeframe that far back."""

    reason = "invalid_range"
    passes = False
    outage = False


class EmptyAnswerError(YahooError):
    """200 without bars, where the calendar says that there must be some."""

    reason = "empty"
    passes = False
    outage = False


class MalformedError(YahooError):
    """JSON of another shape than a chart has, or the chart of another symbol or timeframe than was asked for."""

    reason = "malformed"
    passes = False
    outage = False


class SplitNotAppliedError(YahooError):
    """Yahoo names a split but has not yet adjusted the prices before it, so that no price in this body can be trusted."""

    reason = "split_not_applied"
    passes = False
    outage = False

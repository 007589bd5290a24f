"""One exception type for each kind of failed request to Yahoo, with symbol, HTTP status and detail."""

from __future__ import annotations

from typing import ClassVar


class YahooError(Exception):
    """A request to Yahoo without a usable response. Only its subclasses are raised."""

    reason: ClassVar[str] = "error"
    """Label of the metric."""
    retry_at_once: ClassVar[bool] = True
    """True if the same request may succeed a moment later, so that it is retried at once."""
    outage: ClassVar[bool] = True
    """True if Yahoo as a whole fails, not a single symbol or request: such failures open the circuit breaker."""

    def __init__(self, symbol: str, detail: str, status: int | None = None) -> None:
        super().__init__(f"{symbol}: {detail}" + (f" (HTTP {status})" if status is not None else ""))
        self.symbol = symbol
        self.detail = detail
        self.status = status


class UnreachableError(YahooError):
    """No response: timeout, reset or refused connection, truncated body."""

    reason = "unreachable"


class UnavailableError(YahooError):
    """Yahoo is down: 5xx, or its "Will be right back" page."""

    reason = "unavailable"


class NotJsonError(YahooError):
    """HTML, plain text or truncated JSON instead of JSON."""

    reason = "not_json"


class RateLimitedError(YahooError):
    """429, or its text with another status. Not retried at once, since that prolongs the limit."""

    reason = "rate_limited"
    retry_at_once = False


class PausedError(YahooError):
    """No request was sent: the circuit breaker is open, or every thread is busy."""

    reason = "paused"
    retry_at_once = False

    def __init__(self, symbol: str, detail: str, *, cause: YahooError | None = None, until: int | None = None) -> None:
        """``cause`` opened the circuit breaker; ``until``: when it closes, milliseconds since the epoch."""
        super().__init__(symbol, detail)
        self.cause = cause
        self.until = until


class UnauthorizedError(YahooError):
    """401 or 403: the crumb was refused, also after yfinance had fetched a new one."""

    reason = "unauthorized"
    retry_at_once = False


class UnknownSymbolError(YahooError):
    """404: Yahoo does not know this symbol (any more)."""

    reason = "unknown_symbol"
    retry_at_once = False
    outage = False


class InvalidRangeError(YahooError):
    """422 or 400: Yahoo does not provide this timeframe that far back."""

    reason = "invalid_range"
    retry_at_once = False
    outage = False


class EmptyResponseError(YahooError):
    """200 without bars, though the calendar has sessions in the range."""

    reason = "empty"
    retry_at_once = False
    outage = False


class MalformedError(YahooError):
    """JSON that is not a chart, or the chart of another symbol or timeframe than requested."""

    reason = "malformed"
    retry_at_once = False
    outage = False


class SplitNotAppliedError(YahooError):
    """Yahoo lists a split but has not yet adjusted the prices before it, so no price of this response is used."""

    reason = "split_not_applied"
    retry_at_once = False
    outage = False

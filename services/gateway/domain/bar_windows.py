"""The requested part of a series, taken from memory and the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.queries import BarsQuery, IndicatorsQuery
from services.gateway.domain.series import RowSeries
from services.gateway.domain.times import milliseconds

JsonRow = tuple[int, bytes]
"""Time and JSON of a row."""
MIN_TIME: Final = 0
MAX_TIME: Final = 2**53


@dataclass(frozen=True)
class BarWindow:
    """``limit`` rows with ``start <= ts <= end``: the newest of them where ``newest``, newest first where ``descending``."""

    start: int
    end: int
    limit: int
    newest: bool
    descending: bool
    paged: bool
    """Whether a next page may follow: none follows the newest rows in ascending order without a start."""

    @property
    def fetch(self) -> int:
        """Rows to read: one more than the limit where a next page may follow."""
        return self.limit + 1 if self.paged else self.limit


@dataclass(frozen=True)
class StoredRows:
    """Rows from the database, oldest first, with the source of the newest."""

    rows: Sequence[JsonRow] = ()
    source: str = ""
    replayed: bool = False


@dataclass(frozen=True)
class RowPage:
    """The rows of one answer and the token of the next page."""

    rows: Sequence[JsonRow]
    next_page_token: str | None
    warnings: list[str] = field(default_factory=list)


def bar_window(query: BarsQuery | IndicatorsQuery) -> BarWindow:
    """The window of a query. Raises ``RequestError`` for a bad token."""
    start = milliseconds(query.start) if query.start else MIN_TIME
    end = milliseconds(query.end) if query.end else MAX_TIME
    descending = query.sort == "desc"
    if query.page_token is not None:
        (last_time,) = parse_page_token(f"{query.symbol}/{query.timeframe}/{query.sort}", query.page_token, int)
        start, end = (start, min(end, last_time - 1)) if descending else (max(start, last_time + 1), end)
    newest = descending or (query.start is None and query.page_token is None)
    return BarWindow(start, end, query.limit, newest, descending, paged=descending or not newest)


def memory_covers(series: RowSeries | None, window: BarWindow) -> bool:
    """True where memory has all rows of the window: it has no gap up to now, so only older rows can be missing."""
    if series is None or series.oldest is None:
        return False
    if series.oldest <= window.start:
        return True
    return window.newest and len(series.between(window.start, window.end)) >= window.fetch


def rows_in_memory(series: RowSeries | None, window: BarWindow, *, adjusted: bool) -> list[JsonRow]:
    """The rows of the window that are in memory, oldest first, at most ``window.fetch``."""
    if series is None:
        return []
    rows = series.between(window.start, window.end)
    rows = rows[-window.fetch :] if window.newest else rows[: window.fetch]
    return [(row.ts, row.adjusted if adjusted else row.raw) for row in rows]


def merge(stored: Sequence[JsonRow], live: Sequence[JsonRow], window: BarWindow) -> list[JsonRow]:
    """Stored and live rows together, oldest first; a live row replaces the stored row of the same time."""
    if not stored:
        return list(live)
    rows = sorted((dict(stored) | dict(live)).items())
    return rows[-window.fetch :] if window.newest else rows[: window.fetch]


def row_page(rows: Sequence[JsonRow], window: BarWindow, query: BarsQuery | IndicatorsQuery, *, more: bool = False) -> RowPage:
    """The rows of one answer in the requested order, and the token of the next page; ``more``: the window has further rows."""
    more = window.paged and (more or len(rows) > window.limit)
    if window.newest:
        kept = rows[-window.limit :]
        kept = kept[::-1] if window.descending else kept
    else:
        kept = rows[: window.limit]
    token = page_token(f"{query.symbol}/{query.timeframe}/{query.sort}", kept[-1][0]) if more else None
    return RowPage(kept, token)

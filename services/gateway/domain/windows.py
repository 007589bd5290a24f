"""Which part of a series is asked for, and cutting it out of what memory and the database have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.gateway.domain.queries import BarsQuery, IndicatorsQuery, after, page_token
from services.gateway.domain.series import Series
from services.gateway.domain.times import milliseconds

Line = tuple[int, bytes]
"""A row's time and its JSON."""
FIRST: Final = 0
LAST: Final = 2**53


@dataclass(frozen=True)
class Window:
    """``limit`` rows with ``start <= ts <= end``: of the newer end where ``newest``, newest first where ``descending``."""

    start: int
    end: int
    limit: int
    newest: bool
    descending: bool
    paged: bool
    """Whether a next page may follow: without a start there is none after the newest rows in ascending order."""

    @property
    def fetch(self) -> int:
        """Rows to look for: one more than asked, to know whether more follow."""
        return self.limit + 1 if self.paged else self.limit


@dataclass(frozen=True)
class Stretch:
    """Rows oldest first, and where the newest of them came from."""

    lines: Sequence[Line] = ()
    source: str = ""
    replayed: bool = False


@dataclass(frozen=True)
class Cut:
    """What goes into one answer."""

    lines: Sequence[Line]
    next_page_token: str | None
    warnings: list[str] = field(default_factory=list)


def window(query: BarsQuery | IndicatorsQuery) -> Window:
    """The window that a query means. Raises ``RequestError`` for a bad token."""
    start = milliseconds(query.start) if query.start else FIRST
    end = milliseconds(query.end) if query.end else LAST
    descending = query.sort == "desc"
    if query.page_token is not None:
        (mark,) = after(f"{query.symbol}/{query.timeframe}/{query.sort}", query.page_token, int)
        start, end = (start, min(end, mark - 1)) if descending else (max(start, mark + 1), end)
    newest = descending or (query.start is None and query.page_token is None)
    return Window(start, end, query.limit, newest, descending, paged=descending or not newest)


def holds(series: Series | None, wanted: Window) -> bool:
    """True when memory alone can answer: it is an unbroken stretch up to now, so only its older end can be missing."""
    if series is None or series.oldest is None:
        return False
    if series.oldest <= wanted.start:
        return True
    return wanted.newest and len(series.between(wanted.start, wanted.end)) >= wanted.fetch


def in_memory(series: Series | None, wanted: Window, *, adjusted: bool) -> list[Line]:
    """The rows of memory in the window, oldest first, at most as many as are looked for."""
    if series is None:
        return []
    rows = series.between(wanted.start, wanted.end)
    rows = rows[-wanted.fetch :] if wanted.newest else rows[: wanted.fetch]
    return [(row.ts, row.adjusted if adjusted else row.raw) for row in rows]


def merge(stored: Sequence[Line], live: Sequence[Line], wanted: Window) -> list[Line]:
    """Both together, oldest first; where both have a row, memory knows better."""
    if not stored:
        return list(live)
    rows = sorted((dict(stored) | dict(live)).items())
    return rows[-wanted.fetch :] if wanted.newest else rows[: wanted.fetch]


def cut(rows: Sequence[Line], wanted: Window, query: BarsQuery | IndicatorsQuery) -> Cut:
    """The rows of one answer in the order that was asked for, and the token of the next."""
    more = wanted.paged and len(rows) > wanted.limit
    if wanted.newest:
        kept = rows[-wanted.limit :]
        kept = kept[::-1] if wanted.descending else kept
    else:
        kept = rows[: wanted.limit]
    token = page_token(f"{query.symbol}/{query.timeframe}/{query.sort}", kept[-1][0]) if more else None
    return Cut(kept, token)

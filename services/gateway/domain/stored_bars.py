"""Stored bars, what was known of them at a moment, and the corporate actions that their factors say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import msgspec

from services.gateway.domain import api_models
from services.gateway.domain.bar_windows import JsonRow
from services.gateway.domain.times import rfc3339, session_date

LEAST_CHANGE: Final = 1e-6
"""Factors that differ by less, as a fraction, count as equal: the difference is rounding."""


_encode_lines: Final = msgspec.json.Encoder().encode_lines


class StoredBar(NamedTuple):
    """A row of the table of bars: raw prices, and the factors of the splits and dividends after it."""

    ts_close: int
    ts_open: int
    session: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    price_factor: float
    split_factor: float
    source: str
    replayed: bool
    incomplete: bool


class ReplacedBar(NamedTuple):
    """A bar that another one has replaced."""

    ts_close: int
    replaced_at: int
    """Until then it was the known one."""
    ts_open: int
    session: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    source: str
    replayed: bool
    incomplete: bool


def json_rows(bars: Sequence[tuple[Any, ...]], *, adjusted: bool) -> list[JsonRow]:
    """Stored bars, or rows of their table in the same order, as rows of an answer.

    Most of an uncached read is spent here, so a row stays the tuple that the driver made, and one call encodes all.
    """
    views = [
        api_models.Bar(
            date=rfc3339(close_time), open_date=rfc3339(open_time), session=session_date(session), open=opened, high=high, low=low,
            close=close, volume=volume, replayed=bool(replayed), incomplete=bool(incomplete),
        )
        for close_time, open_time, session, opened, high, low, close, volume, _, _, _, replayed, incomplete in (
            map(_adjusted, bars) if adjusted else bars
        )
    ]  # fmt: skip
    lines = _encode_lines(views).split(b"\n")
    return [(bar[0], line) for bar, line in zip(bars, lines, strict=False)]  # nothing follows the last end of a line


def _adjusted(bar: tuple[Any, ...]) -> tuple[Any, ...]:
    """The bar with its prices and volume adjusted for later splits and dividends."""
    close_time, open_time, session, opened, high, low, close, volume, price, shares, *rest = bar
    prices = opened * price, high * price, low * price, close * price
    return close_time, open_time, session, *prices, volume / (shares or 1.0), price, shares, *rest


def bars_then(
    now: Sequence[StoredBar], replaced: Sequence[ReplacedBar], as_of: int, factors: tuple[float, float]
) -> list[StoredBar]:
    """The bars as they were known at ``as_of``, oldest first, with the factors of the actions until then.

    Args:
        now: the bars as they are known now, oldest first.
        replaced: those of them that were replaced after ``as_of``, by ``ts_close`` and ``replaced_at``.
        as_of: in milliseconds since the epoch.
        factors: price factor and split factor of the newest bar that had closed by then.
    """
    closes = [bar.ts_close for bar in now]
    found = {bar.ts_close: bar for bar in now}
    seen: set[int] = set()
    for old in replaced:
        if old.replaced_at <= as_of or old.ts_close in seen:
            continue  # of several, the one that was replaced first was known at that time
        seen.add(old.ts_close)
        at = bisect_left(closes, old.ts_close)
        of = (now[at].price_factor, now[at].split_factor) if at < len(now) else factors
        if at >= len(now) or closes[at] != old.ts_close:  # a bar of other hours has replaced it
            for later in now[at : at + 1]:
                if later.ts_open < old.ts_close:
                    found.pop(later.ts_close, None)
            for earlier in now[max(0, at - 1) : at]:
                if earlier.ts_close > old.ts_open:
                    found.pop(earlier.ts_close, None)
        found[old.ts_close] = StoredBar(
            old.ts_close, old.ts_open, old.session, old.open, old.high, old.low, old.close, old.volume, *of, old.source,
            old.replayed, old.incomplete,
        )  # fmt: skip
    price, split = factors
    return [
        bar._replace(price_factor=bar.price_factor / price, split_factor=bar.split_factor / (split or 1.0))
        for _, bar in sorted(found.items())
    ]


def corporate_actions(days: Sequence[StoredBar]) -> Iterator[api_models.CorporateAction]:
    """The splits and dividends between daily bars, oldest first: where factors change.

    The price before a dividend D is multiplied by 1 - D / close; a split of 4:1 changes the split factor from 0.25 to 1.
    """
    for before, day in pairwise(days):
        if before.split_factor <= 0 or before.price_factor <= 0 or day.split_factor <= 0 or day.price_factor <= 0:
            continue
        split = day.split_factor / before.split_factor
        cash = before.price_factor / day.price_factor * split
        when = {"date": rfc3339(day.ts_open), "session": session_date(day.session), "replayed": bool(day.replayed)}
        if abs(split - 1) > LEAST_CHANGE:
            yield api_models.CorporateAction(kind="split", value=round(split, 6), **when)  # type: ignore[arg-type]
        if 1 - cash > LEAST_CHANGE:
            yield api_models.CorporateAction(kind="dividend", value=round(before.close * (1 - cash), 6), **when)  # type: ignore[arg-type]

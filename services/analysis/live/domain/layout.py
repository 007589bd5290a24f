"""The memory layout of a partition: one record per symbol, one per symbol and timeframe, and windows of closed bars.

Everything here shapes the checkpoint: a change of it changes the state version, and a checkpoint of another version is not used.
"""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shared.events import PERIODS, Timeframe

TIMEFRAMES: Final = tuple(Timeframe)
"""Finest first; the index of a timeframe is its code in the kernels."""
TIMEFRAME_CODES: Final = MappingProxyType({timeframe: code for code, timeframe in enumerate(TIMEFRAMES)})
DAY: Final = TIMEFRAME_CODES[Timeframe.D1]
PERIOD_CODES: Final = tuple(TIMEFRAME_CODES[timeframe] for timeframe in PERIODS)
"""The timeframes of several sessions, in the order of ``SESSION.period_open``."""

WINDOW: Final = 784
"""Places for bars per symbol and timeframe; a peek uses the place after the newest closed bar for the forming one."""
KEEP: Final = 528
"""Closed bars that stay when a full window is moved down; no indicator looks further back."""

SOURCES: Final = 16
"""Different ``Tick.source`` names in a partition; ticks of further sources are dropped and counted."""

REASONS: Final = (
    "applied",  # in order: it changed bars and the quote
    "reordered",  # older than the last one, but inside the forming bar: it changed high, low and volume
    "outside",  # no session then: it changed the quote alone
    "late",
    "duplicate",
    "absurd",
    "price",
    "size",
    "time",
    "future",
    "unknown",
    "source",
    "heartbeat",  # a heartbeat that was applied
)
"""What became of an event of the tick log; the index is the code in the kernels."""
REASON: Final = MappingProxyType({name: code for code, name in enumerate(REASONS)})

SYMBOL: Final = np.dtype(
    [
        (
            "split_suspected",
            "i8",
        ),  # 1: closed bars are pending since this may be a split; 2: the suspicion is over, and they are due
        ("unconfirmed", "i8"),  # 1 while an implausible price waits for a second one
        ("jump", "f8"),  # a price further than this fraction from the last one is unconfirmed until a second one agrees
        ("quote_price", "f8"),  # in the shares of its day
        ("quote_by", "f8"),  # factor that converts it to today's shares
        ("quote_ts", "i8"),
        ("quote_ts_init", "i8"),
        ("quote_source", "i8"),
        ("quote_replayed", "i8"),
        ("previous_ts", "i8"),  # the tick before this one, to recognise a repeat
        ("previous_price", "f8"),
        ("previous_size", "f8"),
        ("previous_day_volume", "f8"),
        ("session", "i8"),  # the session of the newest lookup
        ("session_open", "i8"),
        ("session_close", "i8"),
        ("vetted", "i8"),  # open of the session whose first prices have been checked for a split
        ("volume_session", "i8"),  # the session that volume_base belongs to
        ("volume_base", "f8"),  # day volume already given to bars; NaN where unknown
        ("last_ts", "i8"),  # newest ts_event that changed a bar
        ("fresh", "i8"),  # 1 from a load until the first tick that changes a bar: until then late ticks still set volume and price
        ("source", "i8"),
        ("replayed", "i8"),
        ("traded", "f8"),  # price of the newest tick in order, in the shares of its day
        ("traded_by", "f8"),  # factor that converts it to today's shares
        ("exchange", "i8"),
        ("period_open", "i8", len(PERIODS)),  # the week and the month of that session
        ("period_close", "i8", len(PERIODS)),
        ("range", "f8"),  # mean true range of the newest 14 daily bars, as a fraction; NaN where there are fewer
        (
            "reported_since",
            "i8",
        ),  # start (ts_init) of the current hour of reports, the reports in it, and the rejected ticks that were only counted
        ("reported", "i8"),
        ("unreported", "i8"),
        ("splits", "i8"),  # 1: its kind of instrument can have splits
        ("reference", "f8"),  # last price before the session, in today's shares
        ("suspected_open", "i8"),  # open of the session in which a split is suspected
        ("suspected_until", "i8"),
        ("suspected_ratio", "f8"),  # new shares for an old one in the suspected split
        ("unconfirmed_price", "f8"),
        ("unconfirmed_size", "f8"),
        ("unconfirmed_day_volume", "f8"),
        ("unconfirmed_ts", "i8"),
        ("unconfirmed_source", "i8"),
        ("unconfirmed_replayed", "i8"),
        ("unconfirmed_finest", "i8"),
        ("day", "i8"),  # newest session with a closed daily bar, and that bar
        ("day_open", "f8"),
        ("day_high", "f8"),
        ("day_low", "f8"),
        ("day_close", "f8"),
        ("day_volume", "f8"),
        ("prev_close", "f8"),  # close of the daily bar before that one
        ("year_high", "f8"),  # extremes of the newest 252 closed daily bars, as many as there are
        ("year_low", "f8"),
        ("high_52w", "f8"),  # the same, adjusted as the windows are; NaN where there are fewer than 252
        ("low_52w", "f8"),
        ("negative", "i8"),  # 1: its price may be 0 or below
    ]
)
"""Per symbol. Shape (symbols,). The fields that every tick reads come first."""

FORMING: Final = np.dtype(
    [
        ("active", "i8"),
        ("n", "i8"),  # closed bars in the window; the forming bar's place in it
        ("number", "i8"),  # bars of the series before the forming one
        ("last_end", "i8"),  # close time of the newest closed bar
        ("open_at", "i8"),
        ("close_at", "i8"),
        ("session", "i8"),
        ("open", "f8"),
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "f8"),
    ]
)
"""The bar that is being built. Shape (symbols, timeframes)."""

CLOSED: Final = np.dtype(
    [
        ("row", "i8"),
        ("timeframe", "i8"),
        ("at", "i8"),  # its place in the window
        ("number", "i8"),  # bars of the series before it
        ("open_at", "i8"),
        ("close_at", "i8"),
        ("session", "i8"),
        ("open", "f8"),
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "f8"),
        ("high_52w", "f8"),
        ("low_52w", "f8"),
        ("ts_init", "i8"),
        ("source", "i8"),
        ("replayed", "i8"),
        ("provisional", "i8"),  # 1: not closed; a snapshot of the forming bar at the close of a minute inside it
        ("known_at", "i8"),  # the close of that minute; else the bar's own
        ("pending", "i8"),  # 1: closed while a split is suspected, and not in a window yet
    ]
)
"""A bar that a batch closed, or a provisional snapshot of a forming one. Shape (bars,)."""

REJECTED: Final = np.dtype(
    [
        ("row", "i8"),
        ("reason", "i8"),  # place in REASONS; -1: the session began at a price that looks like a split
        ("ts", "i8"),
        ("ts_init", "i8"),
        ("price", "f8"),
        ("size", "f8"),
        ("day_volume", "f8"),
        ("last", "f8"),  # the price that it was compared with; NaN if there was no comparison
        ("source", "i8"),
        ("replayed", "i8"),
        ("more", "i8"),  # the symbol's rejected ticks before this one that were only counted
    ]
)
"""A tick that is reported because it was not used as it came. Shape (ticks,)."""

SESSION: Final = np.dtype(
    [
        ("open", "i8"),
        ("close", "i8"),
        ("period_open", "i8", len(PERIODS)),  # open of the first session of its week and of its month
        ("period_close", "i8", len(PERIODS)),
        ("date", "i8"),
    ]
)
"""One session of an exchange. Shape (sessions,): the exchanges' sessions one after the other."""

HEARTBEAT: Final = np.dtype([("at", "i8"), ("exchange", "i8"), ("ts_event", "i8"), ("ts_init", "i8")])
"""A heartbeat before tick number ``at`` of its batch; exchange -1 is an unknown one. Shape (heartbeats,)."""

FRAME: Final = np.dtype(
    [
        ("length", "i8"),  # milliseconds within a session; 0 for a session and longer
        ("period", "i8"),  # its place in ``SESSION.period_open``; -1 for a session and shorter
        ("snapshots", "i8"),  # 1: the close of a minute also writes a snapshot of its forming bar
    ]
)
"""What the kernel must know about a timeframe. Shape (timeframes,)."""


def frames(watched: Collection[Timeframe] = ()) -> npt.NDArray[Any]:
    """All timeframes, with snapshots of those on which all rules run and of ``watched``.

    A snapshot costs as much as a closed bar.
    """
    periods = {code: place for place, code in enumerate(PERIOD_CODES)}
    found = [
        (each.row.length_ms, periods.get(code, -1), each.row.rules == "all" or each in watched)
        for code, each in enumerate(TIMEFRAMES)
    ]
    return np.array(found, FRAME)

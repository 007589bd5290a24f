"""The engine of one partition: events of the tick log in, bars, indicator rows, signals and quotes out.

The same log gives the same, bit by bit, however it is cut into batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.closed_bars import Bars, empty
from services.analysis.kernels.plan import Wish
from services.analysis.live.domain import batch, ticks
from services.analysis.live.domain.actions import Basis
from services.analysis.live.domain.calendar import Calendar
from services.analysis.live.domain.checkpoint import dump, fill, parse, restore_window, state_version, wanted
from services.analysis.live.domain.hours import realign
from services.analysis.live.domain.layout import CLOSED, CODES, ODD, REASONS, TIMEFRAMES
from services.analysis.live.domain.load import NOTHING, TAIL, load, seed, warm_up
from services.analysis.live.domain.outcome import Outcome, bars_of, finite, quotes_of, rows_of
from services.analysis.live.domain.requested import columns_of
from services.analysis.live.domain.sequence_signals import Followed
from services.analysis.live.domain.series import Series
from services.analysis.live.domain.suspicion import AT_A_TIME, Verdict, released, remake_weeks, take_back, told, verdict_of
from services.analysis.live.domain.user_conditions import Book
from services.analysis.live.domain.weeks import lacks_days
from shared.events import Tick, TickLog, Timeframe

ODD_A_CALL = 64
"""Room for ticks to be told of in one call of the kernel."""
CLOSES_A_CALL = 2048
"""Room for closed bars in one call of the kernel; more bars than that take more calls."""


@dataclass(frozen=True)
class Listing:
    """What the engine has to know of an instrument."""

    exchange: str
    kind: str
    negative: bool = False
    """Whether its price may be 0 or below."""


@dataclass(frozen=True)
class Batch:
    """Events that are laid out for the kernel."""

    columns: batch.Columns
    beats: npt.NDArray[Any]
    broken: int
    """Events with numbers that fit no column."""
    strangers: frozenset[str]
    """Symbols of ticks that nobody has listed."""


class Engine:
    """The state of one partition and what moves it. Not safe for threads: one call at a time."""

    def __init__(self, calendar: Calendar, listings: Mapping[str, Listing], series: Series) -> None:
        """``listings`` is read at each batch, so a symbol that is added to it is known from then on."""
        self.calendar = calendar
        self.listings = listings
        self.series = series
        self.state = series.state()
        self.realigned = 0
        """Forming bars to which the calendar gave other times than the checkpoint had."""
        self._judge = series.judge(Book())
        self._follower = series.follower(())

    def apply(self, events: Sequence[TickLog]) -> Outcome:
        """Applies ticks and heartbeats in their order; a HistoryReady is passed over (``load`` is its handling)."""
        return self.run(self.prepare(events))

    def prepare(self, events: Sequence[TickLog]) -> Batch:
        """Lays events out for ``run``; moves no price."""
        found, beats, broken = batch.split(events, self.calendar.codes)
        try:
            columns = self._columns(found)
        except OverflowError:
            fitting = [event for event in events if not isinstance(event, Tick) or batch.fits(event)]
            broken += len(events) - len(fitting)
            found, beats, _ = batch.split(fitting, self.calendar.codes)
            columns = self._columns(found)
        strangers = frozenset[str]()
        if (columns.row < 0).any():
            strangers = frozenset(tick.symbol for tick in compress(found, (columns.row < 0).tolist()))
        return Batch(columns, beats, broken, strangers)

    def run(self, events: Batch) -> Outcome:
        """Applies a prepared batch. No other batch may have been prepared since, unless from the same events."""
        outcome = Outcome()
        if events.broken:
            outcome.counts["time"] += events.broken
        self._run(events.columns, events.beats, outcome)
        return outcome

    def admit(self, symbol: str) -> int:
        """The row of a symbol, made where it is listed and new; -1 where nobody knows it."""
        state, listing = self.state, self.listings.get(symbol)
        if symbol in state.rows:
            return state.rows[symbol]
        if listing is None or listing.exchange not in self.calendar.codes:
            return -1
        return state.add(symbol, self.calendar.codes[listing.exchange], listing.kind, negative=listing.negative)

    def peek(self, symbol: str, timeframe: Timeframe) -> dict[str, float | None] | None:
        """The indicator values of the forming bar; None where none is forming, or a split is suspected. Leaves no trace."""
        row, state = self.state.rows.get(symbol), self.state
        if row is None or not state.forming[row, CODES[timeframe]]["active"]:
            return None
        if state.records[row]["suspect"]:
            return None
        values = self.series.peek(state, row, CODES[timeframe])
        return dict(zip(self.series.columns, finite(values[np.newaxis])[0], strict=True))

    def load(
        self,
        symbol: str,
        pasts: Mapping[Timeframe, Bars],
        ts_init: int,
        *,
        tail: int = TAIL,
        basis: Basis | None = None,
        superseded: Mapping[Timeframe, npt.NDArray[np.int64]] = NOTHING,
    ) -> Outcome:
        """History takes effect: see ``load.load``. Nothing happens for a symbol that is not listed."""
        row = self.admit(symbol)
        if row < 0:
            return Outcome(counts=Counter({"unknown": 1}))
        return load(self.state, self.series, self.calendar, row, pasts, ts_init, tail=tail, basis=basis, superseded=superseded)

    def verdict(self, symbol: str, basis: Basis, *, told_daily: bool) -> Verdict | None:
        """What history says about a split of this symbol that is suspected; None where none is, or it does not say."""
        row = self.state.rows.get(symbol)
        if row is None or not self.state.records[row]["suspect"]:
            return None
        return verdict_of(self.state.records[row], basis, told_daily)

    def settle(self, symbol: str, verdict: Verdict, pasts: Mapping[Timeframe, Bars], ts_init: int, basis: Basis) -> Outcome:
        """A suspicion ends: the bars that were set aside close now, after what ``pasts`` says of the time before the session.

        Their signals fire: they are live bars that had to wait. ``pasts`` counts only where the split was told.
        """
        row, outcome = self.state.rows[symbol], Outcome()
        if verdict == "split":
            opened = int(self.state.records[row]["suspect_open"])
            before = {timeframe: bars[bars["ts_close"] <= opened] for timeframe, bars in pasts.items()}
            outcome = self.load(symbol, before, ts_init, tail=0, basis=basis)
        self._go_on(row, verdict, outcome, basis)
        if verdict == "split":
            seed(self.state, self.calendar, row, CODES[Timeframe.W1], basis)
            outcome.quotes = quotes_of(self.state, np.array([row]))
        return outcome

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """The indicators beyond the plan that this partition computes; part of its state."""
        return self.series.wishes

    def wish(self, wishes: Sequence[Wish]) -> None:
        """Computes other indicators beside the plan from now on; those that were there keep every bit.

        The values of a new one are unknown until ``warm_up`` has shown it the past of each symbol that is there.
        """
        before, self.series = self.series, self.series.wishing(wishes)
        self.series.take_over(self.state, before)

    @property
    def not_warmed_up(self) -> list[str]:
        """Symbols of which a requested indicator has not seen the past yet."""
        return [self.state.symbols[row] for row in self.state.not_warmed_up]

    @property
    def columns_not_warmed_up(self) -> list[str]:
        """The columns whose values are unknown for one symbol or more, since they have not seen its past yet."""
        return columns_of({each for missing in self.state.not_warmed_up.values() for each in missing})

    def warm_up(self, symbol: str, pasts: Mapping[Timeframe, Bars]) -> None:
        """Shows the requested indicators of a symbol all its closed bars (dtype PAST); they have values from the next bar on."""
        row = self.state.rows[symbol]
        if row in self.state.not_warmed_up:
            warm_up(self.state, self.series, row, pasts)
            del self.state.not_warmed_up[row]

    @property
    def asked(self) -> Book:
        """The conditions of users that run."""
        return self._judge.asked

    def ask(self, book: Book) -> None:
        """Runs these conditions from the next batch on. The book's wishes must be the engine's."""
        self._judge = self.series.judge(book, self._judge.said)

    @property
    def followed(self) -> tuple[Followed, ...]:
        """The sequences that are followed."""
        return self._follower.followed

    def follow(self, followed: tuple[Followed, ...]) -> None:
        """Follows these sequences from the next batch on. What fired before is remembered, whatever was followed then."""
        self._follower = self.series.follower(followed)

    def version(self) -> str:
        """Names what shapes the state; a checkpoint of another version cannot be restored."""
        return state_version(self.series.version, self.calendar)

    def snapshot(self) -> bytes:
        """The state as bytes, without the windows of closed bars."""
        return dump(self.state, self.wishes)

    @classmethod
    def restore(
        cls,
        blob: bytes,
        windows: Mapping[tuple[str, Timeframe], Bars],
        calendar: Calendar,
        listings: Mapping[str, Listing],
        series: Series,
    ) -> Engine:
        """The engine of a snapshot; ``windows`` holds what ``checkpoint.wanted`` asks for. Raises UnreadableStateError."""
        saved = parse(blob)
        engine = cls(calendar, listings, series.wishing(saved.wishes))
        fill(engine.state, saved)
        for row, symbol in enumerate(engine.state.symbols):
            engine.state.records[row]["negative"] = symbol in listings and listings[symbol].negative
        for wish in wanted(engine.state):
            restore_window(engine.state, wish, windows.get((wish.symbol, wish.timeframe), empty()))
        engine.realigned = realign(engine.state, calendar)
        return engine

    def _columns(self, found: Sequence[Tick]) -> batch.Columns:
        state = self.state
        columns = batch.columns(found, state.rows, state.sources)
        strange = (columns.row < 0) | (columns.source < 0)
        if strange.any():
            news = False
            for tick in compress(found, strange.tolist()):
                if self.admit(tick.symbol) >= 0:
                    news |= state.source(tick.source) >= 0
            if news:
                columns = batch.columns(found, state.rows, state.sources)
        return columns

    def _run(self, columns: batch.Columns, beats: npt.NDArray[Any], outcome: Outcome) -> None:
        state = self.state
        used = len(state.symbols)
        closed = np.empty(max(CLOSES_A_CALL, 4 * len(TIMEFRAMES) * used), CLOSED)
        odd = np.empty(ODD_A_CALL, ODD)
        counts, touched = np.zeros(len(REASONS), np.int64), np.zeros(used, np.bool_)
        i = j = 0
        while i < len(columns.row) or j < len(beats):
            i, j, bars, noted, full = ticks.run(
                columns, beats, i, j, state.records[:used], state.forming, state.last_seq, self.calendar.bounds,
                self.calendar.sessions, state.windows, closed, odd, counts, touched,
            )  # fmt: skip
            if noted:
                outcome.quarantined += told(odd[:noted], state.symbols, state.source_names)
            if bars:
                self._closed(closed[:bars], outcome)
            if full == ticks.DUE:
                for row in np.flatnonzero(state.records["suspect"] == ticks.DUE).tolist():
                    self._go_on(row, "deadline", outcome)
                    touched[row] = True
            elif full:
                state.move_down()
        outcome.counts.update({REASONS[code]: int(count) for code, count in enumerate(counts) if count})
        if touched.any():
            outcome.quotes += quotes_of(state, np.flatnonzero(touched))

    def _go_on(self, row: int, verdict: Verdict, outcome: Outcome, basis: Basis | None = None) -> None:
        """The bars that were set aside close now."""
        state = self.state
        late = take_back(state, row)
        if verdict == "split" and basis is not None:
            remake_weeks(state, row, late, basis)
        outcome.quarantined.append(released(state, row, verdict, len(late)))
        for first in range(0, len(late), AT_A_TIME):
            part = late[first : first + AT_A_TIME]
            state.move_down(row)
            ticks.append(part, state.records, state.forming, state.windows)
            self._closed(part, outcome)
        state.move_down()

    def _closed(self, closed: npt.NDArray[Any], outcome: Outcome) -> None:
        aside = closed["aside"] == 1
        if aside.any():
            self.state.aside = np.concatenate([self.state.aside, closed[aside]])
            closed = closed[~aside]
            if not len(closed):
                return
        advanced = self.series.advance(self.state, closed)
        final = closed["glimpse"] == 0
        lacking = lacks_days(self.state, self.calendar, closed[final])
        bars = bars_of(closed[final], self.state.symbols, self.state.source_names, lacking)
        outcome.bars += bars
        outcome.rows += rows_of(bars, closed["close"][final].tolist(), self.series.columns, advanced.values[final])
        conditions = self._judge.judge(self.state, closed, advanced.values, advanced.before)
        sequences = self._follower.follow(self.state, closed, advanced.signals)
        outcome.signals += [signal for _, signal in sorted([*advanced.signals, *sequences, *conditions], key=itemgetter(0))]
        outcome.patterns += advanced.patterns

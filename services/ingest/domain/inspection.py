"""The validator that everything passes before it is published: ok, repaired or quarantined, and what is told of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np

from services.ingest.domain.currency import DIVIDED
from services.ingest.domain.findings import Finding
from services.ingest.domain.fitness import unfit_tick
from services.ingest.domain.neighbours import HUNDRED, UNIT_NEAR, looked_at
from services.ingest.domain.ranges import true_ranges, usual_range
from services.ingest.domain.source import Backfill
from shared.events import History, ProviderBar, Quarantined, Tick, Timeframe

MOST_TOLD: Final = 10
"""Events of one symbol in ``TOLD_MS``; the rest are counted, and the count is told with the next."""
TOLD_MS: Final = 3_600_000
UNIT_MAYBE: Final = math.log(1.3)
"""A price that is a hundred times the last one to within 30 %, but not to within 5 %, is not used."""
MARKET_RANGES: Final = 3.0
MARKET_FLOOR: Final = 0.04
MARKET_FEWEST: Final = 5
MARKET_SHARE: Final = 1 / 3
"""A spike is believed where at least so many, and this share, of the exchange's other instruments moved that way that day."""


class Seen(NamedTuple):
    """What has been counted: kind of thing, source, reason, outcome."""

    kind: Literal["tick", "bar"]
    source: str
    reason: str
    outcome: str


@dataclass
class _Allowance:
    since: int = 0
    told: int = 0
    untold: int = 0


@dataclass
class Inspector:
    """Holds the last price of the symbols whose unit can be mistaken, and what is to be told. Not for several tasks at once."""

    currencies: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> currency."""
    negative: frozenset[str] = frozenset()
    """Symbols whose prices may be 0 or below."""
    counts: Counter[Seen] = field(default_factory=Counter)
    """What was repaired or quarantined since they were last taken."""
    still: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, timeframe) -> bars without volume since they were last taken."""
    told: list[Quarantined] = field(default_factory=list)
    """What is to be published next."""

    def __post_init__(self) -> None:
        self._divided = frozenset(symbol for symbol, currency in self.currencies.items() if currency in DIVIDED)
        self._last: dict[str, tuple[int, float]] = {}
        self._allowances: dict[str, _Allowance] = defaultdict(_Allowance)
        self._looked: dict[str, set[str]] = defaultdict(set)
        self._moved: dict[tuple[str, int, bool], set[str]] = defaultdict(set)

    def tick(self, tick: Tick) -> Tick | None:
        """The tick as it may be published; None where it may not."""
        reason = unfit_tick(tick, negative=tick.symbol in self.negative)
        if reason is not None:
            self._tell_tick(tick, reason, "quarantined")
            return None
        return self._in_its_unit(tick) if tick.symbol in self._divided else tick

    def backfill(self, backfill: Backfill) -> Backfill | None:
        """The histories as they may be published, without those of which nothing is left; None where that is all."""
        found = tuple(history for timeframe, run in _runs(backfill.histories) for history in self._run(timeframe, run))
        return Backfill(backfill.symbol, found) if found else None

    def feed(self, event: Quarantined) -> None:
        """A feed that has fallen silent, or is heard again: told without an allowance, since it comes once."""
        self.told.append(event)

    def _in_its_unit(self, tick: Tick) -> Tick | None:
        known = self._last.get(tick.symbol)
        if known is not None:
            off = math.log(tick.price / known[1])
            if abs(abs(off) - HUNDRED) <= UNIT_NEAR:
                by = 0.01 if off > 0 else 100.0
                self._tell_tick(tick, "unit", "repaired", f"price x {by:g}", known[1])
                tick = msgspec.structs.replace(tick, price=float(f"{tick.price * by:.9g}"))
            elif abs(abs(off) - HUNDRED) <= UNIT_MAYBE:
                self._tell_tick(tick, "unit", "quarantined", "", known[1])
                return None
        if known is None or tick.ts_event >= known[0]:
            self._last[tick.symbol] = (tick.ts_event, tick.price)
        return tick

    def _run(self, timeframe: Timeframe, run: Sequence[History]) -> Iterator[History]:
        """The histories of one timeframe, judged as one series."""
        first = run[0]
        symbol, exchange = first.symbol, first.exchange
        daily = timeframe is Timeframe.D1

        def market(close: int, move: float) -> bool:
            others = self._moved[exchange, close, move > 0] - {symbol}
            looked = len(self._looked[exchange] - {symbol})
            return looked >= MARKET_FEWEST and len(others) >= MARKET_SHARE * looked

        looked = looked_at(
            [bar for history in run for bar in history.bars],
            timeframe,
            hundredths=symbol in self._divided,
            negative=symbol in self.negative,
            market=market if daily else None,
        )
        for finding in looked.findings:
            self._tell_bar(first, finding)
        self.still[first.source, timeframe.value] += looked.still
        if daily:
            self._remember_moves(symbol, exchange, looked.bars)
        if looked.bars and symbol in self._divided and looked.bars[-1].ts_close > self._last.get(symbol, (0, 0.0))[0]:
            newest = looked.bars[-1]
            self._last[symbol] = (newest.ts_close, newest.close * newest.split_factor)
        yield from _as_before(run, looked.bars)

    def _remember_moves(self, symbol: str, exchange: str, bars: Sequence[ProviderBar]) -> None:
        self._looked[exchange].add(symbol)
        bars = [bar for bar in bars if bar.low > 0]
        if len(bars) < 2:
            return
        closes, ranges = true_ranges(bars)
        moves = np.diff(closes, prepend=closes[:1])
        for i in np.flatnonzero(np.abs(moves) > MARKET_FLOOR).tolist():
            if abs(moves[i]) > MARKET_RANGES * usual_range(ranges, i):
                self._moved[exchange, bars[i].ts_close, bool(moves[i] > 0)].add(symbol)

    def _tell_tick(
        self, tick: Tick, reason: str, outcome: Literal["quarantined", "repaired"], note: str = "", last: float | None = None
    ) -> None:
        self.counts[Seen("tick", tick.source, reason, outcome)] += 1
        values = {"price": tick.price, "size": tick.size, "day_volume": tick.day_volume, "last": last}
        if (more := self._may_tell(tick.symbol, tick.ts_init)) is not None:
            self.told.append(
                Quarantined(
                    symbol=tick.symbol,
                    what="tick",
                    reason=reason,
                    outcome=outcome,
                    values=_numbers(values),
                    note=note,
                    source=tick.source,
                    ts_event=tick.ts_event,
                    ts_init=tick.ts_init,
                    more=more,
                    replayed=tick.replayed,
                )
            )

    def _tell_bar(self, history: History, finding: Finding) -> None:
        self.counts[Seen("bar", history.source, finding.reason, finding.outcome)] += 1
        bar = finding.bar
        names = ("open", "high", "low", "close", "volume", "price_factor", "split_factor")
        values = {**{name: getattr(bar, name) for name in names}, "last": finding.last}
        if (more := self._may_tell(history.symbol, history.ts_init)) is not None:
            self.told.append(
                Quarantined(
                    symbol=history.symbol,
                    what="bar",
                    reason=finding.reason,
                    outcome=finding.outcome,
                    values=_numbers(values),
                    note=finding.note,
                    timeframe=history.timeframe.value,
                    source=history.source,
                    ts_event=bar.ts_close,
                    ts_init=history.ts_init,
                    more=more,
                    replayed=history.replayed,
                )
            )

    def _may_tell(self, symbol: str, now: int) -> int | None:
        """How many were not told before this one; None where this one may not be told either."""
        mine = self._allowances[symbol]
        if not mine.since <= now < mine.since + TOLD_MS:
            mine.since, mine.told = now, 0
        if mine.told >= MOST_TOLD:
            mine.untold += 1
            return None
        mine.told += 1
        untold, mine.untold = mine.untold, 0
        return untold


def _runs(histories: Sequence[History]) -> Iterator[tuple[Timeframe, list[History]]]:
    """Those of one timeframe follow one another: see ``Backfill``."""
    for timeframe, run in groupby(histories, lambda history: history.timeframe):
        yield timeframe, list(run)


def _as_before(run: Sequence[History], bars: Sequence[ProviderBar]) -> Iterator[History]:
    """The bars in the messages that they came in; a message of which nothing is left is not told."""
    place = 0
    for history in run:
        end = history.bars[-1].ts_close if history.bars else 0
        first = place
        while place < len(bars) and (bars[place].ts_close <= end or history is run[-1]):
            place += 1
        kept = tuple(bars[first:place])
        if kept == history.bars:
            yield history
        elif kept:
            yield msgspec.structs.replace(history, bars=kept, ts_event=kept[-1].ts_close)


def _numbers(values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Without what is missing; what is no number is None."""
    return {name: value if value is None or math.isfinite(value) else None for name, value in values.items() if value is not None}

"""Inspects every tick and bar before it is published: it is passed on, repaired or quarantined, with a report and a count."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np

from services.ingest.domain.bar_findings import Finding
from services.ingest.domain.bar_inspection import HUNDRED, UNIT_NEAR, inspect_bars
from services.ingest.domain.currency import WITH_HUNDREDTHS
from services.ingest.domain.source import Backfill
from services.ingest.domain.true_ranges import true_ranges, usual_range
from services.ingest.domain.value_checks import tick_rejection
from shared.events import History, ProviderBar, Quarantined, Tick, Timeframe

MAX_REPORTS: Final = 10
"""Maximum reports of one symbol within ``REPORT_WINDOW_MS``; the others are counted, and the next report carries the count."""
REPORT_WINDOW_MS: Final = 3_600_000
UNIT_MAYBE: Final = math.log(1.3)
"""A price that is a hundred times the last one to within 30 %, but not to within 5 %, is quarantined."""
MARKET_RANGES: Final = 3.0
MARKET_FLOOR: Final = 0.04
MARKET_FEWEST: Final = 5
MARKET_SHARE: Final = 1 / 3
"""A spike is accepted if at least ``MARKET_FEWEST`` other instruments of the exchange have been inspected, and this share of them
moved in the same direction on that day."""


class OutcomeKey(NamedTuple):
    """Key of a count: kind, source, reason, outcome."""

    kind: Literal["tick", "bar"]
    source: str
    reason: str
    outcome: str


@dataclass
class _ReportQuota:
    since: int = 0
    reported: int = 0
    suppressed: int = 0


@dataclass
class Inspector:
    """Inspects ticks and backfills, keeps the last price of symbols whose unit is ambiguous, and collects reports. For one task
    only.
    """

    currencies: Mapping[str, str] = field(default_factory=dict)
    """Symbol -> currency."""
    negative: frozenset[str] = frozenset()
    """Symbols whose prices may be 0 or below."""
    counts: Counter[OutcomeKey] = field(default_factory=Counter)
    """Ticks and bars that were repaired or quarantined since the counts were last reset."""
    without_volume: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, timeframe) -> bars without volume since the counts were last reset."""
    reports: list[Quarantined] = field(default_factory=list)
    """Reports that are to be published next."""

    def __post_init__(self) -> None:
        self._with_hundredths = frozenset(symbol for symbol, currency in self.currencies.items() if currency in WITH_HUNDREDTHS)
        self._last: dict[str, tuple[int, float]] = {}
        self._quotas: dict[str, _ReportQuota] = defaultdict(_ReportQuota)
        self._inspected: dict[str, set[str]] = defaultdict(set)
        self._moved: dict[tuple[str, int, bool], set[str]] = defaultdict(set)

    def tick(self, tick: Tick) -> Tick | None:
        """The tick to publish, repaired if necessary; None if it is quarantined."""
        reason = tick_rejection(tick, negative=tick.symbol in self.negative)
        if reason is not None:
            self._report_tick(tick, reason, "quarantined")
            return None
        return self._in_its_unit(tick) if tick.symbol in self._with_hundredths else tick

    def backfill(self, backfill: Backfill) -> Backfill | None:
        """The histories to publish, without empty ones; None if nothing remains."""
        found = tuple(history for timeframe, run in _runs(backfill.histories) for history in self._run(timeframe, run))
        return Backfill(backfill.symbol, found) if found else None

    def add_report(self, event: Quarantined) -> None:
        """Publish a report that a source made itself. It does not count towards the maximum."""
        self.reports.append(event)

    def _in_its_unit(self, tick: Tick) -> Tick | None:
        known = self._last.get(tick.symbol)
        if known is not None:
            off = math.log(tick.price / known[1])
            if abs(abs(off) - HUNDRED) <= UNIT_NEAR:
                by = 0.01 if off > 0 else 100.0
                self._report_tick(tick, "unit", "repaired", f"price x {by:g}", known[1])
                tick = msgspec.structs.replace(tick, price=float(f"{tick.price * by:.9g}"))
            elif abs(abs(off) - HUNDRED) <= UNIT_MAYBE:
                self._report_tick(tick, "unit", "quarantined", "", known[1])
                return None
        if known is None or tick.ts_event >= known[0]:
            self._last[tick.symbol] = (tick.ts_event, tick.price)
        return tick

    def _run(self, timeframe: Timeframe, run: Sequence[History]) -> Iterator[History]:
        """The histories of one timeframe, inspected as one series."""
        first = run[0]
        symbol, exchange = first.symbol, first.exchange
        daily = timeframe is Timeframe.D1

        def market(close: int, move: float) -> bool:
            others = self._moved[exchange, close, move > 0] - {symbol}
            inspected = len(self._inspected[exchange] - {symbol})
            return inspected >= MARKET_FEWEST and len(others) >= MARKET_SHARE * inspected

        inspected = inspect_bars(
            [bar for history in run for bar in history.bars],
            timeframe,
            hundredths=symbol in self._with_hundredths,
            negative=symbol in self.negative,
            market=market if daily else None,
        )
        for finding in inspected.findings:
            self._report_bar(first, finding)
        self.without_volume[first.source, timeframe.value] += inspected.without_volume
        if daily:
            self._remember_moves(symbol, exchange, inspected.bars)
        if inspected.bars and symbol in self._with_hundredths and inspected.bars[-1].ts_close > self._last.get(symbol, (0, 0.0))[0]:
            newest = inspected.bars[-1]
            self._last[symbol] = (newest.ts_close, newest.close * newest.split_factor)
        yield from _in_messages(run, inspected.bars)

    def _remember_moves(self, symbol: str, exchange: str, bars: Sequence[ProviderBar]) -> None:
        self._inspected[exchange].add(symbol)
        bars = [bar for bar in bars if bar.low > 0]
        if len(bars) < 2:
            return
        closes, ranges = true_ranges(bars)
        moves = np.diff(closes, prepend=closes[:1])
        for i in np.flatnonzero(np.abs(moves) > MARKET_FLOOR).tolist():
            if abs(moves[i]) > MARKET_RANGES * usual_range(ranges, i):
                self._moved[exchange, bars[i].ts_close, bool(moves[i] > 0)].add(symbol)

    def _report_tick(
        self, tick: Tick, reason: str, outcome: Literal["quarantined", "repaired"], note: str = "", last: float | None = None
    ) -> None:
        self.counts[OutcomeKey("tick", tick.source, reason, outcome)] += 1
        values = {"price": tick.price, "size": tick.size, "day_volume": tick.day_volume, "last": last}
        if (more := self._take_quota(tick.symbol, tick.ts_init)) is not None:
            self.reports.append(
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

    def _report_bar(self, history: History, finding: Finding) -> None:
        self.counts[OutcomeKey("bar", history.source, finding.reason, finding.outcome)] += 1
        bar = finding.bar
        names = ("open", "high", "low", "close", "volume", "price_factor", "split_factor")
        values = {**{name: getattr(bar, name) for name in names}, "last": finding.last}
        if (more := self._take_quota(history.symbol, history.ts_init)) is not None:
            self.reports.append(
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

    def _take_quota(self, symbol: str, now: int) -> int | None:
        """Number of suppressed reports before this one; None if this one is suppressed too."""
        quota = self._quotas[symbol]
        if not quota.since <= now < quota.since + REPORT_WINDOW_MS:
            quota.since, quota.reported = now, 0
        if quota.reported >= MAX_REPORTS:
            quota.suppressed += 1
            return None
        quota.reported += 1
        suppressed, quota.suppressed = quota.suppressed, 0
        return suppressed


def _runs(histories: Sequence[History]) -> Iterator[tuple[Timeframe, list[History]]]:
    """Group by timeframe; histories of one timeframe are consecutive: see ``Backfill``."""
    for timeframe, run in groupby(histories, lambda history: history.timeframe):
        yield timeframe, list(run)


def _in_messages(run: Sequence[History], bars: Sequence[ProviderBar]) -> Iterator[History]:
    """Distribute the bars over the messages in which they arrived; a message without bars is dropped."""
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
    """The values without missing ones; NaN and infinity become None."""
    return {name: value if value is None or math.isfinite(value) else None for name, value in values.items() if value is not None}

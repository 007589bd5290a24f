"""Converts a chart of a symbol's history to the messages to publish and the symbol's next position."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
import numpy as np

from services.ingest.domain.adjustments import Adjustments, adjustments
from services.ingest.domain.bar_findings import Finding
from services.ingest.domain.bar_inspection import inspect_bars, repair_scale
from services.ingest.domain.built_bars import built_bars
from services.ingest.domain.chart_dates import row_dates, session_date, stamped_date, zone_of
from services.ingest.domain.currency import WITH_HUNDREDTHS, unit_worth
from services.ingest.domain.exchange_delays import final_until
from services.ingest.domain.gaps import MissingRange, expected_closes, missing_ranges
from services.ingest.domain.history_position import (
    BUILT,
    HistoryPosition,
    PublishedBar,
    advance_position,
    fresh_bars,
    history_messages,
    reason_for,
    recent_bars,
    revised_bars,
)
from services.ingest.domain.provider_bars import NormalisedBars, daily_bars, intraday_bars
from services.ingest.domain.quarantine_events import quarantine_events
from services.ingest.domain.splits import align_splits
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import EmptyResponseError, SplitNotAppliedError
from services.ingest.domain.yahoo_events import Split
from shared.calendars import Sessions
from shared.events import History, ProviderBar, Quarantined, Timeframe

SOURCE: Final = "yahoo-history"
QUARANTINED: Final[Mapping[str, str]] = {
    "no_price": "price",
    "inverted": "order",
    "inconsistent": "order",
    "duplicate": "duplicate",
    "off_grid": "grid",
}
"""Rows dropped for these reasons are wrong and are reported; other reasons are normal for Yahoo (nulls, a bar still forming)."""


@dataclass(frozen=True)
class ChartHistory:
    """The result of reading one chart."""

    histories: tuple[History, ...]
    """Messages to be published together; empty if nothing is new."""
    position: HistoryPosition
    """The position of the symbol and timeframe after they are published."""
    adjust: Adjustments
    dropped: Mapping[str, int]
    """Number of dropped rows by reason."""
    quarantined: tuple[Quarantined, ...]
    """Reports of wrong rows, events, factors and revised bars."""
    missing: tuple[MissingRange, ...]
    """Bars that the calendar expects and the chart lacks."""
    newest: ProviderBar | None = None
    """The newest bar of a daily chart, if any."""


def read_daily(
    chart: Chart,
    instrument: Instrument,
    sessions: Sessions,
    position: HistoryPosition,
    requested_from: int,
    now: int,
    known: ProviderBar | None = None,
) -> ChartHistory:
    """Read a daily chart: new days, and the weeks and months that contain them.

    The chart must reach from ``requested_from`` to ``now`` (milliseconds).

    ``known`` is the newest daily bar that was read before, if any: see ``without_future_actions``.

    Raises:
        YahooError: there are no rows, or a split is listed and not applied.
        CurrencyError: the unit of the prices is not the instrument's currency.
    """
    worth = unit_worth(chart.currency, instrument.currency)
    chart, moved = align_splits(chart, zone_of(chart))
    chart = without_future_actions(chart, sessions, final_until(instrument.exchange, now), known, worth)
    adjust = adjustments(chart, sessions, instrument.currency)
    bars = daily_bars(chart, adjust, sessions, worth, final_until(instrument.exchange, now), negative=instrument.negative)
    bars, findings = _repair_scale(bars, instrument)
    missing = _missing(chart, bars, sessions, Timeframe.D1, HistoryPosition(), requested_from, now, instrument.exchange)
    fresh = fresh_bars(position, adjust.fingerprint, bars.bars)
    messages = _with_built(instrument, Timeframe.D1, bars.bars, fresh, sessions, adjust, position, now)
    newest = bars.bars[-1].ts_close if bars.bars else 0
    advanced = advance_position(position, adjust.fingerprint, newest, requested_from, missing)
    next_position = msgspec.structs.replace(advanced, recent=recent_bars(bars.bars) or position.recent)
    quarantined = [
        *_quarantined(instrument, Timeframe.D1, bars, now),
        *(_revision(instrument, before, bar, now) for before, bar in revised_bars(position, bars.bars)),
    ]
    if position.fingerprint != adjust.fingerprint or not position.until:  # else they have been reported
        quarantined += quarantine_events(instrument.symbol, chart.bad_events, (*moved, *adjust.flaws), findings, SOURCE, now)
    return ChartHistory(
        tuple(messages), next_position, adjust, bars.dropped, tuple(quarantined), missing, bars.bars[-1] if bars.bars else None
    )


def _repair_scale(normalised: NormalisedBars, instrument: Instrument) -> tuple[NormalisedBars, list[Finding]]:
    """Repair unit and level of the daily bars over the chart's whole range, since new bars alone are too few to compare."""
    findings: list[Finding] = []
    kept = repair_scale(normalised.bars, findings, hundredths=instrument.currency in WITH_HUNDREDTHS)
    return replace(normalised, bars=tuple(kept)), findings


def without_future_actions(chart: Chart, sessions: Sessions, final: int, known: ProviderBar | None, worth: float) -> Chart:
    """The chart without splits and dividends that take effect later.

    They take effect once the session before theirs is final, since prices of that session are still in old shares. If it is
    unknown whether Yahoo has applied a split, it takes effect with the first price of its session.

    ``final`` as in ``final_until``; ``known``: a daily bar as read before the split was listed; ``worth``: value of a quoted unit.

    Raises:
        SplitNotAppliedError: the newest close is still the known one.
    """
    zone = zone_of(chart)
    upcoming = sessions.open[sessions.close > final]
    effective_until = session_date(int(upcoming[0]) // 1000, zone) if len(upcoming) else 99_999_999
    newest = max((row for row in chart.rows if row.close and row.close > 0), key=lambda row: row.ts, default=None)
    newest_date = row_dates(replace(chart, rows=(newest,)), zone)[0] if newest else 0
    last_seen_date = max(newest_date, session_date(chart.price_ts or 0, zone))

    def applied(split: Split) -> bool:
        if (
            newest is None
            or newest.close is None
            or known is None
            or known.close <= 0
            or session_date(known.ts_open // 1000, zone) != last_seen_date
        ):
            return False
        off = math.log(known.close / worth / newest.close)
        if abs(off) < abs(off - math.log(split.ratio)):
            raise SplitNotAppliedError(
                chart.symbol, f"{split.ratio:g}:1 takes effect next, but the last close is still {newest.close:g}"
            )
        return True

    days = {split: stamped_date(split.ts, zone) for split in chart.splits}
    return replace(
        chart,
        splits=tuple(split for split, day in days.items() if day <= last_seen_date or (day <= effective_until and applied(split))),
        dividends=tuple(dividend for dividend in chart.dividends if stamped_date(dividend.ts, zone) <= effective_until),
    )


def read_intraday(
    chart: Chart,
    instrument: Instrument,
    timeframe: Timeframe,
    adjust: Adjustments,
    sessions: Sessions,
    position: HistoryPosition,
    requested_from: int,
    now: int,
) -> ChartHistory:
    """Read an intraday chart, with the factors of the daily chart: new bars, and the coarser ones that are built from them.

    Raises as ``read_daily``.
    """
    worth = unit_worth(chart.currency, instrument.currency)
    final = final_until(instrument.exchange, now)
    bars = intraday_bars(chart, timeframe, adjust, sessions, worth, final, negative=instrument.negative)
    missing = _missing(chart, bars, sessions, timeframe, position, requested_from, now, instrument.exchange)
    fresh = fresh_bars(position, adjust.fingerprint, bars.bars)
    messages = _with_built(instrument, timeframe, bars.bars, fresh, sessions, adjust, position, now)
    newest = bars.bars[-1].ts_close if bars.bars else 0
    quarantined = tuple(_quarantined(instrument, timeframe, bars, now))
    next_position = advance_position(position, adjust.fingerprint, newest, requested_from, missing)
    return ChartHistory(tuple(messages), next_position, adjust, bars.dropped, quarantined, missing)


def _missing(
    chart: Chart,
    normalised: NormalisedBars,
    sessions: Sessions,
    timeframe: Timeframe,
    position: HistoryPosition,
    requested_from: int,
    now: int,
    exchange: str,
) -> tuple[MissingRange, ...]:
    """Missing bars between the first bar (or the published position) and the newest one.

    Raises:
        EmptyResponseError: the chart has no rows at all, and the calendar expects some.
    """
    if not chart.rows and len(expected_closes(sessions, timeframe, requested_from, final_until(exchange, now))):
        raise EmptyResponseError(chart.symbol, f"no {timeframe} bars since {requested_from}, though there were sessions", 200)
    if not normalised.bars:
        return ()
    first = min(normalised.bars[0].ts_close, position.until) if position.until > requested_from else normalised.bars[0].ts_close
    expected = expected_closes(sessions, timeframe, max(first, requested_from), normalised.bars[-1].ts_close)
    return missing_ranges(expected, (bar.ts_close for bar in normalised.bars))


def _with_built(
    instrument: Instrument,
    timeframe: Timeframe,
    bars: Sequence[ProviderBar],
    fresh: Sequence[ProviderBar],
    sessions: Sessions,
    adjust: Adjustments,
    position: HistoryPosition,
    now: int,
) -> list[History]:
    """The messages of the fresh bars, and of the built bars that contain one of them or are complete only now.

    Bars are built from inspected ones, since a wrong price would be part of them.
    """
    runs = [(timeframe, fresh)]
    if fresh and BUILT[timeframe]:
        hundredths = instrument.currency in WITH_HUNDREDTHS
        inspected = inspect_bars(bars, timeframe, hundredths=hundredths, negative=instrument.negative).bars
        starts = np.array([bar.ts_open for bar in fresh], np.int64)
        for coarse in BUILT[timeframe]:
            built = built_bars(coarse, inspected, sessions)
            edges = [np.array([getattr(bar, name) for bar in built], np.int64) for name in ("ts_open", "ts_close")]
            touched = np.searchsorted(starts, edges[1]) > np.searchsorted(starts, edges[0])
            new = touched | (edges[1] > position.until)
            runs.append((coarse, tuple(bar for bar, wanted in zip(built, new.tolist(), strict=True) if wanted)))
    return [history for each, run in runs for history in _messages(instrument, each, run, adjust, position, now)]


def _messages(
    instrument: Instrument,
    timeframe: Timeframe,
    bars: Sequence[ProviderBar],
    adjust: Adjustments,
    position: HistoryPosition,
    now: int,
) -> Iterator[History]:
    reason = reason_for(position, bars)
    return history_messages(instrument.symbol, instrument.exchange, timeframe, bars, adjust.actions, now, SOURCE, reason)


def _quarantined(instrument: Instrument, timeframe: Timeframe, normalised: NormalisedBars, now: int) -> Iterator[Quarantined]:
    for reason, row in normalised.examples.items():
        if reason in QUARANTINED and row.ts * 1000 < final_until(instrument.exchange, now):  # the newest row may be stamped later
            values = {name: getattr(row, name) for name in ("open", "high", "low", "close", "volume", "adjclose")}
            yield Quarantined(
                symbol=instrument.symbol,
                what="bar",
                reason=QUARANTINED[reason],
                values={name: value if value is None or math.isfinite(value) else None for name, value in values.items()},
                note=f"{reason}: the first of {normalised.dropped[reason]} rows",
                timeframe=timeframe.value,
                source=SOURCE,
                ts_event=min(max(row.ts, 0), 2**42) * 1000,
                ts_init=now,
            )


def _revision(instrument: Instrument, before: PublishedBar, bar: ProviderBar, now: int) -> Quarantined:
    names = ("open", "high", "low", "close", "volume")
    return Quarantined(
        symbol=instrument.symbol,
        what="bar",
        reason="revised",
        outcome="repaired",
        values={**{name: getattr(before, name) for name in names}, "last": bar.close},
        note="now " + ", ".join(f"{name} {getattr(bar, name):g}" for name in names),
        timeframe=Timeframe.D1.value,
        source=SOURCE,
        ts_event=bar.ts_close,
        ts_init=now,
    )

"""One chart of a symbol's past -> the messages to publish, and where that leaves the symbol."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from services.ingest.domain.adjustments import Adjustments, adjustments
from services.ingest.domain.chart_flaws import told
from services.ingest.domain.currency import DIVIDED, unit
from services.ingest.domain.dates import row_dates, session_date, stamped_date, zone_of
from services.ingest.domain.delays import final_until
from services.ingest.domain.findings import Finding
from services.ingest.domain.gaps import Run, expected_closes, missing_runs
from services.ingest.domain.history_plan import Position, Published, after, fresh_bars, histories, reason_for, recent_of, revised
from services.ingest.domain.neighbours import in_same_terms, looked_at
from services.ingest.domain.provider_bars import Normalised, daily_bars, intraday_bars
from services.ingest.domain.splits import placed
from services.ingest.domain.universe import Instrument
from services.ingest.domain.weekly import weekly_bars
from services.ingest.domain.yahoo_chart import Chart
from services.ingest.domain.yahoo_errors import EmptyAnswerError, SplitNotAppliedError
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
"""Rows dropped for these reasons cannot be right, and are told; the others are how Yahoo is (nulls, a bar still forming)."""


@dataclass(frozen=True)
class Found:
    """What one chart gave."""

    histories: tuple[History, ...]
    """To be published together; empty where nothing is new."""
    position: Position
    """Where the symbol and timeframe stand once they are published."""
    adjust: Adjustments
    dropped: Mapping[str, int]
    """Rows that were left out, by reason."""
    quarantined: tuple[Quarantined, ...]
    """Those of them that cannot be right, one event a reason."""
    missing: tuple[Run, ...]
    """Bars that the calendar expects and the chart does not have."""
    newest: ProviderBar | None = None
    """The newest daily bar, where the chart is a daily one and has some."""


def read_daily(
    chart: Chart,
    instrument: Instrument,
    sessions: Sessions,
    position: Position,
    asked_from: int,
    now: int,
    known: ProviderBar | None = None,
) -> Found:
    """Days and, of those that are new, the weeks. The chart must reach from ``asked_from`` to ``now`` (milliseconds).

    ``known`` is the newest daily bar that was read before, if any: see ``in_effect``.

    Raises:
        YahooError: there are no rows, or a split is named and not applied.
        CurrencyError: the unit of the prices is not the instrument's currency.
    """
    worth = unit(chart.currency, instrument.currency)
    chart, moved = placed(chart, zone_of(chart))
    chart = in_effect(chart, sessions, final_until(instrument.exchange, now), known, worth)
    adjust = adjustments(chart, sessions, instrument.currency)
    bars = daily_bars(chart, adjust, sessions, worth, final_until(instrument.exchange, now), negative=instrument.negative)
    bars, findings = _in_same_terms(bars, instrument)
    missing = _missing(chart, bars, sessions, Timeframe.D1, Position(), asked_from, now, instrument.exchange)
    fresh = fresh_bars(position, adjust.fingerprint, bars.bars)
    touched = {int(sessions.week_close[sessions.at(day.ts_open)]) for day in fresh}
    good = looked_at(bars.bars, Timeframe.D1, hundredths=instrument.currency in DIVIDED, negative=instrument.negative).bars
    weeks = tuple(week for week in weekly_bars(good, sessions) if week.ts_close in touched)
    found = [
        history
        for timeframe, run in ((Timeframe.D1, fresh), (Timeframe.W1, weeks))
        for history in _messages(instrument, timeframe, run, adjust, position, now)
    ]
    newest = bars.bars[-1].ts_close if bars.bars else 0
    stands = after(position, adjust.fingerprint, newest, asked_from, missing)
    after_all = msgspec.structs.replace(stands, recent=recent_of(bars.bars) or position.recent)
    quarantined = [
        *_quarantined(instrument, Timeframe.D1, bars, now),
        *(_revision(instrument, before, bar, now) for before, bar in revised(position, bars.bars)),
    ]
    if position.fingerprint != adjust.fingerprint or not position.until:  # else they have been told
        quarantined += told(instrument.symbol, chart.bad_events, (*moved, *adjust.flaws), findings, SOURCE, now)
    return Found(tuple(found), after_all, adjust, bars.dropped, tuple(quarantined), missing, bars.bars[-1] if bars.bars else None)


def _in_same_terms(found: Normalised, instrument: Instrument) -> tuple[Normalised, list[Finding]]:
    """The daily bars, judged over the chart's whole range: what is new alone could not be."""
    findings: list[Finding] = []
    kept = in_same_terms(found.bars, findings, hundredths=instrument.currency in DIVIDED)
    return replace(found, bars=tuple(kept)), findings


def in_effect(chart: Chart, sessions: Sessions, final: int, known: ProviderBar | None, worth: float) -> Chart:
    """The chart without splits and dividends whose session is still to come.

    They count from the moment at which the session before theirs is final: prices of that session still stand in the old terms.
    A split of which nobody can say yet whether Yahoo has applied it counts from the first price of its session on. ``final`` as in
    ``final_until``; ``known``: a daily bar as it was read before the split was named; ``worth`` of a quoted unit.

    Raises:
        SplitNotAppliedError: the newest close is still the one that was known before.
    """
    zone = zone_of(chart)
    ahead = sessions.open[sessions.close > final]
    upto = session_date(int(ahead[0]) // 1000, zone) if len(ahead) else 99_999_999
    newest = max((row for row in chart.rows if row.close and row.close > 0), key=lambda row: row.ts, default=None)
    newest_date = row_dates(replace(chart, rows=(newest,)), zone)[0] if newest else 0
    seen = max(newest_date, session_date(chart.price_ts or 0, zone))

    def applied(split: Split) -> bool:
        if (
            newest is None
            or newest.close is None
            or known is None
            or known.close <= 0
            or session_date(known.ts_open // 1000, zone) != seen
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
        splits=tuple(split for split, day in days.items() if day <= seen or (day <= upto and applied(split))),
        dividends=tuple(dividend for dividend in chart.dividends if stamped_date(dividend.ts, zone) <= upto),
    )


def read_intraday(
    chart: Chart,
    instrument: Instrument,
    timeframe: Timeframe,
    adjust: Adjustments,
    sessions: Sessions,
    position: Position,
    asked_from: int,
    now: int,
) -> Found:
    """Bars of an intraday timeframe, with the factors of the daily chart. Raises as ``read_daily``."""
    worth = unit(chart.currency, instrument.currency)
    final = final_until(instrument.exchange, now)
    bars = intraday_bars(chart, timeframe, adjust, sessions, worth, final, negative=instrument.negative)
    missing = _missing(chart, bars, sessions, timeframe, position, asked_from, now, instrument.exchange)
    fresh = fresh_bars(position, adjust.fingerprint, bars.bars)
    found = tuple(_messages(instrument, timeframe, fresh, adjust, position, now))
    newest = bars.bars[-1].ts_close if bars.bars else 0
    quarantined = tuple(_quarantined(instrument, timeframe, bars, now))
    after_all = after(position, adjust.fingerprint, newest, asked_from, missing)
    return Found(found, after_all, adjust, bars.dropped, quarantined, missing)


def _missing(
    chart: Chart,
    found: Normalised,
    sessions: Sessions,
    timeframe: Timeframe,
    position: Position,
    asked_from: int,
    now: int,
    exchange: str,
) -> tuple[Run, ...]:
    """What the calendar expects between the first bar (or what was published before) and the newest one.

    Raises:
        EmptyAnswerError: the chart has no rows at all, and the calendar expects some.
    """
    if not chart.rows and len(expected_closes(sessions, timeframe, asked_from, final_until(exchange, now))):
        raise EmptyAnswerError(chart.symbol, f"no {timeframe} bars since {asked_from}, though there were sessions", 200)
    if not found.bars:
        return ()
    first = min(found.bars[0].ts_close, position.until) if position.until > asked_from else found.bars[0].ts_close
    expected = expected_closes(sessions, timeframe, max(first, asked_from), found.bars[-1].ts_close)
    return missing_runs(expected, (bar.ts_close for bar in found.bars))


def _messages(
    instrument: Instrument, timeframe: Timeframe, bars: Sequence[ProviderBar], adjust: Adjustments, position: Position, now: int
) -> Iterator[History]:
    reason = reason_for(position, bars)
    return histories(instrument.symbol, instrument.exchange, timeframe, bars, adjust.actions, now, SOURCE, reason)


def _quarantined(instrument: Instrument, timeframe: Timeframe, found: Normalised, now: int) -> Iterator[Quarantined]:
    for reason, row in found.examples.items():
        if reason in QUARANTINED and row.ts * 1000 < final_until(instrument.exchange, now):  # the newest row is often stamped late
            values = {name: getattr(row, name) for name in ("open", "high", "low", "close", "volume", "adjclose")}
            yield Quarantined(
                symbol=instrument.symbol,
                what="bar",
                reason=QUARANTINED[reason],
                values={name: value if value is None or math.isfinite(value) else None for name, value in values.items()},
                note=f"{reason}: the first of {found.dropped[reason]} rows",
                timeframe=timeframe.value,
                source=SOURCE,
                ts_event=min(max(row.ts, 0), 2**42) * 1000,
                ts_init=now,
            )


def _revision(instrument: Instrument, before: Published, bar: ProviderBar, now: int) -> Quarantined:
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

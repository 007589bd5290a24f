"""The output of the engine, and the conversion of kernel records to events."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.analysis.kernels.closed_bars import BarRecords
from services.analysis.live.domain.layout import DAY, TIMEFRAMES
from services.analysis.live.domain.state import Floats, Int64s, PartitionState, Records
from shared.events import Bar, IndicatorRow, Pattern, Quarantined, Quote, Signal, Timeframe

PUBLISHED_FIELDS: Final = (
    "row", "timeframe", "open_at", "close_at", "session", "open", "high", "low", "close", "volume", "ts_init", "source", "replayed",
)  # fmt: skip
QUOTE_FIELDS: Final = (
    "quote_price", "quote_ts", "quote_ts_init", "quote_source", "quote_replayed", "prev_close", "year_high", "year_low",
    "day", "day_open", "day_high", "day_low", "day_close", "day_volume", "quote_by", "split_suspected",
)  # fmt: skip


@dataclass
class EngineOutcome:
    """Events in the order in which they arose, and what became of each event of the log (reason -> count)."""

    bars: list[Bar] = field(default_factory=list)
    rows: list[IndicatorRow] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def finite(values: Floats) -> list[list[float | None]]:
    """Rows of values for JSON: None for what is no finite number."""
    known = np.isfinite(values)
    if known.all():
        return values.tolist()  # type: ignore[no-any-return]
    block = values.astype(object)
    block[~known] = None
    return block.tolist()  # type: ignore[no-any-return]


def bars_of(closed: Records, symbols: Sequence[str], sources: Sequence[str], incomplete: Sequence[bool]) -> list[Bar]:
    """The closed bars (dtype CLOSED) as events; ``incomplete``: which of them lack a finer bar."""
    found = []
    for x, lacking in zip(closed[list(PUBLISHED_FIELDS)].tolist(), incomplete, strict=True):
        row, timeframe, open_at, close_at, session, opened, high, low, close, volume, ts_init, source, replayed = x
        found.append(
            Bar(
                symbol=symbols[row],
                timeframe=TIMEFRAMES[timeframe],
                ts_open=open_at,
                ts_event=close_at,
                ts_init=ts_init,
                session=session,
                open=opened,
                high=high,
                low=low,
                close=close,
                volume=volume,
                source=sources[source],
                replayed=bool(replayed),
                incomplete=lacking,
            )
        )
    return found


def rows_of(bars: Sequence[Bar], closes: Sequence[float], columns: Sequence[str], values: Floats) -> list[IndicatorRow]:
    """The indicator rows of some bars; ``closes`` are the adjusted ones, ``values`` of shape (bars, columns)."""
    return [
        IndicatorRow(
            symbol=bar.symbol,
            timeframe=bar.timeframe,
            ts_event=bar.ts_event,
            ts_init=bar.ts_init,
            close=close,
            values=dict(zip(columns, row, strict=True)),
            source=bar.source,
            replayed=bar.replayed,
        )
        for bar, close, row in zip(bars, closes, finite(values), strict=True)
    ]


def stored_bars(symbol: str, timeframe: Timeframe, bars: BarRecords, ts_init: int) -> list[Bar]:
    """Stored or provided bars (dtype BAR_RECORD) as events."""
    return [
        Bar(
            symbol=symbol,
            timeframe=timeframe,
            ts_open=ts_open,
            ts_event=ts_close,
            ts_init=ts_init,
            session=session,
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=volume,
            price_factor=price,
            split_factor=split,
            source=source,
            replayed=replayed,
            incomplete=incomplete,
        )
        for ts_close, ts_open, session, opened, high, low, close, volume, price, split, replayed, source, incomplete in (
            bars.tolist()
        )
    ]


def quotes_of(state: PartitionState, rows: Int64s) -> list[Quote]:
    """The current quotes of some symbols, without those that have no price yet."""
    sources = list(state.sources)
    forming = state.forming[rows, DAY]
    # Field by field: one record at a time takes five times as long.
    r = {name: state.records[name][rows].tolist() for name in QUOTE_FIELDS}
    day = {name: forming[name].tolist() for name in ("active", "session", "open", "high", "low", "volume")}
    found = []
    for i, row in enumerate(rows.tolist()):
        last = r["quote_price"][i] * r["quote_by"][i]
        if not math.isfinite(last):
            continue
        if day["active"][i]:
            session, prev_close = day["session"][i], r["day_close"][i]
            opened, high, low, volume = day["open"][i], day["high"][i], day["low"][i], day["volume"][i]
        else:
            session, prev_close = r["day"][i], r["prev_close"][i]
            opened, high, low, volume = r["day_open"][i], r["day_high"][i], r["day_low"][i], r["day_volume"][i]
        year_high, year_low = r["year_high"][i], r["year_low"][i]
        if r["split_suspected"][i]:  # whether earlier prices are in the same shares is not known yet
            prev_close = math.nan
        known = prev_close == prev_close  # not NaN
        found.append(
            Quote(
                symbol=state.symbols[row],
                last_price=last,
                ts_event=r["quote_ts"][i],
                ts_init=r["quote_ts_init"][i],
                source=sources[r["quote_source"][i]],
                prev_close=prev_close if known else None,
                change=last - prev_close if known else None,
                change_percent=last / prev_close - 1.0
                if known and prev_close > 0.0
                else None,  # undefined for a previous close of 0 or below
                day_open=_known(opened),
                day_high=_known(high),
                day_low=_known(low),
                day_volume=_known(volume),
                year_high=None if r["split_suspected"][i] else _known(high if not year_high >= high else year_high),
                year_low=None if r["split_suspected"][i] else _known(low if not year_low <= low else year_low),
                session=session,
                replayed=bool(r["quote_replayed"][i]),
            )
        )
    return found


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None

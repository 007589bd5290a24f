"""What a batch brought about, and how the rows of the kernels become events."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from services.analysis.domain.layout import DAY, TIMEFRAMES
from services.analysis.domain.past import Bars
from services.analysis.domain.state import Floats, Records, State
from shared.events import Bar, IndicatorRow, Quote, Signal, Timeframe


@dataclass
class Outcome:
    """Events in the order in which they came about, and what became of each event of the log (reason -> count)."""

    bars: list[Bar] = field(default_factory=list)
    rows: list[IndicatorRow] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def finite(values: Floats) -> list[list[float | None]]:
    """Rows of values as JSON knows them: None where there is no number."""
    known = np.isfinite(values)
    if known.all():
        return values.tolist()  # type: ignore[no-any-return]
    block = values.astype(object)
    block[~known] = None
    return block.tolist()  # type: ignore[no-any-return]


def bars_of(closed: Records, symbols: Sequence[str], sources: Sequence[str]) -> list[Bar]:
    """The closed bars (dtype CLOSED) as events."""
    found = []
    for x in closed.tolist():
        row, timeframe, _, _, open_at, close_at, session, opened, high, low, close, volume, ts_init, source, replayed = x
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


def stored_bars(symbol: str, timeframe: Timeframe, bars: Bars, ts_init: int) -> list[Bar]:
    """Stored or provided bars (dtype PAST) as events."""
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
        )
        for ts_close, ts_open, session, opened, high, low, close, volume, price, split, replayed, source in bars.tolist()
    ]


def quote_of(state: State, row: int, sources: Sequence[str]) -> Quote | None:
    """The quote of a symbol as it stands; None before its first price."""
    r: Any = state.records[row]
    if not r["quote_price"] > 0.0:
        return None
    day: Any = state.forming[row, DAY]
    if day["active"]:
        session, prev_close = int(day["session"]), _known(r["day_close"])
        opened, high, low, volume = float(day["open"]), float(day["high"]), float(day["low"]), float(day["volume"])
    else:
        session, prev_close = int(r["day"]), _known(r["prev_close"])
        opened, high, low, volume = (float(r[f"day_{name}"]) for name in ("open", "high", "low", "volume"))
    last = float(r["quote_price"])
    return Quote(
        symbol=state.symbols[row],
        last_price=last,
        ts_event=int(r["quote_ts"]),
        ts_init=int(r["quote_ts_init"]),
        source=sources[r["quote_source"]],
        prev_close=prev_close,
        change=None if prev_close is None else last - prev_close,
        change_percent=None if prev_close is None else last / prev_close - 1.0,
        day_open=_known(opened),
        day_high=_known(high),
        day_low=_known(low),
        day_volume=_known(volume),
        year_high=_known(np.fmax(r["year_high"], high)),
        year_low=_known(np.fmin(r["year_low"], low)),
        session=session,
        replayed=bool(r["quote_replayed"]),
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

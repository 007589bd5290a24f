"""Converts a streamed or polled price of Yahoo to a tick, or to the reason why it is rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.ingest.domain.currency import CurrencyError, unit_worth
from services.ingest.domain.provider_bars import shortest_decimal
from services.ingest.domain.universe import Instrument
from services.ingest.domain.value_checks import tick_rejection
from services.ingest.domain.yahoo_chart import Chart
from shared.events import Tick

STREAM: Final = "yahoo-stream"
POLL: Final = "yahoo-poll"
ROLLING_VOLUME: Final = frozenset({"CRYPTO", "FX"})
"""Exchanges whose volume covers the last 24 hours, or is missing: it is not the volume of a session, so it is omitted."""


@dataclass(frozen=True, slots=True)
class StreamedPrice:
    """One streamed price, as decoded from its frame."""

    symbol: str
    price: float
    ts: int
    """Milliseconds."""
    currency: str
    day_volume: int
    regular: bool = False
    """Whether Yahoo marks it as a price of the regular market; False before the open, after the close, and if not marked."""


@dataclass(frozen=True, slots=True)
class RejectedPrice:
    """The price was rejected; the reason is ``price``, ``size``, ``time`` or ``currency``."""

    reason: str


def streamed_tick(streamed: StreamedPrice, instrument: Instrument, now: int) -> Tick | RejectedPrice:
    """The tick of a streamed price; ``now`` in milliseconds."""
    return _tick(instrument, STREAM, streamed.price, streamed.currency, streamed.ts, float(streamed.day_volume), now)


def polled_tick(chart: Chart, instrument: Instrument, now: int) -> Tick | RejectedPrice:
    """The tick of a chart's last regular price; ``now`` in milliseconds."""
    if chart.price is None or chart.price_ts is None:
        return RejectedPrice("price")
    return _tick(instrument, POLL, chart.price, chart.currency, chart.price_ts * 1000, chart.day_volume or 0.0, now)


def _tick(instrument: Instrument, source: str, price: float, quoted: str, ts: int, volume: float, now: int) -> Tick | RejectedPrice:
    try:
        worth = unit_worth(quoted, instrument.currency)
    except CurrencyError:
        return RejectedPrice("currency")
    value = shortest_decimal(price) if abs(price) < 1e30 else price
    tick = Tick(
        symbol=instrument.symbol,
        price=value if worth == 1.0 else float(f"{value * worth:.9g}"),
        ts_event=ts,
        ts_init=now,
        source=source,
        day_volume=volume if volume and instrument.exchange not in ROLLING_VOLUME else None,
    )
    reason = tick_rejection(tick, negative=instrument.negative)
    return RejectedPrice(reason) if reason else tick

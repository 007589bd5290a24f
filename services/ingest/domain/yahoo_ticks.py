"""What Yahoo says a price is, streamed or polled -> a tick, or the reason why it is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.ingest.domain.currency import CurrencyError, unit
from services.ingest.domain.fitness import unfit_tick
from services.ingest.domain.provider_bars import printed
from services.ingest.domain.universe import Instrument
from services.ingest.domain.yahoo_chart import Chart
from shared.events import Tick

STREAM: Final = "yahoo-stream"
POLL: Final = "yahoo-poll"
ROLLING_VOLUME: Final = frozenset({"CRYPTO", "FX"})
"""Exchanges whose volume is that of the last 24 hours, or none: it is no volume of a session, so it is left out."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """One streamed price, as the frame has it."""

    symbol: str
    price: float
    ts: int
    """Milliseconds."""
    currency: str
    day_volume: int
    regular: bool = False
    """A price of the regular market, as Yahoo says; False before it opens, after it has closed, and where Yahoo does not say."""


@dataclass(frozen=True, slots=True)
class NoTick:
    """Why there is none: ``price``, ``size``, ``time`` or ``currency``."""

    reason: str


def streamed_tick(pricing: Pricing, instrument: Instrument, now: int) -> Tick | NoTick:
    """The tick of a streamed price; ``now`` in milliseconds."""
    return _tick(instrument, STREAM, pricing.price, pricing.currency, pricing.ts, float(pricing.day_volume), now)


def polled_tick(chart: Chart, instrument: Instrument, now: int) -> Tick | NoTick:
    """The tick of a chart's last regular price; ``now`` in milliseconds."""
    if chart.price is None or chart.price_ts is None:
        return NoTick("price")
    return _tick(instrument, POLL, chart.price, chart.currency, chart.price_ts * 1000, chart.day_volume or 0.0, now)


def _tick(instrument: Instrument, source: str, price: float, quoted: str, ts: int, volume: float, now: int) -> Tick | NoTick:
    try:
        worth = unit(quoted, instrument.currency)
    except CurrencyError:
        return NoTick("currency")
    value = printed(price) if abs(price) < 1e30 else price
    tick = Tick(
        symbol=instrument.symbol,
        price=value if worth == 1.0 else float(f"{value * worth:.9g}"),
        ts_event=ts,
        ts_init=now,
        source=source,
        day_volume=volume if volume and instrument.exchange not in ROLLING_VOLUME else None,
    )
    reason = unfit_tick(tick, negative=instrument.negative)
    return NoTick(reason) if reason else tick

"""Whether an instrument can be traded at a moment, and the session of its exchange."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from services.gateway.domain.api_models import Instrument
from services.gateway.domain.times import SessionDate, Time, rfc3339, session_date
from shared.calendars import Sessions

NotTradable = Literal["", "index", "inactive", "closed", "no-price", "no-calendar"]


class Trading(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an instrument can be traded, by the calendar of its exchange and the prices that are known."""

    symbol: str
    exchange: str
    date: Time
    """The moment that this is about."""
    state: Literal["open", "closed", "unknown"]
    """Of the exchange; unknown where its hours are not known."""
    tradable: bool | None
    """Null where the hours of the exchange are not known."""
    reason: NotTradable
    """Why it is not tradable; empty where it is."""
    session: SessionDate | None
    """The session that is on, or the next one."""
    open: Time | None
    """When it opens."""
    close: Time | None
    """When it closes."""
    price_date: Time | None
    """When the last known price was made; null where there is none."""


def trading(instrument: Instrument, sessions: Sessions | None, at: int, price_at: int | None) -> Trading:
    """The state at a moment; ``price_at``: when the last price was made. Times in milliseconds since the epoch."""
    state: Literal["open", "closed", "unknown"] = "unknown"
    opens = closes = date = None
    if sessions is not None and (number := int(np.searchsorted(sessions.close, at, side="right"))) < len(sessions.close):
        opens, closes, date = (int(each[number]) for each in (sessions.open, sessions.close, sessions.date))
        state = "open" if opens <= at else "closed"
    reason = _reason(instrument, state, price_at)
    return Trading(
        symbol=instrument.symbol, exchange=instrument.exchange, date=rfc3339(at), state=state,
        tradable=None if reason == "no-calendar" else not reason, reason=reason,
        session=None if date is None else session_date(date),
        open=None if opens is None else rfc3339(opens), close=None if closes is None else rfc3339(closes),
        price_date=None if price_at is None else rfc3339(price_at),
    )  # fmt: skip


def _reason(instrument: Instrument, state: str, price_at: int | None) -> NotTradable:
    if instrument.kind == "index":
        return "index"
    if not instrument.active:
        return "inactive"
    if state == "unknown":
        return "no-calendar"
    if state == "closed":
        return "closed"
    return "no-price" if price_at is None else ""

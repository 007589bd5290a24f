"""Deliveries of alerts."""

from __future__ import annotations

from typing import Literal

from shared.events.event import Event, SafeInt


class Delivery(Event, frozen=True, kw_only=True, tag="delivery"):
    """The outcome of one alert for one recipient."""

    signal_id: str
    channel: str
    recipient: str
    """An opaque id of the chat: 16 hex digits of a hash, never the chat's own id."""
    outcome: Literal["sent", "unknown", "failed", "expired", "muted"]
    ts_event: SafeInt
    ts_init: SafeInt
    tries: SafeInt
    error: str | None = None

    @property
    def event_id(self) -> str:
        return f"{self.signal_id}:{self.channel}:{self.recipient}:{self.tries}:{self.outcome}"

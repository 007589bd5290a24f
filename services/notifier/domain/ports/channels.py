"""Ways to send alerts."""

from __future__ import annotations

from typing import Protocol

from services.notifier.domain.address import Address
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import Outcome


class Channel(Protocol):
    """A way to send alerts. ``send`` returns an outcome for every failure of the receiver instead of raising."""

    name: str
    pictures: bool
    """Whether alerts should include a picture."""
    one_server: bool
    """Whether one server serves all its chats: then a failure pauses the whole channel."""

    async def send(self, to: Address, alert: Alert) -> Outcome:
        """Send one alert, within the channel's own timeout."""

"""A channel with its pace."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.delivery import Policy, wait
from services.notifier.domain.planning import ChatTiming
from services.notifier.domain.ports import Channel
from services.notifier.domain.rate_limits import RateLimiter
from services.notifier.handlers.clock import Clock


@dataclass
class ChannelSchedule:
    """A channel, its pace, and how long it has been in trouble."""

    channel: Channel
    limiter: RateLimiter
    run_length: int
    """Messages to one chat that are taken on at once."""
    failures: int = 0
    """Tries in a row that came to nothing."""

    def timing(self, chat_id: str, ticking: float) -> ChatTiming:
        """How the channel can be used for a chat at this moment."""
        return ChatTiming(
            int(1000 * self.limiter.delay(chat_id, ticking)), int(1000 * self.limiter.spacing(chat_id)), self.run_length
        )

    def hold_back(self, chat_id: str, retry_after: float | None, policy: Policy, clock: Clock) -> None:
        """After a try that came to nothing: hold back the channel where one server is behind it, else this chat."""
        self.failures += 1
        seconds = wait(self.failures, policy, clock.chance()) / 1000 if retry_after is None else retry_after
        self.limiter.pause(clock.ticking() + seconds, None if self.channel.one_server else chat_id)

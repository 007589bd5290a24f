"""A channel with its rate limiter."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.delivery import RetryPolicy, retry_delay
from services.notifier.domain.ports.channels import Channel
from services.notifier.domain.rate_limits import RateLimiter
from services.notifier.domain.send_plan import ChatTiming


@dataclass
class ChannelSchedule:
    """A channel, its rate limiter, and its consecutive failures."""

    channel: Channel
    limiter: RateLimiter
    run_length: int
    """Most deliveries to one chat in one run."""
    failures: int = 0
    """Consecutive attempts without a delivery."""

    def timing(self, chat_id: str, ticking: float) -> ChatTiming:
        """The rate limit of a chat at this moment."""
        return ChatTiming(
            int(1000 * self.limiter.delay(chat_id, ticking)), int(1000 * self.limiter.spacing(chat_id)), self.run_length
        )

    def hold_back(self, chat_id: str, retry_after: float | None, policy: RetryPolicy, clock: TimeAndRandom) -> None:
        """Pause after a failed attempt: the whole channel where one server serves it, else this chat."""
        self.failures += 1
        seconds = retry_delay(self.failures, policy, clock.chance()) / 1000 if retry_after is None else retry_after
        self.limiter.pause(clock.ticking() + seconds, None if self.channel.one_server else chat_id)

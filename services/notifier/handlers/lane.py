"""A channel with its pace."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.delivery import Policy, wait
from services.notifier.domain.pace import Pace
from services.notifier.domain.planning import Rhythm
from services.notifier.domain.ports import Channel
from services.notifier.handlers.clock import Clock


@dataclass
class Lane:
    """A channel, its pace, and how long it has been in trouble."""

    channel: Channel
    pace: Pace
    run_length: int
    """Messages to one chat that are taken on at once."""
    troubles: int = 0
    """Tries in a row that came to nothing."""

    def rhythm(self, chat_id: str, ticking: float) -> Rhythm:
        """How the channel can be used for a chat at this moment."""
        return Rhythm(int(1000 * self.pace.delay(chat_id, ticking)), int(1000 * self.pace.spacing(chat_id)), self.run_length)

    def hold_back(self, chat_id: str, retry_after: float | None, policy: Policy, clock: Clock) -> None:
        """After a try that came to nothing: hold back the channel where one server is behind it, else this chat."""
        self.troubles += 1
        seconds = wait(self.troubles, policy, clock.chance()) / 1000 if retry_after is None else retry_after
        self.pace.pause(clock.ticking() + seconds, None if self.channel.one_server else chat_id)

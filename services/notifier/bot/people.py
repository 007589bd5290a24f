"""How many commands a person may give in a minute."""

from __future__ import annotations

from services.notifier.domain.rate_limits import RateLimit, SlidingWindows


class People:
    """The newest commands of each person."""

    def __init__(self, commands_minute: int) -> None:
        self._limits = (RateLimit(commands_minute, 60.0),)
        self._commands = SlidingWindows()
        self._warnings = SlidingWindows()

    def may_ask(self, person: str, now: float) -> bool:
        """Count a command; False where there were too many in the last minute. ``now``: monotonic seconds."""
        window = self._commands.get(person, self._limits, now)
        if window.delay(now) > 0:
            return False
        window.add(now)
        return True

    def may_be_warned(self, person: str, now: float) -> bool:
        """Once a minute: the bot must not answer a flood with a flood."""
        window = self._warnings.get(person, (RateLimit(1, 60.0),), now)
        if window.delay(now) > 0:
            return False
        window.add(now)
        return True

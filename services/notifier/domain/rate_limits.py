"""Rate limits of a channel as sliding windows: overall, per chat and per group.

Three limits apply together, a chat at its limit must not block the others, and the clock is an argument. So these are windows of
our own, not a limiter that sleeps. They are exact: no window of that length ever has more events than its limit. Unit: seconds.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    """At most ``count`` events in any ``seconds``."""

    count: int
    seconds: float


class SlidingWindow:
    """The times of the newest events, as many as the largest limit needs."""

    def __init__(self, limits: Sequence[RateLimit]) -> None:
        self._limits = tuple(limits)
        self._times: deque[float] = deque(maxlen=max((limit.count for limit in limits), default=1))

    def delay(self, now: float) -> float:
        """Seconds until one more event is allowed; 0 when it is allowed now."""
        times = self._times
        waits = (times[-limit.count] + limit.seconds - now for limit in self._limits if len(times) >= limit.count)
        return max(0.0, max(waits, default=0.0))

    def add(self, now: float) -> None:
        """Record an event."""
        self._times.append(now)

    def idle(self, now: float) -> bool:
        """Whether no recorded event can delay another one any more."""
        longest = max((limit.seconds for limit in self._limits), default=0.0)
        return not self._times or self._times[-1] + longest <= now


class SlidingWindows:
    """A window per key, in bounded memory: idle windows are dropped first, then the least recently used."""

    def __init__(self, maximum: int = 10_000) -> None:
        self._maximum = maximum
        self._windows: OrderedDict[str, SlidingWindow] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    def get(self, key: str, limits: Sequence[RateLimit], now: float) -> SlidingWindow:
        """The window of ``key``; created with ``limits`` where there is none."""
        window = self._windows.get(key)
        if window is None:
            self._shrink(now)
            window = self._windows[key] = SlidingWindow(limits)
        self._windows.move_to_end(key)
        return window

    def _shrink(self, now: float) -> None:
        while self._windows:
            oldest = next(iter(self._windows))
            if len(self._windows) < self._maximum and not self._windows[oldest].idle(now):
                return
            del self._windows[oldest]


class RateLimiter:
    """Decides when the next message to a chat may be sent."""

    def __init__(
        self,
        overall: Sequence[RateLimit],
        chat: Sequence[RateLimit],
        group: Sequence[RateLimit] = (),
        is_group: Callable[[str], bool] = lambda _: False,
        maximum: int = 10_000,
    ) -> None:
        """``group`` applies in addition to ``chat`` where ``is_group`` is true for a chat's id."""
        self._overall = SlidingWindow(overall)
        self._all = tuple(overall)
        self._chat, self._group, self._is_group = tuple(chat), (*chat, *group), is_group
        self._windows = SlidingWindows(maximum)
        self._paused = 0.0
        self._paused_chats: OrderedDict[str, float] = OrderedDict()

    def delay(self, chat: str, now: float) -> float:
        """Seconds until a message to ``chat`` may be sent; 0 when it may be sent now."""
        window = self._window(chat, now)
        paused = max(self._paused, self._paused_chats.get(chat, 0.0))
        return max(paused - now, self._overall.delay(now), window.delay(now), 0.0)

    def take(self, chat: str, now: float) -> float:
        """The ``delay``; where it is 0, the message is counted as sent."""
        delay = self.delay(chat, now)
        if delay <= 0:
            self._overall.add(now)
            self._window(chat, now).add(now)
        return delay

    def spacing(self, chat: str) -> float:
        """Seconds between two messages to ``chat`` at its rate limit."""
        return max((limit.seconds / limit.count for limit in (*self._all, *self._limits(chat))), default=0.0)

    def _limits(self, chat: str) -> tuple[RateLimit, ...]:
        return self._group if self._is_group(chat) else self._chat

    def _window(self, chat: str, now: float) -> SlidingWindow:
        return self._windows.get(chat, self._limits(chat), now)

    def pause(self, until: float, chat: str | None = None) -> None:
        """Allow no messages until ``until``: to ``chat``, or to all chats where None. A pause is never shortened."""
        if chat is None:
            self._paused = max(self._paused, until)
            return
        self._paused_chats[chat] = max(self._paused_chats.get(chat, 0.0), until)
        self._paused_chats.move_to_end(chat)
        while len(self._paused_chats) > 10_000:
            self._paused_chats.popitem(last=False)

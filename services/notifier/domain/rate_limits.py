"""How fast a channel may send: so many in all, so many a chat, so many a group, as sliding windows.

Three limits decide together, a chat at its limit must not hold up the others, and the clock is an argument: so these are windows of
our own and no limiter that sleeps. Exact: no window of that length ever holds more than its limit. Seconds throughout.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """At most ``count`` in any ``seconds``."""

    count: int
    seconds: float


class SlidingWindow:
    """The times of the newest events under some limits, as many as the largest limit needs."""

    def __init__(self, limits: Sequence[Limit]) -> None:
        self._limits = tuple(limits)
        self._times: deque[float] = deque(maxlen=max((limit.count for limit in limits), default=1))

    def delay(self, now: float) -> float:
        """Seconds until one more is allowed; 0 when it is now."""
        times = self._times
        waits = (times[-limit.count] + limit.seconds - now for limit in self._limits if len(times) >= limit.count)
        return max(0.0, max(waits, default=0.0))

    def add(self, now: float) -> None:
        """One more has happened."""
        self._times.append(now)

    def idle(self, now: float) -> bool:
        """True when nothing in here can hold anything back any more."""
        longest = max((limit.seconds for limit in self._limits), default=0.0)
        return not self._times or self._times[-1] + longest <= now


class SlidingWindows:
    """A window per key, in bounded memory: those that hold nothing back are dropped first, then the longest unused."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._windows: OrderedDict[str, SlidingWindow] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    def get(self, key: str, limits: Sequence[Limit], now: float) -> SlidingWindow:
        """The window of ``key``, made with ``limits`` where there is none."""
        window = self._windows.get(key)
        if window is None:
            self._shrink(now)
            window = self._windows[key] = SlidingWindow(limits)
        self._windows.move_to_end(key)
        return window

    def _shrink(self, now: float) -> None:
        while self._windows:
            oldest = next(iter(self._windows))
            if len(self._windows) < self._most and not self._windows[oldest].idle(now):
                return
            del self._windows[oldest]


class RateLimiter:
    """Decides when the next message to a chat may leave a channel."""

    def __init__(
        self,
        overall: Sequence[Limit],
        chat: Sequence[Limit],
        group: Sequence[Limit] = (),
        is_group: Callable[[str], bool] = lambda _: False,
        most: int = 10_000,
    ) -> None:
        """``group`` holds besides ``chat`` where ``is_group`` says so of a chat's id: nobody who asks can forget to say it."""
        self._overall = SlidingWindow(overall)
        self._all = tuple(overall)
        self._chat, self._group, self._is_group = tuple(chat), (*chat, *group), is_group
        self._windows = SlidingWindows(most)
        self._paused = 0.0
        self._paused_chats: OrderedDict[str, float] = OrderedDict()

    def delay(self, chat: str, now: float) -> float:
        """Seconds until a message to ``chat`` may leave; 0 when it may now."""
        window = self._window(chat, now)
        paused = max(self._paused, self._paused_chats.get(chat, 0.0))
        return max(paused - now, self._overall.delay(now), window.delay(now), 0.0)

    def take(self, chat: str, now: float) -> float:
        """As ``delay``; where that is 0, the message is counted as sent."""
        delay = self.delay(chat, now)
        if delay <= 0:
            self._overall.add(now)
            self._window(chat, now).add(now)
        return delay

    def spacing(self, chat: str) -> float:
        """Seconds between two messages to ``chat`` where many wait for their turn."""
        return max((limit.seconds / limit.count for limit in (*self._all, *self._limits(chat))), default=0.0)

    def _limits(self, chat: str) -> tuple[Limit, ...]:
        return self._group if self._is_group(chat) else self._chat

    def _window(self, chat: str, now: float) -> SlidingWindow:
        return self._windows.get(chat, self._limits(chat), now)

    def pause(self, until: float, chat: str | None = None) -> None:
        """Hold everything back, or one chat, until then; a pause is never shortened."""
        if chat is None:
            self._paused = max(self._paused, until)
            return
        self._paused_chats[chat] = max(self._paused_chats.get(chat, 0.0), until)
        self._paused_chats.move_to_end(chat)
        while len(self._paused_chats) > 10_000:
            self._paused_chats.popitem(last=False)

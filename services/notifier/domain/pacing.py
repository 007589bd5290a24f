"""How the waiting alerts of a chat become few messages: one for each story, instrument and bar, then digests.

The first messages of a day come at once. Further ones wait and come together, at growing intervals. What a user asked for by a
condition is not counted and comes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from services.notifier.domain.delivery import DeliveryRow
from services.notifier.domain.preferences import quiet_until
from services.notifier.domain.recipients import Chat
from shared.events import Signal

MINUTE: Final = 60_000
DAY: Final = 1440 * MINUTE
FIRST: Final = 6
"""Messages in 24 hours that come at once."""
SECOND: Final = 12
"""Messages in 24 hours after which the intervals grow."""
SHORT_INTERVAL: Final = 15 * MINUTE
LONG_INTERVAL: Final = 120 * MINUTE
DIGEST_INTERVAL: Final = 60 * MINUTE
"""Between two messages to a chat that chose digests."""
STALE: Final = 15 * MINUTE
"""Age of a waiting signal from which the waiting ones come together, unless a setting says otherwise."""
MOST_A_DAY: Final = 24
"""No 24 hours have more messages than this at the pace ``auto``: twelve, and then one in two hours."""


@dataclass(frozen=True)
class Waiting:
    """A due row with its signal; None where it has none (a notice, a story), or where its body cannot be decoded."""

    row: DeliveryRow
    signal: Signal | None

    @property
    def urgent(self) -> bool:
        """Whether it comes at once: what a user asked for by a condition, a text of the bot, a change of a message."""
        return bool(self.signal.condition) if self.signal else self.row.kind != "story"

    def is_old(self, now: int, stale: int) -> bool:
        """Whether it has waited so long that it comes together with others."""
        if self.signal is None:
            return self.row.created_at + stale < now
        return not self.signal.replayed and self.signal.ts_init + stale < now


@dataclass(frozen=True)
class RecentMessages:
    """What a chat received in the last 24 hours, without its own conditions."""

    count: int = 0
    last_at: int = 0


@dataclass(frozen=True)
class PlannedMessage:
    """Rows that are sent as one message."""

    rows: tuple[DeliveryRow, ...]
    digest: bool = False


@dataclass(frozen=True)
class Arrangement:
    """What to send now, and until when the rest waits."""

    messages: tuple[PlannedMessage, ...]
    later: tuple[tuple[DeliveryRow, int], ...] = ()


def arrange(waiting: Sequence[Waiting], chat: Chat, recent: RecentMessages, now: int, stale: int = STALE) -> Arrangement:
    """The messages for one address of a chat.

    ``waiting``: its due rows in the order in which they were created; ``stale``: age from which they come together, milliseconds.
    """
    until = quiet_until(chat, now)
    if until is not None:  # a change of a message makes no sound
        edits = tuple(PlannedMessage((each.row,)) for each in waiting if each.row.kind == "edit")
        return Arrangement(edits, tuple((each.row, until) for each in waiting if each.row.kind != "edit"))
    urgent = [each for each in waiting if each.urgent]
    ordinary = [each for each in waiting if not each.urgent]
    if chat.pace == "each":
        return Arrangement(tuple(PlannedMessage((each.row,)) for each in waiting))
    messages = _grouped(urgent)
    if not ordinary:
        return Arrangement(tuple(messages))
    slot = recent.last_at + _interval(chat, recent) if recent.last_at else now
    if slot > now:
        return Arrangement(tuple(messages), tuple((each.row, slot) for each in ordinary))
    groups = _grouped(ordinary)
    if len(groups) > 1 and _together(chat, recent, len(groups), any(each.is_old(now, stale) for each in ordinary)):
        groups = [PlannedMessage(tuple(each.row for each in ordinary), digest=True)]
    return Arrangement((*messages, *groups))


def _interval(chat: Chat, recent: RecentMessages) -> int:
    """Milliseconds between the last message and the next one."""
    if chat.pace == "digest":
        return DIGEST_INTERVAL
    return 0 if recent.count < FIRST else SHORT_INTERVAL if recent.count < SECOND else LONG_INTERVAL


def _together(chat: Chat, recent: RecentMessages, count: int, old: bool) -> bool:
    """Whether ``count`` messages become a digest."""
    if chat.pace == "digest":
        return True
    return old or recent.count + count > FIRST


def _grouped(waiting: Sequence[Waiting]) -> list[PlannedMessage]:
    """One message for each instrument and bar; what may have been received before is a message of its own, since it is marked."""
    groups: dict[object, list[DeliveryRow]] = {}
    for each in waiting:
        signal = each.signal
        key: object = each.row.signal_id
        if signal is not None:
            key = (signal.symbol, signal.timeframe, signal.ts_event, signal.provisional, each.row.unknowns > 0)
        groups.setdefault(key, []).append(each.row)
    return [PlannedMessage(tuple(rows)) for rows in groups.values()]


def by_thread(waiting: Sequence[Waiting], plan: Callable[[Sequence[Waiting]], Arrangement]) -> Arrangement:
    """Arrange each topic of a chat by itself."""
    threads: dict[int, list[Waiting]] = {}
    for each in waiting:
        threads.setdefault(each.row.thread_id, []).append(each)
    parts = [plan(rows) for rows in threads.values()]
    return Arrangement(
        tuple(message for part in parts for message in part.messages), tuple(slot for part in parts for slot in part.later)
    )

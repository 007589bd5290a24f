"""How many messages a chat that watches everything gets a day, by default, from the signals of a bundled tape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

import pytest

from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus
from services.notifier.domain.pacing import DAY, MOST_A_DAY, RecentMessages, Waiting, arrange
from services.notifier.domain.recipients import Chat
from shared.events import Signal
from tests.e2e.test_engine_on_tapes import play

BY_DEFAULT = Chat("telegram", "7", watch_all=True)
EVERYTHING = Chat("telegram", "7", watch_all=True, unvalidated=True)
"""Every prediction too, whatever its record."""


def messages(signals: Sequence[Signal], chat: Chat) -> list[int]:
    """When a message is sent, in event time: what arrives at a time comes together, and what waits comes when it is due."""
    arriving: dict[int, list[Waiting]] = {}
    for signal in signals:
        if chat.wants(signal):
            row = DeliveryRow(signal.id, "telegram", "7", DeliveryStatus.PENDING, 0, 0, 0, "", "", signal.ts_event)
            arriving.setdefault(signal.ts_event, []).append(Waiting(row, signal))
    sent: list[int] = []
    waiting: list[Waiting] = []
    due: int | None = None
    times = sorted(arriving)
    while times or due is not None:
        now = min(time for time in (due, *times[:1]) if time is not None)
        if times and times[0] == now:
            waiting += arriving[times.pop(0)]
        recent = [at for at in sent if at > now - DAY]
        plan = arrange(waiting, chat, RecentMessages(len(recent), max(recent, default=0)), now)
        sent += [now] * len(plan.messages)
        later = {row.signal_id for row, _ in plan.later}
        waiting = [each for each in waiting if each.row.signal_id in later]
        due = min((slot for _, slot in plan.later), default=None)
    return sent


def a_day(sent: Sequence[int]) -> list[int]:
    """Messages of each day with any."""
    return sorted(Counter(at // DAY for at in sent).values())


@pytest.mark.parametrize(
    ("name", "usual", "most", "with_predictions"),
    [
        ("seconds", 7, 9, 14),
        pytest.param("crypto", 8, 9, 18, marks=pytest.mark.thorough),
        pytest.param("daily", 1, 6, 6, marks=pytest.mark.thorough),
        pytest.param("demo", 2, 10, 15, marks=pytest.mark.thorough),
    ],
    ids=["seconds", "crypto", "daily", "demo"],
)
def test_a_chat_that_watches_everything_gets_few_messages_a_day(name: str, usual: float, most: int, with_predictions: int) -> None:
    """The numbers of docs/alerts.md: of the days with any message the median and the most, and the most with every prediction."""
    signals = play(name).signals
    found = a_day(messages(signals, BY_DEFAULT))
    assert sum(BY_DEFAULT.wants(signal) for signal in signals) > len(found), "few messages of few signals prove nothing"
    assert (median(found), found[-1], a_day(messages(signals, EVERYTHING))[-1]) == (usual, most, with_predictions)
    assert with_predictions <= MOST_A_DAY

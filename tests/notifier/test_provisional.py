"""Signals on forming bars are sent only to chats that switched them on."""

from __future__ import annotations

from services.notifier.domain.recipients import PROVISIONAL, Chat
from tests.notifier.parts import signal


def test_a_provisional_signal_is_delivered_only_where_it_is_wanted() -> None:
    final, early = (signal(0, rule="gap", params={"move": 0.01}, provisional=early) for early in (False, True))
    plain, subscribed = Chat("telegram", "1", watch_all=True), Chat("telegram", "1", watch_all=True, rules={PROVISIONAL: True})
    assert [chat.wants(early) for chat in (plain, subscribed)] == [False, True]
    assert [chat.wants(final) for chat in (plain, subscribed)] == [True, True]

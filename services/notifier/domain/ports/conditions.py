"""The alerts of chats on conditions, and what parses and evaluates conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.notifier.domain.conditions import ConditionAlert, ParsedCondition
from services.notifier.domain.recipients import Chat
from shared.events import SymbolHistory


class ConditionParser(Protocol):
    """Parses conditions, outside the event loop and with a timeout."""

    async def parse(self, text: str) -> ParsedCondition:
        """The parsed condition. Raises ConditionError where the text is no condition. Raises ParseError."""


class ConditionTimes(Protocol):
    """Evaluates conditions over the past."""

    async def histories(self, condition: str, symbols: Sequence[str], limit: int) -> tuple[SymbolHistory, ...]:
        """Where the condition in normal form was true, for each symbol, with at most ``limit`` closes. Raises HistoryError."""


class HistoryError(Exception):
    """The past cannot be evaluated: ``unavailable`` now, or ``unsupported`` for this condition."""


class ParseError(Exception):
    """The parser timed out or exited (``timeout``, ``crashed``)."""


class ConditionStore(Protocol):
    """The alerts of chats on conditions. All methods raise TransientError when the database is not available."""

    async def for_chat(self, channel: str, chat_id: str) -> list[ConditionAlert]:
        """A chat's alerts by number."""

    async def add(self, alert: ConditionAlert, now: int) -> ConditionAlert:
        """Insert it under the chat's next number."""

    async def remove(self, channel: str, chat_id: str, number: int | None) -> int:
        """Delete one, or all where None; returns how many were deleted. They can be restored until the next one is added."""

    async def restore(self, channel: str, chat_id: str) -> int:
        """Take back the last deletions; returns how many alerts there are again."""

    async def update(self, alerts: Sequence[ConditionAlert]) -> None:
        """Write the frequency, cooldown, expiry and state of existing alerts."""

    async def in_use(self) -> tuple[int, frozenset[str]]:
        """The total number of alerts, and a column of each indicator that is computed only for them."""

    async def warming_up(self) -> frozenset[str]:
        """Columns of indicators that are not warmed up for every instrument yet."""

    async def owners(self, channels: Sequence[str], condition_ids: Sequence[str]) -> list[tuple[Chat, ConditionAlert]]:
        """Active chats with an alert on one of these conditions, with the topic that the alert is sent to."""

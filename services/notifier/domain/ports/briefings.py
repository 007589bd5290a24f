"""What briefings are built from, and the briefings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.notifier.domain.briefings.moves import DailyBar
from services.notifier.domain.briefings.universe import Universe
from services.notifier.domain.recipients import Chat
from shared.briefings import Briefing, Kind
from shared.calendars import Sessions
from shared.events import Signal, Story


@dataclass(frozen=True)
class StoredBriefing:
    """A briefing with its picture, a PNG that is empty where there is none."""

    briefing: Briefing
    picture: bytes = b""


class BriefingStore(Protocol):
    """What briefings are built from, and the briefings. All methods raise TransientError when the database is not available."""

    async def universe(self) -> Universe:
        """The active instruments, the industries and the markets."""

    async def newest_close(self, symbols: Sequence[str], until: int) -> tuple[int, int] | None:
        """Session and close of the newest daily bar that closed at or before ``until``; None where there is none."""

    async def daily_bars(self, symbols: Sequence[str], since: int, until: int) -> dict[str, list[DailyBar]]:
        """By symbol, the daily bars that closed after ``since``, up to ``until``, oldest first."""

    async def signals(self, symbols: Sequence[str], since: int, until: int) -> list[Signal]:
        """The signals of rules in that time, without those of user conditions."""

    async def stories(self, since: int, until: int) -> list[Story]:
        """The stories first seen in that time, the most important first."""

    async def get(self, briefing_id: str) -> StoredBriefing | None:
        """A stored briefing, or None."""

    async def existing(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that are stored."""

    async def add(self, built: Sequence[tuple[str, str, StoredBriefing]], now: int) -> None:
        """Insert briefings with their ids and the keys of their audiences; existing ones are not changed."""

    async def remove_old(self, personal_before: int, before: int) -> None:
        """Delete what was created before ``before``; of briefings that are not for everyone, before ``personal_before``."""


class BriefingReaders(Protocol):
    """Who gets briefings, and about what. All methods raise TransientError when the database is not available."""

    async def wanting_briefings(self, channel: str, kind: Kind, after: str, limit: int) -> list[Chat]:
        """The next active chats that want briefings of a kind, in the order of their ids, ``after`` one."""

    async def watched_by(self, channel: str, chat_ids: Sequence[str]) -> dict[str, tuple[set[str], set[str]]]:
        """By chat, the symbols and the industries that it watches in any of its topics."""


class Calendars(Protocol):
    """When exchanges trade."""

    async def around(self, exchanges: Sequence[str], day: dt.date) -> list[Sessions]:
        """The sessions of each exchange that has a calendar, at least 45 days before and after a date."""

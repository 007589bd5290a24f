"""Keeps the newest views of industries and markets from Kafka in memory."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.industries import IndustryIndex
from shared.events import IndustryView
from shared.kafka import Record

MAX_INDUSTRIES = 2_000


class LatestIndustries:
    """The newest view of each industry; at most ``MAX_INDUSTRIES`` industries."""

    def __init__(self) -> None:
        self._views: dict[str, IndustryView] = {}
        self.current = IndustryIndex()

    async def handle(self, records: Sequence[Record[IndustryView]]) -> None:
        """Keep the views that are newer than the stored ones."""
        for record in records:
            view = record.event
            known = self._views.get(view.industry)
            if known is None and len(self._views) >= MAX_INDUSTRIES:
                continue
            if known is None or view.ts_event >= known.ts_event:
                self._views[view.industry] = view
        self.current = IndustryIndex(self._views.values())

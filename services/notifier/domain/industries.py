"""Finds industries and markets by slug, Korean or English name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from services.notifier.domain.instruments import search_key
from shared.events import IndustryView


class IndustryIndex:
    """The newest views of all industries and markets, searchable by name."""

    def __init__(self, views: Iterable[IndustryView] = ()) -> None:
        self.views = sorted(views, key=lambda view: (view.kind != "market", -(view.median_move or 0.0), view.industry))
        """Markets first, then by median move, highest first."""
        self._by_name: dict[str, IndustryView] = {}
        for view in self.views:
            for known_name in (view.industry, view.name_en, view.name_ko):
                if known_name:
                    self._by_name.setdefault(search_key(known_name), view)

    def find(self, name: str) -> IndustryView | None:
        """The industry or market with this name, or None."""
        return self._by_name.get(search_key(name))

    def suggestions(self, name: str, limit: int = 3) -> list[IndustryView]:
        """Views with similar names: first names that contain the text, then names with similar spelling."""
        wanted = search_key(name)
        if not wanted:
            return []
        containing = sorted((name for name in self._by_name if wanted in name), key=len)
        similar = difflib.get_close_matches(wanted, self._by_name, n=limit * 2, cutoff=0.5)
        found = {self._by_name[name].industry: self._by_name[name] for name in (*containing, *similar)}
        return list(found.values())[:limit]

"""Industries and markets as their newest views name them, found by slug, Korean or English name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from services.notifier.domain.instruments import search_key
from shared.events import IndustryView


class IndustryIndex:
    """All views, searchable."""

    def __init__(self, views: Iterable[IndustryView] = ()) -> None:
        self.views = sorted(views, key=lambda view: (view.kind != "market", -(view.median_move or 0.0), view.industry))
        """The markets first, then those that rise most."""
        self._by_name: dict[str, IndustryView] = {}
        for view in self.views:
            for known_name in (view.industry, view.name_en, view.name_ko):
                if known_name:
                    self._by_name.setdefault(search_key(known_name), view)

    def find(self, name: str) -> IndustryView | None:
        """The industry or market that is called so, or None."""
        return self._by_name.get(search_key(name))

    def suggestions(self, name: str, most: int = 3) -> list[IndustryView]:
        """Those whose names look like it: first those that hold it, then those that are spelled alike."""
        wanted = search_key(name)
        if not wanted:
            return []
        held = sorted((name for name in self._by_name if wanted in name), key=len)
        alike = difflib.get_close_matches(wanted, self._by_name, n=most * 2, cutoff=0.5)
        found = {self._by_name[name].industry: self._by_name[name] for name in (*held, *alike)}
        return list(found.values())[:most]

"""The titles of the last days, and which story each belongs to: finds the story of a new article."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.domain.near_duplicates import NearDuplicates, jaccard
from services.analysis.news.domain.resemblance import ACROSS_LANGUAGES, HOUR_MS, MOST_HOURS, Traits, exclude, margin

DIMENSIONS: Final = 384
NEAREST: Final = 48
"""Titles that are compared beyond their vectors."""
FIRST_SIZE: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedArticle:
    """An article as the index keeps it."""

    id: str
    story_id: str
    at: int
    """When it was published or received, milliseconds since the epoch."""
    traits: Traits
    signature: NDArray[np.uint32]
    vector: NDArray[np.float32]
    """Shape (384,), a unit vector; NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The story that an article belongs to, and the article of it that is nearest."""

    story_id: str
    nearest: str
    cosine: float | None
    """None: one of the two titles has no vector."""
    margin: float


class StoryIndex:
    """At most ``most`` articles, and none that is older than the newest by more than the merging time; the oldest leave first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._near = NearDuplicates()
        self._vectors = np.zeros((min(most, FIRST_SIZE), DIMENSIONS), np.float32)
        self._free = list(range(len(self._vectors)))[::-1]
        self._entries: dict[int, IndexedArticle] = {}
        """By slot; in the order in which they were added."""
        self._slots: dict[str, int] = {}
        self._stories: dict[str, dict[int, None]] = {}

    def __len__(self) -> int:
        """Number of articles."""
        return len(self._entries)

    def add(self, article: IndexedArticle) -> None:
        """Add an article, or replace it; old ones leave."""
        self.remove([article.id])
        while self._entries and (len(self._entries) >= self._most or self._is_old(article.at)):
            self.remove([next(iter(self._entries.values())).id])
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._vectors[slot] = np.nan_to_num(article.vector)  # a cosine of 0 is never near
        self._entries[slot] = article
        self._slots[article.id] = slot
        self._stories.setdefault(article.story_id, {})[slot] = None
        self._near.add(slot, article.signature)

    def remove(self, ids: Iterable[str]) -> None:
        """Remove articles; unknown ones are left out."""
        for article_id in ids:
            slot = self._slots.pop(article_id, None)
            if slot is None:
                continue
            gone = self._entries.pop(slot)
            self._near.remove(slot)
            self._free.append(slot)
            self._vectors[slot] = 0
            members = self._stories[gone.story_id]
            del members[slot]
            if not members:
                del self._stories[gone.story_id]

    def place(
        self,
        traits: Traits,
        vector: NDArray[np.float32],
        signature: NDArray[np.uint32],
        at: int,
        full: frozenset[str] = frozenset(),
    ) -> Placement | None:
        """The story of an article; None: it begins one. Stories in ``full`` take no more articles."""
        best: Placement | None = None
        for slot, cosine in self._candidates(vector, signature):
            other = self._entries[slot]
            found = margin(traits, other.traits, cosine, jaccard(signature, other.signature), at - other.at)
            if found is None or other.story_id in full or (best is not None and found <= best.margin):
                continue
            if self._excluded_by_first(traits, other.story_id):
                continue
            best = Placement(other.story_id, other.id, None if math.isnan(cosine) else round(cosine, 4), found)
        return best

    def _candidates(self, vector: NDArray[np.float32], signature: NDArray[np.uint32]) -> list[tuple[int, float]]:
        """Slots of titles that may be about the same, and their cosines: with near vectors, or with nearly the same letters."""
        found = dict.fromkeys(self._near.near(signature), math.nan)
        if not np.isnan(vector).any():
            cosines = self._vectors @ vector
            nearest = np.argpartition(cosines, -NEAREST)[-NEAREST:] if len(cosines) > NEAREST else np.arange(len(cosines))
            found |= {int(slot): float(cosines[slot]) for slot in nearest if cosines[slot] >= ACROSS_LANGUAGES[-1]}
            known = [slot for slot in found if not np.isnan(self._entries[slot].vector[0])]
            found |= {slot: float(cosines[slot]) for slot in known}
        return sorted(found.items())

    def _excluded_by_first(self, traits: Traits, story_id: str) -> bool:
        """Whether the oldest article of the story excludes it: stories do not drift from one event to another."""
        return bool(exclude(traits, self._entries[next(iter(self._stories[story_id]))].traits))

    def _is_old(self, newest: int) -> bool:
        return next(iter(self._entries.values())).at < newest - 2 * MOST_HOURS * HOUR_MS

    def _grow(self) -> None:
        size = len(self._vectors)
        more = np.zeros((min(self._most, 2 * size) - size, DIMENSIONS), np.float32)
        self._vectors = np.concatenate([self._vectors, more])
        self._free = list(range(size, len(self._vectors)))[::-1]

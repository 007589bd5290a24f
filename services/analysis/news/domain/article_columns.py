"""The articles of an index by slot, in arrays: 100,000 take about 220 MB and no garbage collection looks at each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.domain.near_duplicates import WORDS
from services.analysis.news.domain.resemblance import Traits, is_korean, unpack

DIMENSIONS: Final = 384
FREE: Final = np.iinfo(np.int64).max
"""The time of a slot without an article."""
ROOM: Final = 100
"""Where a new article has no room, one in so many leaves: the earliest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedArticle:
    """An article as the index keeps it."""

    id: str
    story_id: str
    at: int
    """When it was published or received, milliseconds since the epoch."""
    traits: bytes
    """Packed ``Traits``."""
    signature: NDArray[np.uint32]
    vector: NDArray[np.float32]
    """Shape (384,), a unit vector; NaN where there is none."""


class ArticleColumns:
    """At most ``most`` articles, none of which is older than the newest by more than ``age`` milliseconds.

    The arrays have their full size at once: the system gives memory to the part that is in use. Slots beyond ``size`` have never
    been used.
    """

    def __init__(self, most: int, age: int) -> None:
        self._most, self._age = most, age
        self.size = 0
        self.at = np.full(most, FREE, np.int64)
        self.vectors = np.zeros((most, DIMENSIONS), np.float32)
        """Zeros where there is none."""
        self.embedded = np.zeros(most, np.bool_)
        self.korean = np.zeros(most, np.bool_)
        self.signatures = np.zeros((WORDS, most), np.uint64)
        """Columns of 64-bit words."""
        self.ids: list[str] = []
        self.story_ids: list[str] = []
        self._traits: list[bytes] = []
        self._slots: dict[str, int] = {}
        self._members: dict[str, tuple[int, ...]] = {}
        self._free: list[int] = []

    def __len__(self) -> int:
        """Number of articles."""
        return len(self._slots)

    def traits(self, slot: int) -> Traits:
        """The traits of an article."""
        return unpack(self._traits[slot])

    def signature(self, slot: int) -> NDArray[np.uint32]:
        """The signature of an article, shape (32,)."""
        return np.ascontiguousarray(self.signatures[:, slot]).view(np.uint32)

    def earliest_of(self, story_id: str) -> int:
        """The slot of the earliest article of a story that has one."""
        return min(self._members[story_id], key=lambda slot: (int(self.at[slot]), self.ids[slot]))

    def add(self, articles: Sequence[IndexedArticle]) -> list[int]:
        """Add articles, or replace them; the earliest ones leave. Returns their slots; ``most`` articles at most."""
        if not articles:
            return []
        self.remove(each.id for each in articles)
        self._make_room(len(articles), max(each.at for each in articles))
        slots = [self._free.pop() for _ in articles]
        vectors = np.stack([each.vector for each in articles])
        self.at[slots] = [each.at for each in articles]
        self.embedded[slots] = ~np.isnan(vectors).any(axis=1)
        self.vectors[slots] = np.nan_to_num(vectors)
        self.korean[slots] = [is_korean(each.traits) for each in articles]
        self.signatures[:, slots] = np.stack([each.signature for each in articles]).view(np.uint64).T
        for slot, each in zip(slots, articles, strict=True):
            self._slots[each.id] = slot
            self.ids[slot], self._traits[slot] = each.id, each.traits
            if each.story_id:
                self.join(slot, each.story_id)
        return slots

    def join(self, slot: int, story_id: str) -> None:
        """Make an article that was added without a story one of that story."""
        self.story_ids[slot] = story_id
        self._members[story_id] = (*self._members.get(story_id, ()), slot)

    def remove(self, ids: Iterable[str]) -> None:
        """Remove articles; unknown ones are left out."""
        for article_id in ids:
            slot = self._slots.pop(article_id, None)
            if slot is None:
                continue
            story_id = self.story_ids[slot]
            if rest := tuple(each for each in self._members.pop(story_id, ()) if each != slot):
                self._members[story_id] = rest
            self.at[slot] = FREE
            self.embedded[slot] = False
            self.vectors[slot] = 0
            self.signatures[:, slot] = 0
            self.ids[slot] = self.story_ids[slot] = ""
            self._traits[slot] = b""
            self._free.append(slot)

    def _make_room(self, count: int, at: int) -> None:
        """Remove what is too old beside an article of the time ``at``, and what is earliest if ``count`` articles have no room."""
        used = self.at[: self.size]
        newest = max(at, int(used.max(where=used != FREE, initial=0)))
        self._remove_slots(np.flatnonzero(used < newest - self._age))
        over = len(self) + count - self._most
        if over > 0:
            leaving = min(len(self), max(over, self._most // ROOM))
            self._remove_slots(np.argpartition(used, leaving - 1)[:leaving])  # the time of a free slot is the greatest
        more = count - len(self._free)
        if more > 0:
            self._free[:0] = range(self.size + more - 1, self.size - 1, -1)
            self.size += more
            for listed in (self.ids, self.story_ids):
                listed.extend([""] * more)
            self._traits.extend([b""] * more)

    def _remove_slots(self, slots: NDArray[np.intp]) -> None:
        self.remove([self.ids[slot] for slot in slots])

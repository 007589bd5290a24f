"""The titles of the last 30 days, and which story each belongs to: finds the story of a new article.

A new article is compared with those of its own time: within ``MOST_HOURS`` of it, wherever in the 30 days that is. So an article
that is received late, because its feed was added or could not be read, finds its story as one that is received at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.domain.article_columns import ArticleColumns, IndexedArticle
from services.analysis.news.domain.near_duplicates import jaccard, jaccards, sharing_a_band
from services.analysis.news.domain.resemblance import HOUR_MS, LEAST, MOST_HOURS, exclude, is_korean, margin, most_margin, unpack
from services.analysis.news.domain.stories import story_id

INDEX_DAYS: Final = 30
NEAREST: Final = 48
"""Titles that are compared beyond their vectors."""
NEAR_LETTERS: Final = 64
"""Titles with nearly the same letters that are compared: thousands may have one template."""
AT_A_TIME: Final = 32
"""New articles that are compared together."""
ADDED_AT_A_TIME: Final = 1000
BLOCK: Final = 4096
"""Vectors that are multiplied together: 6 MB."""
WINDOW_MS: Final = MOST_HOURS * HOUR_MS


@dataclass(frozen=True, slots=True)
class Placement:
    """The story that an article belongs to, and the article of it that is nearest."""

    story_id: str
    nearest: str
    cosine: float | None
    """None: one of the two titles has no vector."""
    margin: float


class StoryIndex:
    """At most ``most`` articles, and none that is older than the newest by more than 30 days; the earliest leave first."""

    def __init__(self, most: int) -> None:
        self._kept = ArticleColumns(most, INDEX_DAYS * 24 * HOUR_MS)
        self._most = most

    def __len__(self) -> int:
        """Number of articles."""
        return len(self._kept)

    def add(self, articles: Sequence[IndexedArticle]) -> None:
        """Add articles of stories, or replace them; the earliest ones leave."""
        for part in batched(articles, min(ADDED_AT_A_TIME, self._most)):
            self._kept.add(part)

    def remove(self, ids: Iterable[str]) -> None:
        """Remove articles; unknown ones are left out."""
        self._kept.remove(ids)

    def place(
        self, articles: Sequence[IndexedArticle], full: frozenset[str] = frozenset()
    ) -> list[tuple[IndexedArticle, Placement | None]]:
        """Find the story of each article, the earlier ones of the sequence included, and add it; None: it begins a story.

        Their ``story_id`` is not read. Stories in ``full`` take no more articles.
        """
        found = []
        for part in batched([replace(each, story_id="") for each in articles], min(AT_A_TIME, self._most)):
            slots = self._kept.add(part)
            for each, slot, cosines in zip(part, slots, self._near_vectors(part), strict=True):
                placement = self._best(each, self._near_letters(each) | cosines, full)
                placed = replace(each, story_id=placement.story_id if placement else story_id(each.id))
                self._kept.join(slot, placed.story_id)
                found.append((placed, placement))
        return found

    def _best(self, article: IndexedArticle, candidates: dict[int, float], full: frozenset[str]) -> Placement | None:
        best, own = None, unpack(article.traits)
        for slot, cosine, likeness, most in self._promising_first(article, own.korean, candidates):
            if best is not None and most <= best.margin:
                break
            other = self._kept.story_ids[slot]
            if not other or other in full:  # the article itself, or a later one of the sequence
                continue
            traits, gap = self._kept.traits(slot), article.at - int(self._kept.at[slot])
            found = margin(own, traits, cosine, likeness, gap)
            if found is None or (best is not None and found <= best.margin):
                continue
            if exclude(own, self._kept.traits(self._kept.earliest_of(other))):  # stories do not drift to another event
                continue
            best = Placement(other, self._kept.ids[slot], None if math.isnan(cosine) else round(cosine, 4), found)
        return best

    def _promising_first(
        self, article: IndexedArticle, korean: bool, candidates: dict[int, float]
    ) -> list[tuple[int, float, float, float]]:
        """Slot, cosine, Jaccard index and the most that the margin can be of each candidate that can be near, the best first."""
        kept, found = self._kept, []
        for slot, cosine in candidates.items():
            likeness = jaccard(article.signature, kept.signature(slot)) if math.isnan(cosine) else 0.0
            most = most_margin(korean, bool(kept.korean[slot]), cosine, likeness)
            if most >= 0:
                found.append((slot, cosine, likeness, most))
        return sorted(found, key=lambda each: (-each[3], kept.ids[each[0]]))

    def _near_letters(self, article: IndexedArticle) -> dict[int, float]:
        """Slots of the titles whose letters are nearly the same, of the article's time, with their cosines."""
        kept = self._kept
        signatures = kept.signatures[:, : kept.size]
        slots = sharing_a_band(signatures, article.signature)
        slots = slots[np.abs(kept.at[slots] - article.at) <= WINDOW_MS]
        if len(slots) > NEAR_LETTERS:
            order = np.argsort(-jaccards(signatures, slots, article.signature), kind="stable")
            slots = slots[order[:NEAR_LETTERS]]
        cosines = kept.vectors[slots] @ article.vector
        cosines[~kept.embedded[slots]] = math.nan
        return dict(zip(slots.tolist(), cosines.tolist(), strict=True))

    def _near_vectors(self, articles: Sequence[IndexedArticle]) -> list[dict[int, float]]:
        """Slots of the titles whose cosine with each article may be enough, of its time, with these cosines."""
        kept = self._kept
        times = [each.at for each in articles]
        at = kept.at[: kept.size]
        slots = np.flatnonzero((at >= min(times) - WINDOW_MS) & (at <= max(times) + WINDOW_MS) & kept.embedded[: kept.size])
        asked = np.stack([each.vector for each in articles])
        cosines = np.empty((len(articles), len(slots)), np.float32)
        for first in range(0, len(slots), BLOCK):
            np.matmul(asked, kept.vectors[slots[first : first + BLOCK]].T, out=cosines[:, first : first + BLOCK])
        least = {korean: np.array(LEAST, np.float32)[(kept.korean[slots] != korean).astype(np.intp)] for korean in (False, True)}
        return [
            self._nearest(each, slots, row, row - least[is_korean(each.traits)])
            for each, row in zip(articles, cosines, strict=True)
        ]

    def _nearest(
        self, article: IndexedArticle, slots: NDArray[np.intp], cosines: NDArray[np.float32], above: NDArray[np.float32]
    ) -> dict[int, float]:
        """The slots whose cosines are most ``above`` the least one of their language; NaN: the article has no vector."""
        places = np.flatnonzero(above >= 0)
        places = places[np.abs(self._kept.at[slots[places]] - article.at) <= WINDOW_MS]
        if len(places) > NEAREST:
            places = places[np.argpartition(above[places], -NEAREST)[-NEAREST:]]
        return dict(zip(slots[places].tolist(), cosines[places].tolist(), strict=True))


def batched(articles: Sequence[IndexedArticle], most: int) -> Iterator[Sequence[IndexedArticle]]:
    """The articles in parts of at most ``most``."""
    return (articles[first : first + most] for first in range(0, len(articles), most))

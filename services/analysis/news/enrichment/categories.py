"""The category of a story: what words say first, what its embedding says second, else ``other``.

Words: each cue of a category in the title counts its weight once, and more the nearer it is to the beginning, where headlines have
their subject; what the title names counts too (an index is a market, a stock is a company). Embedding: a linear function of the
title's vector for each category, by ridge regression on indicators of the categories (Hastie, Tibshirani and Friedman, 2009,
sections 3.4 and 4.2) over the labelled headlines that are not kept apart (``python -m tests.news.fit_categories``). Both decide
by the margin of the best category over the second: words with a clear margin, else the embedding, else words with a weak one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from services.analysis.news.enrichment.known import CueLine, WeightsFile
from services.analysis.news.enrichment.phrases import Phrase, Phrases, whole_word
from services.analysis.news.enrichment.wording import Wording
from shared.events.news import Category, StoryLink

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
CLEAR_MARGIN: Final = 4.0
"""By which the words prefer a category clearly: about one cue at the beginning."""
WEAK_MARGIN: Final = 1.5
"""By which the words must prefer a category where the embedding prefers none."""
EMBEDDING_MARGIN: Final = 0.05
"""By which the embedding must prefer a category; the fitted value is 1 for the right one and -0.2 for the others."""
BEGINNING: Final = 1.0
"""How much more a cue at the beginning counts than one at the end."""
NAMED: Final[Mapping[str, tuple[Category, float]]] = {
    "stock": ("company", 4.0),
    "company": ("company", 3.5),
    "index": ("market", 3.0),
    "etf": ("market", 3.0),
    "crypto": ("market", 2.0),
    "future": ("commodities", 2.0),
    "fx": ("commodities", 3.0),
}
"""What a name of that kind counts for."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something in a title that speaks for a category: ``weight`` at the place ``start``."""

    category: Category
    weight: float
    found: str
    start: int


class Cues:
    """Finds the words that speak for a category."""

    def __init__(self, lines: Iterable[CueLine]) -> None:
        self._phrases: Phrases[CueLine] = Phrases(
            [Phrase(word, line, "any" if word.islower() else "exact") for line in lines for word in line.words], whole_word
        )

    def find(self, title: Wording) -> list[Evidence]:
        """The cues in the title, each once."""
        found: dict[tuple[str, str], Evidence] = {}
        for each in self._phrases.find(title):
            words = title.lower[each.start : each.end]
            category = each.meaning.category
            if category in CATEGORIES:
                found.setdefault((category, words), Evidence(category, each.meaning.weight, words, each.start))
        return [*found.values()]


def by_words(evidence: Sequence[Evidence], length: int, margin: float) -> StoryLink | None:
    """The category that the words of a title of ``length`` characters prefer by ``margin``; None: they do not."""
    scores = dict.fromkeys(CATEGORIES, 0.0)
    for each in evidence:
        scores[each.category] += each.weight * (1 + BEGINNING * (1 - each.start / max(1, length)))
    best, second = sorted(CATEGORIES, key=lambda name: -scores[name])[:2]
    if scores[best] - scores[second] < margin:
        return None
    found = dict.fromkeys(each.found for each in evidence if each.category == best)
    return StoryLink(name=best, reason="rule", found=", ".join(found)[:200])


class Classifier:
    """The linear functions of ``category_weights.json``: for each category an intercept and a weight for each dimension."""

    def __init__(self, weights: WeightsFile) -> None:
        self._intercepts = np.array([weights.intercepts[name] for name in CATEGORIES], np.float32)
        self._weights = np.array([weights.weights[name] for name in CATEGORIES], np.float32)

    def best(self, vector: NDArray[np.float32]) -> StoryLink | None:
        """The category that a title's unit vector of shape (d,) prefers by ``EMBEDDING_MARGIN``; None: none, or it holds NaN."""
        if not np.isfinite(vector).all():
            return None
        scores = dict(zip(CATEGORIES, self._weights @ vector + self._intercepts, strict=True))
        best, second = sorted(CATEGORIES, key=lambda name: -scores[name])[:2]
        margin = float(scores[best] - scores[second])
        return StoryLink(name=best, reason="embedding", found=f"{margin:.2f}") if margin >= EMBEDDING_MARGIN else None

"""An extractive summary: sentences as they stand in the articles, chosen by LexRank and position, in their order.

LexRank: Erkan and Radev, 2004, "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", JAIR 22, the continuous
form (section 4): the stationary distribution of a walk over sentences whose steps are proportional to the cosine of their tf-idf
vectors, with damping 0.15.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import Final

import numpy as np
import sentencex
from numpy.typing import NDArray

from services.analysis.news.enrichment.article_text import ArticleText
from services.analysis.news.enrichment.particles import stem
from services.analysis.news.enrichment.wording import is_hangul

SENTENCES: Final = 3
"""Most sentences of a summary."""
MOST_SENTENCES: Final = 60
"""Sentences that are compared: the first ones."""
MOST_CHARACTERS: Final = 20_000
SHORTEST, LONGEST = 12, 400
"""Characters of a sentence that can be chosen: shorter ones are headings and captions, longer ones no sentences."""
DAMPING: Final = 0.15
LEAD: Final = 0.5
"""How much more the first sentence counts than the last."""
SAME: Final = 0.7
"""Share of equal words from which two sentences say the same."""
_ENDS: Final = (".", "!", "?", '"', "'", "”", "’", ")", "。")


def summarize(articles: Sequence[ArticleText]) -> tuple[str, ...]:
    """Up to three sentences of the articles; none where they have only titles.

    What repeats a title, or was cut off, is not chosen.
    """
    titles = [_words(each.title) for each in articles]
    sentences = _sentences([each.body or each.excerpt for each in articles])
    words: list[list[str]] = []
    kept: list[str] = []
    for sentence in sentences[:MOST_SENTENCES]:
        own = _words(sentence)
        if own and not any(_alike(own, other) for other in [*titles, *words]):
            kept.append(sentence)
            words.append(own)
    if len(kept) <= SENTENCES:
        return tuple(kept)
    places = np.linspace(1 + LEAD, 1, len(kept))
    best = np.argsort(-(_lexrank(words) * places), kind="stable")[:SENTENCES]
    return tuple(kept[index] for index in sorted(best))


def _sentences(texts: Sequence[str]) -> list[str]:
    """The complete sentences of the texts, in order."""
    found = []
    for text in texts:
        language = "ko" if any(map(is_hangul, text)) else "en"
        for part in sentencex.segment(language, text[:MOST_CHARACTERS]):
            sentence = part.strip()
            if SHORTEST <= len(sentence) <= LONGEST and sentence.endswith(_ENDS) and not sentence.endswith("..."):
                found.append(sentence)
    return found


def _words(sentence: str) -> list[str]:
    spaced = "".join(each if each.isalnum() else " " for each in sentence.lower())
    return [stem(word) for word in spaced.split()]


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    first, second = set(one), set(other)
    return bool(first) and len(first & second) >= SAME * min(len(first), len(second))


def _lexrank(sentences: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """The LexRank of n sentences, each a list of words; shape (n,), sum 1."""
    count = len(sentences)
    seen = Counter(word for words in sentences for word in set(words))
    columns = {word: index for index, word in enumerate(seen)}
    vectors = np.zeros((count, len(columns)))
    for row, words in enumerate(sentences):
        for word, times in Counter(words).items():
            vectors[row, columns[word]] = times * log(1 + count / seen[word])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    steps = vectors @ vectors.T
    np.fill_diagonal(steps, 0)  # else a sentence like no other would keep its rank to itself
    leaving = steps.sum(axis=1, keepdims=True)
    steps = np.divide(steps, leaving, out=np.full_like(steps, 1 / count), where=leaving > 0)
    rank = np.full(count, 1 / count)
    for _ in range(50):
        rank = DAMPING / count + (1 - DAMPING) * rank @ steps
    return rank

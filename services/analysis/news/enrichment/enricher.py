"""Enriches a story: reads its articles, and states with each finding what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.analysis.news.domain.ports import Enrichment
from services.analysis.news.enrichment.article_text import ArticleText
from services.analysis.news.enrichment.categories import CLEAR_MARGIN, NAMED, WEAK_MARGIN, Classifier, Cues, Evidence, by_words
from services.analysis.news.enrichment.data_files import read_lines, read_text
from services.analysis.news.enrichment.industries import Topic, Topics
from services.analysis.news.enrichment.instruments import InstrumentNames, Named
from services.analysis.news.enrichment.known import CueLine, KnownInstrument, NameLine, TopicLine, WeightsFile
from services.analysis.news.enrichment.language import language_of
from services.analysis.news.enrichment.proper_names import ProperNames, Span
from services.analysis.news.enrichment.summary import summarize
from services.analysis.news.enrichment.wording import Wording, read_wording
from shared.events.news import StoryLink

F = TypeVar("F")
MOST_ARTICLES: Final = 30
"""Articles of a story that are read: its first ones."""
MOST_LINKS: Final = 20
"""Instruments or industries of a story."""
EXCERPT_SHARE: Final = 1 / 3
"""Of a story's articles: what no title names counts if so many excerpts name it."""


@dataclass(frozen=True, slots=True)
class _Read:
    title: Wording
    named: list[Named]
    topics: list[Topic]
    excerpt_named: list[Named]
    excerpt_topics: list[Topic]


class Enricher:
    """Made once for the known instruments, and again when they change."""

    def __init__(self, instruments: Sequence[KnownInstrument]) -> None:
        self._known = {each.symbol: each for each in instruments}
        self._names = InstrumentNames(instruments, read_lines("names.jsonl", NameLine))
        self._proper_names = ProperNames(instruments, self._names)
        self._topics = Topics(read_lines("topics.jsonl", TopicLine))
        self._cues = Cues(read_lines("cues.jsonl", CueLine))
        self._classifier = Classifier(msgspec.json.decode(read_text("category_weights.json"), type=WeightsFile))

    def stocks(self, article: ArticleText) -> frozenset[str]:
        """The symbols of the stocks that the article's title names."""
        named = self._names.find(read_wording(article.title), language_of(article.title, article.language), article.symbols)
        return frozenset(each.symbol for each in named if self._known[each.symbol].kind == "stock")

    def proper_names(self, text: str) -> list[Span]:
        """The names in an English text that a translation must not change."""
        return self._proper_names.find(text)

    def enrich(self, articles: Sequence[ArticleText], vector: NDArray[np.float32] | None = None) -> Enrichment:
        """Enrich a story of at least one article, in the order in which they came; ``vector`` is that of a title."""
        articles = articles[:MOST_ARTICLES]
        read = [self._read(each) for each in articles]
        language = language_of(articles[0].title, articles[0].language)
        instruments = self._instruments(articles, read)
        return Enrichment(
            language=language,
            instruments=instruments,
            industries=self._industries(instruments, read),
            category=self._category(read[0], vector),
            summary=summarize([each for each in articles if language_of(each.title, each.language) == language]),
        )

    def _read(self, article: ArticleText) -> _Read:
        title, excerpt = read_wording(article.title), read_wording(article.excerpt)
        tags = self._topics.find(read_wording(", ".join(article.topics)))
        return _Read(
            title,
            self._names.find(title, language_of(article.title, article.language), article.symbols),
            [*self._topics.find(title), *(Topic(each.industry, each.found, len(title.text), company=False) for each in tags)],
            self._names.find(excerpt, language_of(article.excerpt, article.language), article.symbols),
            self._topics.find(excerpt),
        )

    def _instruments(self, articles: Sequence[ArticleText], read: Sequence[_Read]) -> tuple[StoryLink, ...]:
        found: dict[str, Named] = {}
        for each in (each for one in read for each in one.named):
            found.setdefault(each.symbol, each)
        for each in _often([one.excerpt_named for one in read], lambda each: each.symbol):
            found.setdefault(each.symbol, each)
        links = {each.symbol: StoryLink(name=each.symbol, reason=each.reason, found=each.found) for each in found.values()}
        for symbol in dict.fromkeys(symbol for article in articles for symbol in article.symbols):
            if symbol in self._known:
                links.setdefault(symbol, StoryLink(name=symbol, reason="feed", found=symbol))
        return tuple(links.values())[:MOST_LINKS]

    def _industries(self, instruments: Sequence[StoryLink], read: Sequence[_Read]) -> tuple[StoryLink, ...]:
        links: dict[str, StoryLink] = {}
        for link in instruments:
            for industry in self._known[link.name].industries:
                links.setdefault(industry, StoryLink(name=industry, reason="instrument", found=link.name))
        topics = [each for one in read for each in one.topics]
        for each in [*topics, *_often([one.excerpt_topics for one in read], lambda each: each.industry)]:
            links.setdefault(each.industry, StoryLink(name=each.industry, reason="topic", found=each.found))
        return tuple(links.values())[:MOST_LINKS]

    def _category(self, first: _Read, vector: NDArray[np.float32] | None) -> StoryLink:
        evidence = self._cues.find(first.title) + self._kinds(first)
        length = len(first.title.text)
        link = by_words(evidence, length, CLEAR_MARGIN)
        if link is None and vector is not None:
            link = self._classifier.best(vector)
        return link or by_words(evidence, length, WEAK_MARGIN) or StoryLink(name="other", reason="unsure")

    def _kinds(self, first: _Read) -> list[Evidence]:
        kinds = [(self._known[each.symbol].kind, each.found, each.start) for each in first.named]
        kinds += [("company", each.found, each.start) for each in first.topics if each.company]
        found: dict[str, Evidence] = {}
        for kind, words, start in sorted(kinds, key=lambda each: each[2]):
            category, weight = NAMED[kind]
            found.setdefault(category, Evidence(category, weight, words, start))
        return [*found.values()]


def _often(of_articles: Sequence[Sequence[F]], name: Callable[[F], str]) -> list[F]:
    """What at least ``EXCERPT_SHARE`` of the articles have, the first of each name."""
    counts = Counter(each for found in of_articles for each in {name(one) for one in found})
    first: dict[str, F] = {}
    for each in (each for found in of_articles for each in found):
        first.setdefault(name(each), each)
    return [each for key, each in first.items() if counts[key] >= EXCERPT_SHARE * len(of_articles)]

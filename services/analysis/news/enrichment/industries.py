"""Which industries a text is about beyond those of its instruments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.analysis.news.enrichment.instruments import whole_name
from services.analysis.news.enrichment.known import TopicLine
from services.analysis.news.enrichment.phrases import Match, Phrase, Phrases, whole_word
from services.analysis.news.enrichment.wording import Wording


@dataclass(frozen=True, slots=True)
class Topic:
    """Words of an industry in a text."""

    industry: str
    found: str
    start: int
    company: bool
    """They name a company that is no instrument."""


class Topics:
    """Finds the words that industries are written about with."""

    def __init__(self, lines: Iterable[TopicLine]) -> None:
        lines = [*lines]
        self._words: Phrases[TopicLine] = Phrases(_phrases([each for each in lines if not _whole(each)]), whole_word)
        self._whole: Phrases[TopicLine] = Phrases(
            _phrases([each for each in lines if _whole(each) or each.industry is None]), whole_name
        )

    def find(self, wording: Wording) -> list[Topic]:
        """The words of industries in the text, from left to right."""
        found = self._words.find(wording) + self._whole.find(wording)
        return sorted((_topic(each, wording) for each in found if each.meaning.industry), key=lambda each: each.start)


def _whole(line: TopicLine) -> bool:
    return line.whole or line.companies


def _phrases(lines: Iterable[TopicLine]) -> list[Phrase[TopicLine]]:
    return [
        Phrase(word, line, "initial" if line.companies else "any" if word.islower() else "exact")
        for line in lines
        for word in line.words
    ]


def _topic(match: Match[TopicLine], wording: Wording) -> Topic:
    line = match.meaning
    return Topic(line.industry or "", wording.text[match.start : match.end], match.start, line.companies)

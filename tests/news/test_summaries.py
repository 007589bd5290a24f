"""Summaries are sentences of the articles, never more than three, in their order."""

from __future__ import annotations

import time

import pytest

from services.analysis.news.enrichment.summary import summarize
from tests.news.article_texts import Text

BODY = (
    "Chipmaker Example Corp. raised its forecast for the year on Tuesday. "
    "Mr. Kim, its chief executive, said demand for memory chips in the U.S. was strong. "
    "The canteen serves lunch from noon. "
    "The forecast for memory chips assumes that demand stays strong and prices rise 3.5% a quarter. "
    "Analysts had expected the chipmaker to leave its forecast for the year unchanged. "
    "Rain is likely at the weekend."
)
KOREAN = (
    "반도체 업체 예시전자가 올해 실적 전망을 12조원으로 올렸다. "
    "회사는 메모리 반도체 수요가 3.5% 늘었다고 설명했다. "
    "구내식당은 정오에 문을 연다. "
    "메모리 반도체 수요가 이어지면 실적 전망을 더 올릴 수 있다고 했다. "
    "증권가는 예시전자의 실적 전망이 바뀌지 않을 것으로 예상했다."
)


def article(body: str = "", excerpt: str = "", title: str = "A title of its own") -> Text:
    return Text(title=title, body=body, excerpt=excerpt)


@pytest.mark.parametrize("text", [BODY, KOREAN])
def test_central_sentences_are_chosen_in_their_order(text: str) -> None:
    found = summarize([article(text)])
    assert len(found) == 3
    assert [text.index(each) for each in found] == sorted(text.index(each) for each in found)
    assert not any("canteen" in each or "Rain" in each or "구내식당" in each for each in found)


def test_titles_alone_give_none() -> None:
    assert summarize([article(), article(title="Another")]) == ()


def test_what_repeats_a_title_or_was_cut_off_is_not_chosen() -> None:
    title = "Example Corp. raises its forecast for the year"
    cut = "Example Corp. raises its forecast for the year. It sells chips to makers of phones. More about this will fol…"
    assert summarize([article(excerpt=cut, title=title)]) == ("It sells chips to makers of phones.",)


def test_sentences_of_several_articles_are_not_said_twice() -> None:
    one, other = "Example Corp. raised its forecast on Tuesday.", "On Tuesday Example Corp. raised its forecast."
    assert summarize([article(excerpt=one), article(excerpt=other)]) == (one,)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 200_000,
        "A. " * 100_000,
        "This is a sentence of usual length. " * 5000,
        "가나다. " * 50_000,
        "\0" * 9000,
        '"' * 9000 + ".",
    ],
)
def test_hostile_texts_take_little_time(text: str) -> None:
    began = time.process_time()
    found = summarize([article(text)] * 3)
    assert time.process_time() - began < 2
    assert len(found) <= 3
    assert all(each in text for each in found)

"""/news: headlines from the tables, by instrument, industry and watchlist."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import insert

from services.notifier.domain.news_replies import news_text
from services.notifier.domain.recipients import Chat
from shared.tables import industries
from tests.databases import on_sqlite
from tests.gateway.news import START, store_stories, story
from tests.notifier.test_bot import bot_user


@on_sqlite
async def test_stories_of_an_instrument_an_industry_the_watchlist_and_all(database_url: str) -> None:
    async with bot_user(database_url) as user:
        assert "아직 뉴스가 없습니다" in await user.ask("/news")
        samsung = story(3, title="Samsung unveils a chip", title_ko="삼성전자, 칩 공개", instruments=(), industries=())
        samsung = msgspec.structs.replace(
            samsung, instruments=(msgspec.structs.replace(story(1).instruments[0], name="005930.KS"),)
        )
        await store_stories(user.parts.database, [story(1), samsung])
        async with user.parts.database.begin() as connection:
            await connection.execute(
                insert(industries).prefix_with("OR IGNORE"),
                [{"industry": "electronics", "name_en": "Consumer electronics", "name_ko": "전자·가전"}],
            )
        everything = await user.ask("/news")
        assert everything.index("삼성전자, 칩 공개") < everything.index("Story number 1")
        assert "https://news.example/3" in user.telegram.accepted[-1].text
        assert "(영어)" in next(line for line in everything.splitlines() if "Story number 1" in line)
        assert "(영어)" not in next(line for line in everything.splitlines() if "칩 공개" in line)
        assert "Newswire" in everything
        assert "Story number 1" not in await user.ask("/news 삼성전자")
        industry = await user.ask("/news 전자·가전")
        assert "Story number 1" in industry
        assert "칩 공개" not in industry
        await user.ask("/watch AAPL")
        assert "칩 공개" not in await user.ask("/news")
        assert "/news" not in await user.ask("/news nothing-like-this")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://news.example/" + "x" * 2000])
def test_a_link_that_cannot_be_shown_whole_is_left_out(url: str) -> None:
    found = story(1)
    article = msgspec.structs.replace(found.articles[0], url=url)
    text = news_text([msgspec.structs.replace(found, title="<b>&", articles=(article,))], "", Chat("telegram", "7", language="en"))
    assert "<a " not in text
    assert "&lt;b&gt;&amp;" in text
    assert "2023-11-14 23:13 UTC" in text
    assert START == 1_700_000_000_000

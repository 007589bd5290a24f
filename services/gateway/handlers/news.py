"""/v1/news: stories, first seen last first, from the database."""

from __future__ import annotations

from services.gateway.domain.news import NewsQuery, news_filter, story, story_with_articles
from services.gateway.domain.page_tokens import page_token
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import NoParameters
from services.gateway.handlers.bars import STORED_FRESH_MS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, answer_of_views


async def list_news(gateway: Gateway, query: NewsQuery) -> Answer:
    """Stories that match. A story that grows keeps its place, since its date is that of its first article."""
    gateway.check_industry(query.industry)
    if query.symbol is not None:
        gateway.check_symbol(query.symbol)
    read_at = gateway.clock()
    found = await gateway.news.newest(news_filter(query))
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return answer_of_views(
        map(story, shown),
        shown[0].source or None if shown else None,
        [REPLAYED] if any(each.replayed for each in shown) else [],
        next_page_token=page_token("n", last.first_seen, last.id) if last else None,
        fresh=lambda: gateway.clock() - read_at < STORED_FRESH_MS,
    )


async def get_story(gateway: Gateway, query: NoParameters, id: str) -> Answer:  # noqa: A002, ARG001 - the name in the path
    """One story with all its articles and what the linked instruments did since it was first seen."""
    read_at = gateway.clock()
    found = await gateway.news.one(id)
    if found is None:
        raise RequestError("not-found", f"id: there is no story {id!r:.80}; /v1/news lists them", field="id", value=id)
    return answer_of_views(
        [story_with_articles(found)],
        found.source or None,
        [REPLAYED] if found.replayed else [],
        fresh=lambda: gateway.clock() - read_at < STORED_FRESH_MS,
    )

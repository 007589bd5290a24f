"""/docs/topics, /asyncapi.json and /schemas: what the topics carry, for those who consume them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from services.gateway.domain.problems import RequestError
from services.gateway.domain.topic_page import topic_page
from services.gateway.handlers.cache import Answer, CachedAnswer, cached_answer
from services.gateway.handlers.problems import API_HEADERS
from services.gateway.handlers.rest import send_answer
from shared.asyncapi import document, event_schemas


@dataclass(frozen=True)
class Documents:
    """The documents as bytes."""

    asyncapi: CachedAnswer
    page: str
    schemas: dict[str, CachedAnswer]
    schema_list: CachedAnswer


def documents(version: str) -> Documents:
    """All documents; takes a tenth of a second."""
    found, schemas = document(version), event_schemas()
    listed = [
        {"event": name, "title": schema["title"], "topic": schema["x-topic"], "schema": f"/schemas/{name}"}
        for name, schema in schemas.items()
    ]
    return Documents(
        _json(found), topic_page(found), {name: _json(each) for name, each in schemas.items()}, _json({"schemas": listed})
    )


def _json(value: Any) -> CachedAnswer:
    return cached_answer(Answer(json.dumps(value, ensure_ascii=False).encode()))


@dataclass
class TopicDocuments:
    """The handlers. The documents are made at the first request."""

    version: str
    making: asyncio.Lock = field(default_factory=asyncio.Lock)
    made: Documents | None = None

    async def asyncapi(self, request: web.Request) -> web.StreamResponse:
        """The AsyncAPI document."""
        return await send_answer(request, (await self._documents()).asyncapi)

    async def schema_list(self, request: web.Request) -> web.StreamResponse:
        """All events with the addresses of their schemas."""
        return await send_answer(request, (await self._documents()).schema_list)

    async def schema(self, request: web.Request) -> web.StreamResponse:
        """The JSON Schema of one event."""
        name = request.match_info["name"].removesuffix(".json")
        found = (await self._documents()).schemas.get(name)
        if found is None:
            raise RequestError("not-found", f"there is no event {name!r:.80}; /schemas lists them", field="name", value=name)
        return await send_answer(request, found)

    async def page(self, _: web.Request) -> web.StreamResponse:
        """The page about the topics."""
        headers = {**API_HEADERS, "Cache-Control": "public, max-age=3600"}
        return web.Response(text=(await self._documents()).page, content_type="text/html", headers=headers)

    async def _documents(self) -> Documents:
        async with self.making:
            if self.made is None:
                self.made = await asyncio.to_thread(documents, self.version)
        return self.made

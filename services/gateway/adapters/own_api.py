"""Reads the gateway's own API over HTTP, as any client does: with a key, and under its limits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp

SECONDS: Final = 20.0


class RefusedError(Exception):
    """The API refuses the request, or does not answer; the message says why, and names the values that are allowed."""


class OwnApi:
    """The API at a URL."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str, **parameters: str | int | None) -> Any:
        """The JSON at a path. Raises RefusedError."""
        query = {name: str(value) for name, value in parameters.items() if value is not None}
        return await self._answer("GET", path, params=query)

    async def post(self, path: str, body: Any) -> Any:
        """The JSON that answers a body. Raises RefusedError."""
        return await self._answer("POST", path, json=body)

    async def _answer(self, method: str, path: str, **more: Any) -> Any:
        try:
            async with self._session.request(method, path, **more) as response:
                found = json.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RefusedError(f"the gateway does not answer: {type(error).__name__}") from error
        except ValueError as error:
            raise RefusedError("the gateway answers with something else than JSON") from error
        if response.status >= 400:
            raise RefusedError(f"{found.get('detail')} ({found.get('type')})")
        return found


@asynccontextmanager
async def open_own_api(url: str, key: str) -> AsyncIterator[OwnApi]:
    """The API at ``url``; ``key`` may be empty where reading is public."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with aiohttp.ClientSession(url, headers=headers, timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
        yield OwnApi(session)

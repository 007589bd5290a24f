"""Reads the gateway's own API over HTTP, as any client does: with a key, and under its limits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from yarl import URL

SECONDS: Final = 20.0
SCHEMES: Final = ("http", "https")


class RefusedError(Exception):
    """The API refuses the request, or does not answer; the message says why, and names the values that are allowed."""


def gateway_url(text: str) -> URL:
    """The URL of a gateway: a scheme and a host, with a port or without. Its resources have paths of their own.

    >>> str(gateway_url("https://prices.example:8443/"))
    'https://prices.example:8443/'

    Raises:
        ValueError: the text is none.
    """
    url = URL(text)
    if url.scheme not in SCHEMES or not url.host or " " in url.host:
        raise ValueError("no http or https URL with a host")
    if url.raw_path != "/" or url.raw_query_string or url.raw_fragment:
        raise ValueError("it has more than a host and a port")
    return url


class OwnApi:
    """The API at a URL."""

    def __init__(self, session: aiohttp.ClientSession, gateway: str) -> None:
        """``gateway``: how errors call it."""
        self._session = session
        self._gateway = gateway

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
            raise RefusedError(f"{self._gateway} does not answer: {type(error).__name__}") from error
        except ValueError as error:
            raise RefusedError(f"{self._gateway} answers with something else than JSON") from error
        if not isinstance(found, dict):
            raise RefusedError(f"{self._gateway} answers with JSON that no gateway sends")
        if response.status >= 400:
            raise RefusedError(f"{found.get('detail')} ({found.get('type')})")
        return found


@asynccontextmanager
async def open_own_api(url: URL, key: str) -> AsyncIterator[OwnApi]:
    """The API at ``url``; ``key`` may be empty where reading is public."""
    gateway = f"the gateway at {url.origin()}"  # without a user's name and password
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with aiohttp.ClientSession(url, headers=headers, timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
        yield OwnApi(session, gateway)

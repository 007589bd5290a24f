"""REST: sends requests, waits where it has to, raises problems."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from finstage_client.operations import Operations
from finstage_client.stream import Stream

RETRIED: Final = frozenset({429, 502, 503, 504})
SAFE: Final = frozenset({"GET", "PUT", "DELETE"})
"""Methods that may be sent again; a POST is, where it has an idempotency key."""
MAX_WAIT: Final = 60.0


class ProblemError(Exception):
    """The API answered with a problem (RFC 9457). ``type`` is stable; ``problem`` has all fields."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem.get('status')} {problem.get('type')}: {problem.get('detail')}")
        self.problem = problem
        self.type = str(problem.get("type", ""))
        self.status = int(problem.get("status", 0))


class Client(Operations, AbstractAsyncContextManager["Client"]):
    """The API at ``url``. Use it with ``async with``."""

    def __init__(self, url: str = "http://127.0.0.1:8080", key: str = "", *, tries: int = 4, timeout: float = 20.0) -> None:
        """``key``: sent with every request; empty where reading is public. ``tries``: how often a request is sent at most."""
        self.url = url.rstrip("/")
        self.key = key
        self.etags: dict[str, str] = {}
        """The ETag of the newest answer of each path: send it as ``if_match`` to change that state and no other."""
        self._tries = tries
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self._session = aiohttp.ClientSession(headers=headers, timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def stream(self, path: str = "/v1/stream", **selectors: list[str]) -> Stream:
        """The stream with these selectors by channel: ``client.stream(quotes=["AAPL"], signals=["industry:ai"])``."""
        return Stream(self.url + path, self.key, selectors)

    async def call(
        self, method: str, path: str, query: dict[str, Any], body: Any = None, headers: dict[str, str | None] | None = None
    ) -> Any:
        """Send a request and return the JSON of its answer; None where it has none. Waits as ``Retry-After`` says.

        Raises:
            ProblemError: the API refuses the request.
            aiohttp.ClientError: there is no answer.
        """
        parameters = {name: _text(value) for name, value in query.items() if value is not None}
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        again = method in SAFE or "Idempotency-Key" in sent
        for attempt in range(1, self._tries + 1):
            last = attempt == self._tries or not again
            try:
                async with self._open().request(method, self.url + path, params=parameters, json=body, headers=sent) as response:
                    if response.status < 400:
                        if "ETag" in response.headers:
                            self.etags[path] = response.headers["ETag"]
                        return await response.json() if response.status != 204 else None
                    if last or response.status not in RETRIED:
                        raise ProblemError(await _problem(response))
                    wait = float(response.headers.get("Retry-After", 0))
            except (aiohttp.ClientConnectionError, TimeoutError):
                if last:
                    raise
                wait = 0.0
            await asyncio.sleep(min(MAX_WAIT, wait + random.uniform(0.5, 1.0) * 0.2 * 2**attempt))  # noqa: S311 - jitter
        raise AssertionError("the last try returns or raises")

    async def pages(self, operation: Callable[..., Awaitable[Any]], *arguments: Any, **parameters: Any) -> AsyncIterator[Any]:
        """The results of all pages of an operation, one after the other."""
        token: str | None = None
        while True:
            page = await operation(*arguments, **parameters, page_token=token)
            for one in page["results"]:
                yield one
            token = page["next_page_token"]
            if token is None:
                return

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use the client with `async with`")
        return self._session


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _problem(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        found = await response.json(content_type=None)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"status": response.status, "type": "about:blank", "detail": response.reason}

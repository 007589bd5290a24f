"""The HTTP session for yfinance, with limits of time and size and a configurable origin."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from curl_cffi import CurlOpt
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import Timeout

MAX_BODY: Final = 32 * 1024 * 1024
"""Bytes; ten years of daily bars need a fiftieth of it."""
DATA_PATH: Final = "/v8/"
AUTHENTICATION_SHARE: Final = 1 / 3
"""Requests for cookies and crumbs may take this share of the remaining time: charts often work without them if a firewall blocks
those hosts."""


class YahooSession(Session[Response]):
    """A session as created by yfinance, with two additions.

    ``origin`` (as in ``http://127.0.0.1:8000``) replaces scheme and host of every request, for a proxy; the original host is sent
    in the header ``X-Forwarded-Host``. Empty: Yahoo itself.

    ``within(seconds)`` limits the total time of all requests of its thread inside the block. yfinance also requests cookies and
    crumbs, partly with its own timeouts; without a total limit, a hanging Yahoo would block threads for minutes.
    """

    def __init__(self, origin: str = "") -> None:
        super().__init__(impersonate="chrome", curl_options={CurlOpt.MAXFILESIZE_LARGE: MAX_BODY})
        self._origin = origin.rstrip("/")
        self._deadline = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Limit the requests of this thread in the block: after ``seconds``, running and later ones raise ``Timeout``."""
        self._deadline.at = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._deadline.at

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:
        """As in ``Session``; raises ``Timeout`` without a request if the time of the block is used up."""
        remaining = getattr(self._deadline, "at", time.monotonic() + 30.0) - time.monotonic()
        if remaining <= 0:
            raise Timeout(f"no time left to request {urlsplit(url).path}")
        if not urlsplit(url).path.startswith(DATA_PATH):
            remaining *= AUTHENTICATION_SHARE
        requested = kwargs.get("timeout")
        kwargs["timeout"] = min(remaining, requested) if isinstance(requested, int | float) else remaining
        if self._origin:
            parts = urlsplit(url)
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "X-Forwarded-Host": parts.hostname or ""}
            url = f"{self._origin}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        return super().request(method, url, *args, **kwargs)

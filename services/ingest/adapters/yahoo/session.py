"""The HTTP session under yfinance: bounded in time and size, and pointed where the settings say."""

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
"""Bytes; ten years of days are a fiftieth of it."""
DATA_PATH: Final = "/v8/"
AUTHENTICATION_SHARE: Final = 1 / 3
"""Cookies and crumbs may take this share of the time left: charts often come without, where a firewall swallows those hosts."""


class YahooSession(Session[Response]):
    """A session as yfinance makes it itself, with two additions.

    ``origin`` (as in ``http://127.0.0.1:8000``) replaces scheme and host of every request, for a proxy of one's own or a
    stand-in; the host that was meant travels in the header ``X-Forwarded-Host``. Empty: Yahoo itself.

    ``within(seconds)`` bounds everything that its thread asks for inside the block. yfinance asks for cookies and crumbs on the
    way, partly with timeouts of its own; without a bound over all of it, a hanging Yahoo would hold threads for minutes.
    """

    def __init__(self, origin: str = "") -> None:
        super().__init__(impersonate="chrome", curl_options={CurlOpt.MAXFILESIZE_LARGE: MAX_BODY})
        self._origin = origin.rstrip("/")
        self._deadline = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Requests of this thread in the block end by then: those still running, and those begun later, raise ``Timeout``."""
        self._deadline.at = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._deadline.at

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:
        """As in ``Session``; raises ``Timeout`` without asking where the block's time is over."""
        remaining = getattr(self._deadline, "at", time.monotonic() + 30.0) - time.monotonic()
        if remaining <= 0:
            raise Timeout(f"no time left to ask for {urlsplit(url).path}")
        if not urlsplit(url).path.startswith(DATA_PATH):
            remaining *= AUTHENTICATION_SHARE
        requested = kwargs.get("timeout")
        kwargs["timeout"] = min(remaining, requested) if isinstance(requested, int | float) else remaining
        if self._origin:
            parts = urlsplit(url)
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "X-Forwarded-Host": parts.hostname or ""}
            url = f"{self._origin}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        return super().request(method, url, *args, **kwargs)

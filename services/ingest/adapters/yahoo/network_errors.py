"""Describes connection errors by a reason (one word) and a detail (one sentence)."""

from __future__ import annotations

import aiohttp
from curl_cffi.requests.exceptions import DNSError, ProxyError, RequestException, SSLError

REFUSALS = {401: "unauthorized", 403: "unauthorized", 429: "rate_limited"}


def explain_stream(error: Exception) -> tuple[str, str]:
    """Reason and detail of a stream that could not be opened.

    >>> explain_stream(TimeoutError())
    ('unreachable', 'no response in time')
    """
    if isinstance(error, aiohttp.WSServerHandshakeError):
        reason = REFUSALS.get(error.status, "unavailable" if error.status >= 500 else "no_stream")
        return reason, f"HTTP {error.status} instead of a stream"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "unreachable", f"the name cannot be resolved (DNS): {error}"
    if isinstance(error, aiohttp.ClientSSLError):
        return "unreachable", f"TLS failed: {error}"
    if isinstance(error, TimeoutError):
        return "unreachable", "no response in time"
    return "unreachable", f"{type(error).__name__}: {error}"


def explain_request(error: RequestException | OSError) -> str:
    """The detail of a request without a response."""
    text = str(error).partition(" See https://")[0].removeprefix("Failed to perform, ")  # drops curl's reference to its manual
    if isinstance(error, DNSError):
        return f"the name cannot be resolved (DNS): {text}"
    if isinstance(error, SSLError):
        return f"TLS failed: {text}"
    if isinstance(error, ProxyError):
        return f"the proxy failed: {text}"
    return f"{type(error).__name__}: {text}"

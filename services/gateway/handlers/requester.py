"""Who asks: the name under which runs are counted, limited and cancelled."""

from __future__ import annotations

from aiohttp import web


def requester(request: web.Request) -> str:
    """The client's address; at most 128 characters."""
    return f"address:{request.remote or 'unknown'}"[:128]

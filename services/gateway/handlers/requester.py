"""Who asks: the name under which runs are counted, limited and cancelled."""

from __future__ import annotations

from aiohttp import web

from services.gateway.handlers.middleware import PRINCIPAL


def requester(request: web.Request) -> str:
    """The key, else the client's address; at most 128 characters."""
    if key_id := request[PRINCIPAL].id:
        return f"key:{key_id}"
    return f"address:{request.remote or 'unknown'}"[:128]

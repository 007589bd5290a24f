"""``python -m services.gateway mcp``: tools for assistants, over standard input and output."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated, Final

import typer

from services.gateway.domain.version import VERSION

KEY: Final = "FINSTAGE_KEY"


def mcp(
    url: Annotated[str, typer.Option(help="The gateway.")] = "http://127.0.0.1:8080",
) -> None:
    """Serve tools for assistants by the Model Context Protocol. A key, where one is needed, is read from FINSTAGE_KEY."""
    asyncio.run(_serve(url, os.environ.get(KEY, "")))


async def _serve(url: str, key: str) -> None:
    from services.gateway.adapters.assistant_server import assistant_server  # the import takes a second
    from services.gateway.adapters.own_api import open_own_api

    async with open_own_api(url, key) as api:
        await assistant_server(api, VERSION).run_stdio_async()

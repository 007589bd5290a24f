"""``python -m services.gateway mcp``: tools for assistants, over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from services.gateway.domain.version import VERSION
from shared.settings import without_secret

if TYPE_CHECKING:
    from yarl import URL

KEY: Final = "FINSTAGE_KEY"
INVALID: Final = 2


def mcp(
    url: Annotated[str, typer.Option(help="The gateway: http or https, host and port.")] = "http://127.0.0.1:8080",
) -> None:
    """Serve tools for assistants by the Model Context Protocol. A key, where one is needed, is read from FINSTAGE_KEY."""
    from services.gateway.adapters.own_api import gateway_url  # loads aiohttp, which no other command needs

    try:
        gateway = gateway_url(url)
    except ValueError as error:
        shown = without_secret(url) if {"@", "?", "#"} & {*url} else url
        sys.stderr.write(f"error: --url {shown!r}: {error}; a gateway is named as in http://127.0.0.1:8080\n")
        raise typer.Exit(INVALID) from error
    if sys.stdin is None or sys.stdout is None:
        sys.stderr.write("error: tools are served over standard input and output, and one of them is closed\n")
        raise typer.Exit(INVALID)
    asyncio.run(_serve(gateway, os.environ.get(KEY, "")))


async def _serve(url: URL, key: str) -> None:
    from services.gateway.adapters.assistant_server import assistant_server  # the import takes a second
    from services.gateway.adapters.own_api import open_own_api

    async with open_own_api(url, key) as api:
        await assistant_server(api, VERSION).run_stdio_async()

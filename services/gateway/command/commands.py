"""The table of commands of ``python -m services.gateway``."""

from __future__ import annotations

from typing import Final

import typer

from services.gateway.command.keys import create, list_keys, revoke, rotate
from services.gateway.command.mcp import mcp
from services.gateway.command.openapi import openapi

commands: Final = typer.Typer(
    help="Beside the service, which runs without a command.", no_args_is_help=True, pretty_exceptions_enable=False
)
keys: Final = typer.Typer(help="Keys of the API.", no_args_is_help=True)
keys.command("create")(create)
keys.command("list")(list_keys)
keys.command("rotate")(rotate)
keys.command("revoke")(revoke)
commands.add_typer(keys, name="keys")
commands.command("openapi")(openapi)
commands.command("mcp")(mcp)

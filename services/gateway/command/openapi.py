"""``python -m services.gateway openapi``: the document of the API as a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.gateway.domain.contract import breaking_changes
from services.gateway.domain.version import VERSION

SNAPSHOT: Final = Path(__file__).parents[3] / "docs" / "openapi.json"


def openapi(
    target: Annotated[Path, typer.Option("--to", help="The file to write.")] = SNAPSHOT,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where the file is not current.")] = False,
) -> None:
    """Write the OpenAPI document; refused where it takes away what clients of v1 may use."""
    found = snapshot()
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    if before and (broken := breaking_changes(json.loads(before), _document())):
        sys.stderr.writelines(f"error: {line}\n" for line in broken)
        raise typer.Exit(1)
    if check:
        raise typer.Exit(int(before != found))
    target.write_text(found, encoding="utf-8")


def snapshot() -> str:
    """The document as it is kept in docs/."""
    return json.dumps(_document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _document() -> dict[str, Any]:
    from services.gateway.handlers.openapi import document  # loads every route, which takes a second: other commands need none

    return document(VERSION)

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
NO_DOCUMENT: Final = "it is no OpenAPI document of this API; name one, or a file that does not exist yet"
FAILED: Final = 1
INVALID: Final = 2


def openapi(
    target: Annotated[Path, typer.Option("--to", help="The file to write.")] = SNAPSHOT,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where the file is not current.")] = False,
) -> None:
    """Write the OpenAPI document; refused where it takes away what clients of v1 may use."""
    before = _kept(target)
    current = _document()
    if before and (broken := breaking_changes(_promised(target, before, current), current)):
        sys.stderr.writelines(f"error: {line}\n" for line in broken)
        raise typer.Exit(FAILED)
    found = _text(current)
    if check:
        if before != found:
            state = "does not exist" if before is None else "is not current"
            sys.stderr.write(f"error: {target} {state}: write it with the same command without --check\n")
        raise typer.Exit(FAILED if before != found else 0)
    try:
        target.write_text(found, encoding="utf-8")
    except OSError as error:
        raise _wrong(target, f"cannot be written: {error.strerror}") from error


def _kept(target: Path) -> str | None:
    """The text of the file; None where there is none. Exits where one cannot be there."""
    if not target.parent.is_dir():
        raise _wrong(target, f"there is no folder {str(target.parent)!r}")
    try:
        return target.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise _wrong(target, NO_DOCUMENT) from error
    except OSError as error:
        raise _wrong(target, f"cannot be read: {error.strerror}") from error


def _promised(target: Path, text: str, current: dict[str, Any]) -> dict[str, Any]:
    """The document of this API in the file. Another file is not written over."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _wrong(target, NO_DOCUMENT) from error
    match found:
        case {"info": {"title": title}} if title == current["info"]["title"]:
            return dict(found)
    raise _wrong(target, NO_DOCUMENT)


def _wrong(target: Path, why: str) -> typer.Exit:
    sys.stderr.write(f"error: --to {str(target)!r}: {why}\n")
    return typer.Exit(INVALID)


def snapshot() -> str:
    """The document as it is kept in docs/."""
    return _text(_document())


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _document() -> dict[str, Any]:
    from services.gateway.handlers.openapi import document  # loads every route, which takes a second: other commands need none

    return document(VERSION)

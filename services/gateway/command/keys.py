"""``python -m services.gateway keys``: create, list, rotate and revoke keys. Works beside the running mesh, and without it."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
import typer

from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.bodies import parse_body
from services.gateway.domain.key_models import (
    MOST_DAYS,
    MOST_KEPT_SECONDS,
    MOST_SELECTORS,
    MOST_STREAMS,
    NAME_FORM,
    RATE_LIMIT_FORM,
    KeyRequest,
    KeyView,
    RotateRequest,
    key_view,
    new_key,
)
from services.gateway.domain.keys import SCOPES, hash_of, key_text, new_id, new_secret
from services.gateway.domain.problems import RequestError
from services.gateway.settings import Settings
from shared.failures import TransientError
from shared.settings import read_settings

if TYPE_CHECKING:
    from services.gateway.adapters.keys import KeyTable

R = TypeVar("R")
INVALID: Final = 2
FAILED: Final = 1
OPTIONS: Final = MappingProxyType(
    {
        "name": ("--name", NAME_FORM),
        "owner": ("--owner", NAME_FORM),
        "scopes": ("--scopes", f"one or more of {', '.join(SCOPES)}, separated by commas"),
        "expires_days": ("--days", f"1 to {MOST_DAYS}"),
        "rate_limit": ("--rate-limit", RATE_LIMIT_FORM),
        "max_streams": ("--max-streams", f"1 to {MOST_STREAMS}"),
        "max_selectors": ("--max-selectors", f"1 to {MOST_SELECTORS}"),
        "keep_seconds": ("--keep-seconds", f"0 to {MOST_KEPT_SECONDS}"),
    }
)
"""The option of each field, and what it takes."""
NUMBERS: Final = frozenset({"expires_days", "max_streams", "max_selectors", "keep_seconds"})
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}")
KeyId = Annotated[str, typer.Argument(metavar="ID", help="The id, as `keys list` shows it: the second part of the key.")]


def create(
    name: Annotated[str, typer.Option(help="What it is for.")],
    owner: Annotated[str, typer.Option(help="Keys of one owner share a watchlist and alerts.")],
    scopes: Annotated[str, typer.Option(help="Of read, write, research, admin; separated by commas.")] = "read",
    days: Annotated[str | None, typer.Option(metavar="N", help="Days until it expires; it never does without this.")] = None,
    rate_limit: Annotated[str | None, typer.Option(help="Its own limit of requests, as in 100/second.")] = None,
    max_streams: Annotated[str | None, typer.Option(metavar="N", help="Its own limit of open streams.")] = None,
    max_selectors: Annotated[str | None, typer.Option(metavar="N", help="Its own limit of selectors of a stream.")] = None,
) -> None:
    """Create a key and print it. It is shown this once: only a hash is stored."""
    typed = {
        "name": name,
        "owner": owner,
        "scopes": scopes,
        "expires_days": days,
        "rate_limit": rate_limit,
        "max_streams": max_streams,
        "max_selectors": max_selectors,
    }
    secret, key_id, now = new_secret(), new_id(), _now()
    with _refusing(typed):
        key = new_key(parse_body(_body(typed), KeyRequest), key_id, hash_of(secret), now)
    audit = _audited("key.create", key_id, now, name=key.name, owner=key.owner, scopes=sorted(key.scopes))
    _with_keys(lambda keys: keys.create(key, audit))
    sys.stdout.write(key_text(key_id, secret) + "\n")


def list_keys() -> None:
    """List all keys, without secrets."""
    for key in _with_keys(lambda keys: keys.all()):
        sys.stdout.write(_line(key_view(key)) + "\n")


def rotate(
    key_id: KeyId,
    keep_seconds: Annotated[str, typer.Option(metavar="N", help="How long the old secret is still taken.")] = "0",
) -> None:
    """Replace the secret of a key and print the new key. Id, scopes and limits stay."""
    secret, now = new_secret(), _now()
    typed = {"keep_seconds": keep_seconds}
    with _refusing(typed):
        request = parse_body(_body(typed), RotateRequest)
    audit = _audited("key.rotate", key_id, now, keep_seconds=request.keep_seconds)
    if _with_keys(lambda keys: keys.rotate(key_id, hash_of(secret), now + 1000 * request.keep_seconds, audit)) is None:
        raise _unknown(key_id, " that is neither revoked nor expired")
    sys.stdout.write(key_text(key_id, secret) + "\n")


def revoke(key_id: KeyId) -> None:
    """Make a key invalid for ever. A running gateway takes it for up to five seconds more."""
    now = _now()
    if not _with_keys(lambda keys: keys.revoke(key_id, now, _audited("key.revoke", key_id, now))):
        raise _unknown(key_id)


def _body(typed: Mapping[str, str | None]) -> bytes:
    """What was typed as the body of the API that asks for the same."""
    found: dict[str, Any] = dict(typed)
    for field in NUMBERS & typed.keys():
        if (text := typed[field]) is not None and _NUMBER.fullmatch(text):
            found[field] = int(text)
    if (scopes := typed.get("scopes")) is not None:
        found["scopes"] = [part.strip() for part in scopes.split(",") if part.strip()]
    return msgspec.json.encode(found)


@contextmanager
def _refusing(typed: Mapping[str, str | None]) -> Iterator[None]:
    """Exit where a value is not allowed: with its option, what was typed, and what the option takes."""
    try:
        yield
    except RequestError as error:
        option, allowed = OPTIONS[error.field]
        sys.stderr.write(f"error: {option} {typed[error.field]!r:.80}: expected {allowed}\n")
        raise typer.Exit(INVALID) from error


def _with_keys(action: Callable[[KeyTable], Awaitable[R]]) -> R:
    """What the action returns; exits where the database does not answer or has no tables."""
    from services.gateway.adapters.keys import KeyTable  # loads SQLAlchemy, which the commands beside this one do not need
    from shared.db import open_database
    from shared.migrations.revision import current, no_tables

    settings = read_settings(Settings)

    async def run() -> R:
        if await current(settings.database_url) is None:
            raise TransientError(no_tables(settings.database_url))
        async with open_database(settings.database_url) as database:
            return await action(KeyTable(database))

    try:
        return asyncio.run(run())
    except TransientError as error:
        sys.stderr.write(f"error: {error}\n")
        raise typer.Exit(FAILED) from error


def _line(key: KeyView) -> str:
    state = f"revoked {key.revoked}" if key.revoked else f"expires {key.expires}" if key.expires else "valid"
    return f"{key.id}  {key.name:<24}  {key.owner:<16}  {','.join(key.scopes):<20}  {state}"


def _audited(action: str, target: str, now: int, **detail: Any) -> AuditEntry:
    return AuditEntry(at=now, actor="command", address="", action=action, target=target[:255], detail=detail)


def _unknown(key_id: str, valid: str = "") -> typer.Exit:
    sys.stderr.write(f"error: there is no key {key_id!r:.40}{valid}\n")
    return typer.Exit(FAILED)


def _now() -> int:
    return time.time_ns() // 1_000_000

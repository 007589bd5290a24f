"""Keys as the API takes and returns them."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from limits import parse

from services.gateway.domain.keys import SCOPES, ApiKey, Scope
from services.gateway.domain.problems import RequestError
from services.gateway.domain.times import Time, rfc3339

Name = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$", extra_json_schema={"minLength": 1, "maxLength": 64})
]
NAME_FORM: Final = "1 to 64 letters, digits, spaces or . _ @ -, of which the first is a letter or a digit"
RATE_LIMIT_FORM: Final = "a number and a period, as in 100/second; periods are second, minute, hour and day"
DAY_MS: Final = 86_400_000
MOST_DAYS: Final = 3650
MOST_KEPT_SECONDS: Final = 7 * 86_400
MOST_STREAMS: Final = 100_000
MOST_SELECTORS: Final = 100_000


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without its secret."""

    id: str
    name: str
    owner: str
    scopes: list[Scope]
    created: Time
    expires: Time | None
    """Null: never."""
    revoked: Time | None
    """Null: it is not revoked."""
    rate_limit: str | None
    """Its own limit, as in ``100/second``; null: that of the gateway."""
    max_streams: int | None
    """Its own limit of open streams; null: that of the gateway."""
    max_selectors: int | None
    """Its own limit of selectors of one stream; null: that of the gateway."""
    linked: bool
    """Whether it is linked to a chat, and shares the chat's watchlist and alerts."""


class NewKey(KeyView, frozen=True, kw_only=True):
    """A key with its secret, which is shown this once."""

    key: str
    """Send it as ``Authorization: Bearer KEY``."""


class KeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A key to create."""

    name: Name
    """What it is for."""
    owner: Name
    """Keys of one owner share a watchlist and alerts."""
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=4)]
    expires_days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] | None = None
    rate_limit: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=r"^[1-9][0-9]{0,6}/(second|minute|hour|day)$",
                extra_json_schema={"minLength": 5, "maxLength": 14, "examples": ["100/second"]},
            ),
        ]
        | None
    ) = None
    max_streams: Annotated[int, msgspec.Meta(ge=1, le=MOST_STREAMS)] | None = None
    max_selectors: Annotated[int, msgspec.Meta(ge=1, le=MOST_SELECTORS)] | None = None


class RotateRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a secret is replaced."""

    keep_seconds: Annotated[
        int,
        msgspec.Meta(ge=0, le=MOST_KEPT_SECONDS, description="How long the old secret is still taken, so that clients can change."),
    ] = 0


class LinkCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that links the key to a chat."""

    code: str
    """Send ``/link CODE`` to the bot in that chat."""
    expires: Time


def new_key(request: KeyRequest, key_id: str, secret_hash: str, now: int) -> ApiKey:
    """The key that a request asks for.

    Raises:
        RequestError: the rate limit cannot be read.
    """
    if request.rate_limit is not None:
        try:
            parse(request.rate_limit)
        except ValueError as error:
            raise RequestError("invalid-parameter", f"rate_limit: {error}", field="rate_limit", value=request.rate_limit) from error
    return ApiKey(
        id=key_id,
        secret_hash=secret_hash,
        name=request.name,
        owner=request.owner,
        scopes=frozenset(request.scopes),
        created_at=now,
        rate_limit=request.rate_limit or "",
        max_streams=request.max_streams,
        max_selectors=request.max_selectors,
        expires_at=None if request.expires_days is None else now + request.expires_days * DAY_MS,
    )


def key_view(key: ApiKey) -> KeyView:
    """The key as it is shown."""
    return KeyView(
        id=key.id,
        name=key.name,
        owner=key.owner,
        scopes=[scope for scope in SCOPES if scope in key.scopes],
        created=rfc3339(key.created_at),
        expires=None if key.expires_at is None else rfc3339(key.expires_at),
        revoked=None if key.revoked_at is None else rfc3339(key.revoked_at),
        rate_limit=key.rate_limit or None,
        max_streams=key.max_streams,
        max_selectors=key.max_selectors,
        linked=bool(key.chat_id),
    )


def shown_once(key: ApiKey, text: str) -> NewKey:
    """The key with its secret."""
    return NewKey(**msgspec.structs.asdict(key_view(key)), key=text)

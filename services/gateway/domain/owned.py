"""What belongs to the owner of a key: the watchlist, alerts, rules and deliveries, the same rows that the bot reads and writes."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from services.gateway.domain.keys import ApiKey
from services.gateway.domain.parameter_types import PageToken, Slug, Symbol
from services.gateway.domain.problems import RequestError
from services.gateway.domain.timeframes import TimeframeName
from services.gateway.domain.times import Time
from shared.conditions.condition import LONGEST
from shared.conditions.user_limits import MAX_EXTRA_PER_OWNER, Limit

UNLINKED: Final = "api"
"""The channel of owners whose key is not linked to a chat: nothing is delivered to it."""
MAX_WATCHED: Final = 100
NOT_LINKED: Final = "this key is not linked to a chat, so no alert is delivered: POST /v1/keys/self/link"
Frequency = Literal["once_per_bar_close", "once_per_bar", "once"]


class Owner(NamedTuple):
    """Whose rows they are."""

    channel: str
    chat_id: str

    @property
    def linked(self) -> bool:
        """Whether it is a chat."""
        return self.channel != UNLINKED


def owner_of(key: ApiKey) -> Owner:
    """The chat that a key is linked to; else the key's owner."""
    return Owner(key.channel, key.chat_id) if key.chat_id else Owner(UNLINKED, key.owner)


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument of the watchlist."""

    symbol: str
    added: Time


class WatchlistRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole watchlist."""

    symbols: Annotated[list[Symbol], msgspec.Meta(max_length=MAX_WATCHED)]


class AlertRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A condition to be alerted on. Without ``symbols`` and ``industry`` it is about the watchlist."""

    condition: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST, description="As in docs/conditions.md.")]
    symbols: Annotated[list[Symbol], msgspec.Meta(max_length=20)] = []
    industry: Slug | None = None
    frequency: Frequency = "once_per_bar_close"
    """``once_per_bar``: forming bars too, marked provisional; ``once``: at the next close alone."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert on a condition."""

    number: int
    """What the chat calls it."""
    id: str
    """The same for all who ask for the same condition."""
    condition: str
    timeframe: TimeframeName
    frequency: Frequency
    scope: Literal["symbols", "industry", "watched"]
    targets: list[str]
    """Symbols, or industries; empty for the watchlist."""
    enabled: bool
    stopped: Literal["", "paused", "fired", "expired", "flood"]
    """Why it is not enabled: paused, sent (it was for once), over, or too many alerts at once."""
    created: Time


class AlertChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether an alert is sent."""

    enabled: bool
    """False pauses it; true resumes it, and takes back its removal as long as nothing else was added or removed."""


class RuleRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether signals of a rule are wanted."""

    wanted: bool


class ChosenRule(msgspec.Struct, frozen=True):
    """A choice that was made about a rule."""

    rule: str
    """The name of a rule, or ``*`` for all without a choice of their own."""
    wanted: bool


class DeliveriesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which deliveries, newest first."""

    status: Literal["pending", "sending", "sent", "unknown", "failed", "expired", "muted"] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000, description="At most this many results.")] = 100
    page_token: PageToken | None = None


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an alert."""

    signal_id: str
    symbol: str
    rule: str
    direction: Literal["up", "down"]
    status: Literal["pending", "sending", "sent", "unknown", "failed", "expired", "muted"]
    """``unknown``: the request was written and never answered; the alert is sent again once, and marked."""
    tries: int
    error: str
    created: Time
    updated: Time


class Change(NamedTuple):
    """What makes a write safe to repeat and to compete with others."""

    key_id: str
    idempotency_key: str
    request_hash: str
    if_match: str


def etag_of(state: Any) -> str:
    """The ETag of a state; it depends on the content alone."""
    return f'"{hashlib.blake2b(msgspec.json.encode(state), digest_size=12).hexdigest()}"'


def named_states(if_match: str) -> list[str]:
    """The ETags in the header If-Match. Raises RequestError: there are none (428)."""
    named = [part.strip() for part in if_match.split(",") if part.strip()]
    if not named:
        raise RequestError("precondition-required", "send the ETag of the state to change as If-Match, or `*` for any")
    return named


def check_match(if_match: str, etag: str) -> None:
    """Raise RequestError: there is no If-Match (428), or it names another state (412)."""
    named = named_states(if_match)
    if "*" not in named and etag not in named:
        raise RequestError("changed", f"the state is {etag} now", field="If-Match", value=if_match)


def limit_reached(limit: Limit, most: int) -> RequestError:
    """Why there cannot be a further alert; ``most``: alerts that the owner may have."""
    about, values = {
        "full": (f"there are {most} alerts already, which is the most", {"most": most}),
        "extra": (
            f"the alerts would need more than {MAX_EXTRA_PER_OWNER} indicators that are computed for them alone",
            {"most": MAX_EXTRA_PER_OWNER},
        ),
        "busy": ("as many alerts or indicators for alerts as possible run already, over all users", {}),
    }[limit]
    return RequestError("conflict", about, code=f"alerts-{limit}", values=values)

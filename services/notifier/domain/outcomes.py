"""How one attempt to hand over an alert can end. Every channel maps whatever happens to exactly one of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """The other side confirmed it."""

    message_id: str = ""
    redirected: bool = False
    """It went to the chat itself, since its topic takes no messages any more."""


@dataclass(frozen=True)
class Refused:
    """Certainly not delivered, and worth another try: no connection, or the other side said "not now"."""

    reason: str
    retry_after: float | None = None
    """Seconds that the other side asks us to wait."""


@dataclass(frozen=True)
class Unanswered:
    """The request was written and no answer came: it may or may not have been delivered."""

    reason: str


@dataclass(frozen=True)
class Doubtful:
    """Something on the way answered for the other side (a gateway error): it may have been delivered, more likely it was not."""

    reason: str


@dataclass(frozen=True)
class Rejected:
    """Never to be accepted: trying this alert again is pointless."""

    reason: str


@dataclass(frozen=True)
class Gone:
    """The recipient does not want us any more: the chat is to be switched off."""

    reason: str


@dataclass(frozen=True)
class Moved:
    """The chat has another id from now on; nothing was delivered."""

    chat_id: str


Outcome = Sent | Refused | Unanswered | Doubtful | Rejected | Gone | Moved

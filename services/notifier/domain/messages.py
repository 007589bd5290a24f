"""Messages to chats, independent of the channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.events import Signal

ACTION_LENGTH: Final = 64
"""Most bytes of a button's callback data in Telegram."""


@dataclass(frozen=True)
class Button:
    """A button under a message; pressing it is handled as the command ``/action``."""

    label: str
    action: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.action.encode()) <= ACTION_LENGTH:
            raise ValueError(f"button {self.label!r}: action {self.action!r} must have 1 to {ACTION_LENGTH} bytes")


Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


@dataclass(frozen=True)
class Reply:
    """A reply of the bot: HTML of any length, and buttons under its last part."""

    text: str
    buttons: Buttons = ()
    pictures: tuple[bytes, ...] = ()
    """PNG: the first one has the text as its caption if that is short enough."""


@dataclass(frozen=True)
class Alert:
    """A rendered alert for one chat."""

    signal: Signal
    text: str
    """HTML, short enough to be a caption."""
    language: str
    buttons: Buttons = ()
    picture: bytes | None = None
    """PNG, or None where there is none."""
    repeat: bool = False
    """Whether the recipient may have received it before."""
    traceparent: str = ""

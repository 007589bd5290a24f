"""What goes out to a chat, whatever the channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.events import Signal

ACTION_LENGTH: Final = 64
"""Bytes that Telegram lets a button carry."""


@dataclass(frozen=True)
class Button:
    """A button under a message; pressing it is as if ``/action`` had been typed."""

    label: str
    action: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.action.encode()) <= ACTION_LENGTH:
            raise ValueError(f"button {self.label!r}: action {self.action!r} must have 1 to {ACTION_LENGTH} bytes")


Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


@dataclass(frozen=True)
class Reply:
    """An answer of the bot: HTML of any length, and buttons under its last part."""

    text: str
    buttons: Buttons = ()


@dataclass(frozen=True)
class Alert:
    """A rendered alert on its way to one chat."""

    signal: Signal
    text: str
    """HTML, short enough to be a caption."""
    language: str
    buttons: Buttons = ()
    picture: bytes | None = None
    """PNG, where one could be drawn."""
    repeat: bool = False
    """True when the recipient may have it already."""
    traceparent: str = ""

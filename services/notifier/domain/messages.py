"""Messages to chats, independent of the channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.events import Signal

ACTION_LENGTH: Final = 48
"""Most bytes of a button's action: Telegram allows 64 bytes of callback data, and the rest is its signature."""


@dataclass(frozen=True)
class Button:
    """A button under a message; pressing it is handled as the command ``/action``."""

    label: str
    action: str = ""
    url: str = ""
    """Where it opens a page instead."""

    def __post_init__(self) -> None:
        if self.url:
            return
        if not 1 <= len(self.action.encode()) <= ACTION_LENGTH or "|" in self.action:
            raise ValueError(f"button {self.label!r}: action {self.action!r} must have 1 to {ACTION_LENGTH} bytes and no |")


Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


@dataclass(frozen=True)
class Reply:
    """A reply of the bot: HTML of any length, and buttons under its last part."""

    text: str
    buttons: Buttons = ()
    edits: bool = False
    """Where a button was pressed, it replaces the message with the button."""
    expects: str = ""
    """The beginning of a command. The chat's next text completes it, unless that is a command itself."""
    picture: bytes | None = None
    """PNG, or None where there is none."""
    notice: bool = False
    """Where a button was pressed, the text is shown over the chat, not in it."""


@dataclass(frozen=True)
class CheckoutAnswer:
    """Whether a person may pay, and if not, why."""

    accepted: bool
    reason: str = ""
    """Plain text that Telegram shows."""


@dataclass(frozen=True)
class InlineItem:
    """One thing that a person can send to a chat in inline mode."""

    id: str
    title: str
    about: str
    text: str
    """HTML of the message that is sent."""
    button: Button
    """Under that message; it opens a page."""


@dataclass(frozen=True)
class InlineAnswer:
    """The answer to what was typed in inline mode."""

    items: tuple[InlineItem, ...]
    seconds: int
    """How long Telegram may keep it."""


Answer = Reply | CheckoutAnswer | InlineAnswer
"""What an update is answered with."""


@dataclass(frozen=True)
class Alert:
    """A rendered message for one chat: an alert on one or several signals, or a notice."""

    signals: tuple[Signal, ...]
    """Empty for a notice."""
    text: str
    """HTML; that of an alert with a picture is short enough to be a caption."""
    language: str
    buttons: Buttons = ()
    picture: bytes | None = None
    """PNG, or None where there is none."""
    repeat: bool = False
    """Whether the recipient may have received it before."""
    traceparent: str = ""
    silent: bool = False
    """Whether it makes no sound."""
    key: str = ""
    """The permanent id of its first row, by which a receiver can drop repeats."""
    edits: str = ""
    """The id of the message that it replaces; empty for a new message."""

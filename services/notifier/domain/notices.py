"""Broadcasts: a text for all chats, first seen as a preview, then sent page by page, until it is done or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.notifier.words.catalogue import LANGUAGES

State = Literal["draft", "sending", "sent", "cancelled"]
LONGEST: Final = 900
"""Characters of a broadcast."""


@dataclass(frozen=True)
class Notice:
    """A text for many chats."""

    id: str
    kind: str
    audience: str
    texts: dict[str, str]
    """HTML by language."""
    state: State = "draft"
    position: str = ""
    """The last chat that has its delivery; chats follow in the order of their ids."""


def same_text(text: str) -> dict[str, str]:
    """One text for every language."""
    return dict.fromkeys(LANGUAGES, text)

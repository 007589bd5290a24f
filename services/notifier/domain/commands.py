"""Parses the text that users type to the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from services.notifier.domain.telegram_html import clean
from shared.text import normalize

LINE_LENGTH: Final = 1000
"""Characters of a message that are read; the rest is ignored."""
FOREVER: Final = 253_402_300_799_000

_COMMAND: Final = re.compile(r"^/([A-Za-z_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s(.*))?$")
_SPAN: Final = re.compile(r"^(\d{1,4})\s*(m|min|분|h|시간|d|일)$")
_UNITS: Final = {"m": 60_000, "min": 60_000, "분": 60_000, "h": 3_600_000, "시간": 3_600_000, "d": 86_400_000, "일": 86_400_000}


@dataclass(frozen=True)
class ParsedCommand:
    """A command and the text after it. ``name`` is empty for text that is no command."""

    name: str
    arguments: str


@dataclass(frozen=True)
class UserInput:
    """A text that a user typed, or a button that a user pressed."""

    chat_id: str
    user_id: str
    """Empty for an anonymous administrator; ``trusted`` is true then."""
    kind: Literal["private", "group"]
    command: ParsedCommand
    trusted: bool = False
    """Telegram confirms that the user is an administrator."""
    thread_id: int = 0
    """The topic in which it happened; 0 means none."""


def parse(text: str, bot_name: str = "") -> ParsedCommand | None:
    """The command in a message, in normal form; None where it addresses another bot.

    >>> parse("/Watch@finstage_bot  AAPL", "finstage_bot"), parse("/watch@other AAPL", "finstage_bot"), parse("hello")
    (ParsedCommand(name='watch', arguments='AAPL'), None, ParsedCommand(name='', arguments='hello'))
    """
    line = clean(normalize(text, LINE_LENGTH), LINE_LENGTH)
    match = _COMMAND.match(line)
    if match is None:
        return ParsedCommand("", line)
    if match[2] and bot_name and match[2].casefold() != bot_name.casefold():
        return None
    return ParsedCommand(match[1].lower(), match[3] or "")


def mute_span(text: str) -> int | None:
    """How long to mute, milliseconds: ``30m``, ``1시간``, ``2d``. 0 unmutes; None where the text is no duration.

    >>> mute_span("1h"), mute_span("30 분"), mute_span("off"), mute_span("soon")
    (3600000, 1800000, 0, None)
    """
    wanted = text.strip().casefold()
    if wanted in {"off", "0", "해제", "끔", "취소"}:
        return 0
    match = _SPAN.match(wanted)
    return int(match[1]) * _UNITS[match[2]] if match else None

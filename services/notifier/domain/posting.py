"""A Telegram channel that signals are posted to, with a filter."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from services.notifier.domain.recipients import ALL_RULES, CHANNEL_KIND, Chat
from shared.events import Timeframe
from shared.sequences import vocabulary

LONGEST: Final = 64


class PostingChannel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One channel; the bot is an administrator there who may post."""

    chat: str
    """``-100...`` or ``@name``."""
    language: Literal["ko", "en"] = "ko"
    symbols: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    """Signals of these instruments and industries; all where both are empty."""
    rules: tuple[str, ...] = ()
    """Types of rules; empty: events, and predictions while their record is validated."""
    timeframes: tuple[str, ...] = ()
    """Empty: all."""
    unproven: bool = False
    """Whether predictions without a validated record are posted too."""
    pace: Literal["auto", "each", "digest"] = "auto"
    silent: bool = False

    def check(self) -> None:
        """Raises ValueError: a field has a value that cannot be; it says which."""
        number = self.chat.removeprefix("-100")
        named = self.chat.startswith("@") and self.chat[1:].replace("_", "a").isalnum() and self.chat.isascii()
        numbered = self.chat.startswith("-100") and number.isdecimal() and number.isascii()
        if not (named or numbered) or len(self.chat) > LONGEST:
            raise ValueError(f"chat is {self.chat!r}: expected -100... or @name")
        for name, values, known in (
            ("rules", self.rules, vocabulary().keys()),
            ("timeframes", self.timeframes, {each.value for each in Timeframe}),
        ):
            if wrong := [value for value in values if value not in known]:
                raise ValueError(f"{name} has {wrong[0]!r}, which does not exist")

    def as_chat(self, channel: str) -> Chat:
        """Its row in ``chats``."""
        rules = {ALL_RULES: False, **dict.fromkeys(self.rules, True)} if self.rules else {}
        return Chat(
            channel,
            self.chat,
            kind=CHANNEL_KIND,
            language=self.language,
            watch_all=not self.symbols and not self.industries,
            unvalidated=self.unproven,
            rules=rules,
            pace=self.pace,
            silent=self.silent,
            timeframes=",".join(self.timeframes),
        )

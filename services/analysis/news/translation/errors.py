"""Why a translator gave no answer."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "timeout", "unreachable", "limited", "quota", "key", "unavailable", "refused", "malformed", "too-large", "rejected", "budget"
]
PAUSES: frozenset[Reason] = frozenset({"limited", "quota", "key"})
"""After these it is not asked again at once: it said that it will refuse."""


class TranslatorError(Exception):
    """A translator gave no usable answer. The message holds no text and no key."""

    def __init__(self, translator: str, reason: Reason, detail: str = "", pause_seconds: float | None = None) -> None:
        super().__init__(f"{translator}: {reason}{f': {detail}' if detail else ''}")
        self.translator = translator
        self.reason: Reason = reason
        self.pause_seconds = pause_seconds
        """How long it asked for a pause, if it did."""

"""A step of the chain: a translator, and how much of it may be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class TextTranslator(Protocol):
    """Translates English texts."""

    @property
    def name(self) -> str: ...
    @property
    def at_a_time(self) -> int:
        """Most texts of a request."""

    async def translate(self, texts: Sequence[str]) -> list[str]:
        """The translations, in the order of the texts. Raises TranslatorError."""


@dataclass(frozen=True, slots=True)
class Step:
    """A translator with the characters that may be sent to it in a day; None: any number."""

    translator: TextTranslator
    daily: int | None = None

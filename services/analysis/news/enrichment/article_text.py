"""What is read of an article."""

from __future__ import annotations

from typing import Protocol


class ArticleText(Protocol):
    """An article, as ``shared.events.Article`` has it."""

    @property
    def title(self) -> str: ...
    @property
    def excerpt(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def language(self) -> str:
        """As declared."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Instruments that its feed is about."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Its own tags."""

"""Names of the bundled industries, for texts that are written without the table of industries."""

from __future__ import annotations

from services.notifier.words.catalogue import has, phrase


def industry_label(slug: str, language: str) -> str:
    """The industry's name; its slug where the catalogue has none. Not escaped.

    >>> industry_label("semiconductors", "ko"), industry_label("my-own", "ko")
    ('반도체', 'my-own')
    """
    key = f"industry-{slug}"
    return phrase(language, key) if has(language, key) else slug

"""The tables of translations and of the characters that were sent to each translator."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select, update

from shared.db import Database
from shared.tables import translation_usage, translations

AT_A_TIME: Final = 500
"""Translations that one transaction removes."""


class TranslationTables:
    """Reads and writes them. Raises TransientError where the database does not answer."""

    def __init__(self, database: Database, source: str, target: str) -> None:
        self._database = database
        self._languages = f"{source}>{target}"

    async def known(self, texts: Sequence[str]) -> dict[str, tuple[str, str]]:
        """What is known of the texts: text -> (translation, translator)."""
        keys = {self._key(text): text for text in texts}
        columns = (translations.c.id, translations.c.translation, translations.c.translator)
        async with self._database.connect() as connection:
            rows = await connection.execute(select(*columns).where(translations.c.id.in_(keys)))
            return {keys[row.id]: (row.translation, row.translator) for row in rows}

    async def keep(self, found: Mapping[str, str], translator: str, now: int) -> None:
        """Keep translations of a translator."""
        rows = [
            {"id": self._key(text), "translation": translation, "translator": translator, "created_at": now}
            for text, translation in found.items()
        ]
        if rows:
            async with self._database.begin() as connection:
                await connection.execute(self._database.upsert(translations, rows), rows)

    async def forget(self, before: int) -> None:
        """Remove the translations that are older, a few at a time."""
        old = select(translations.c.id).where(translations.c.created_at < before).limit(AT_A_TIME)
        ids: Sequence[str] | None = None
        while ids is None or len(ids) == AT_A_TIME:
            async with self._database.begin() as connection:
                ids = (await connection.execute(old)).scalars().all()
                await connection.execute(delete(translations).where(translations.c.id.in_(ids)))

    async def charge(self, translator: str, day: int, characters: int, most: int) -> bool:
        """Count characters that are about to be sent on a day (yyyymmdd, UTC).

        False, and nothing is counted: with them the day would have more than ``most``.
        """
        first = [{"translator": translator, "day": day, "characters": 0}]
        row = (translation_usage.c.translator == translator) & (translation_usage.c.day == day)
        room = translation_usage.c.characters <= most - characters
        more = update(translation_usage).where(row & room).values(characters=translation_usage.c.characters + characters)
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(translation_usage, first, update=()), first)
            return (await connection.execute(more)).rowcount == 1

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._languages}:{text}".encode(errors="replace")).hexdigest()[:32]

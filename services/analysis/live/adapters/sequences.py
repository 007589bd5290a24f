"""Reads and writes the table ``sequences``: the followed sequences of signals and their instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
import structlog
from sqlalchemy import select

from services.analysis.live.adapters.scopes import members, symbols, targets
from services.analysis.live.domain.sequence_signals import FollowedSequence
from shared.db import Database
from shared.sequences import SignalSequence, parse
from shared.tables import industries, instruments, sequences

log: Final = structlog.get_logger("analysis.sequences")
MOST: Final = 1_000
"""Sequences that are read, the oldest first."""
SequenceScope = Literal["all", "symbols", "industry"]


@dataclass(frozen=True)
class SequenceRow:
    """A row of the table."""

    id: str
    text: str
    scope: str
    targets: tuple[str, ...]


class SequenceTable:
    """Reads and writes the table. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self) -> list[SequenceRow]:
        """All of them, the oldest first."""
        statement = select(sequences).order_by(sequences.c.created_at, sequences.c.sequence_id).limit(MOST)
        async with self._database.connect() as connection:
            return [_row(row) for row in await connection.execute(statement)]

    async def followed(self) -> tuple[FollowedSequence, ...]:
        """The followed sequences; a row that cannot be read is left out and logged."""
        rows = await self.rows()
        async with self._database.connect() as connection:
            of = await members(connection)
        found = []
        for row in rows:
            try:
                sequence = parse(row.text)
            except ValueError as error:
                log.warning("a sequence is not followed", sequence=row.text, reason=str(error))
                continue
            found.append(FollowedSequence(sequence, None if row.scope == "all" else symbols(row.scope, row.targets, of)))
        return tuple(found)

    async def add(self, sequence: SignalSequence, scope: SequenceScope, named: Sequence[str], now: int) -> None:
        """Follows a sequence; if it is followed already, replaces its instruments."""
        row = {"sequence_id": sequence.id, "sequence_text": sequence.text, "scope": scope, "created_at": now}
        rows = [row | {"targets": msgspec.json.encode(named).decode()}]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(sequences, rows, ["scope", "targets"]), rows)

    async def remove(self, sequence_id: str) -> bool:
        """Stops following a sequence; False if it was not followed."""
        async with self._database.begin() as connection:
            done = await connection.execute(sequences.delete().where(sequences.c.sequence_id == sequence_id))
        return bool(done.rowcount)

    async def unknown(self, scope: SequenceScope, named: Sequence[str]) -> list[str]:
        """The names that are no known instrument or industry."""
        column = instruments.c.symbol if scope == "symbols" else industries.c.industry
        async with self._database.connect() as connection:
            known = set((await connection.execute(select(column).where(column.in_(tuple(named))))).scalars())
        return [name for name in named if name not in known]


def _row(row: Any) -> SequenceRow:
    return SequenceRow(row.sequence_id, row.sequence_text, row.scope, targets(row.targets))

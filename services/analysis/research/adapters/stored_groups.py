"""Reads the daily closes that values of industries and relative strength are computed from."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

import structlog

from services.analysis.adapters.instrument_groups import GroupTable
from services.analysis.kernels.groups.daily_closes import LAST
from services.analysis.kernels.groups.group_needs import group_needs
from services.analysis.research.domain.known_groups import KnownGroups
from shared.conditions.expression import Elsewhere
from shared.db import Database

log: Final = structlog.get_logger("analysis.research.groups")


class StoredGroups:
    """The tables, read only."""

    def __init__(self, database: Database, most: int) -> None:
        """``most``: newest daily closes of an instrument that are read."""
        self._table = GroupTable(database)
        self._most = most

    async def known(self, nodes: Collection[Elsewhere], symbols: Collection[str], last: int = LAST) -> KnownGroups:
        """What expressions need for some instruments; no close of a session after ``last`` (yyyymmdd).

        Raises ``TransientError`` when the database is not there.
        """
        if not nodes:
            return KnownGroups()
        groups, judged = await self._table.groups(), frozenset(symbols)
        needs = await asyncio.to_thread(group_needs, dict.fromkeys(nodes, judged), groups)
        for reason in needs.left_out:
            log.warning("values of industries or relative strength are unknown", reason=reason)
        closes = {each: await self._table.closes(each, exchange, self._most, last) for each, exchange in needs.series.items()}
        return KnownGroups(needs, closes)

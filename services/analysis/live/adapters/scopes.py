"""Resolves the scope of a row to instruments: symbols, or the members of industries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.tables import instrument_industries

Members = Mapping[str, set[str]]
"""Industry -> its instruments."""


async def members(connection: AsyncConnection) -> Members:
    """The instruments of every industry."""
    found: dict[str, set[str]] = defaultdict(set)
    for industry, symbol in await connection.execute(select(instrument_industries.c.industry, instrument_industries.c.symbol)):
        found[industry].add(symbol)
    return found


def targets(text: str) -> tuple[str, ...]:
    """The names in a row's JSON; none if it is damaged: one row must not stop the others."""
    try:
        return msgspec.json.decode(text, type=tuple[str, ...])
    except msgspec.DecodeError:
        return ()


def symbols(scope: str, named: tuple[str, ...], of: Members) -> frozenset[str]:
    """The instruments of a row whose scope is ``symbols`` or ``industry``."""
    if scope == "industry":
        return frozenset(symbol for name in named for symbol in of.get(name, ()))
    return frozenset(named)

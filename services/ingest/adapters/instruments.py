"""Reads the universe from its file and stores it in the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import delete, select, tuple_, update

from services.ingest.domain.universe import Market, Universe, UniverseError, parse_universe
from shared.db import Database
from shared.tables import industries, instrument_industries, instruments, markets


def read_universe(path: Path) -> Universe:
    """Read the file.

    Raises:
        UniverseError: it is missing, not UTF-8, or its content is wrong; the message names line, field and value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UniverseError(f"cannot read {path}: {error}") from error
    return parse_universe(text.splitlines(), path.name)


async def store_universe(database: Database, universe: Universe) -> None:
    """Update the tables to match the universe: missing instruments become inactive. Idempotent.

    Raises:
        TransientError: the database is not available.
    """
    named = [msgspec.structs.asdict(industry) for industry in universe.industries]
    listed = [_row(instrument) | {"active": True} for instrument in map(msgspec.structs.asdict, universe.instruments)]
    links = {(each.symbol, industry) for each in universe.instruments for industry in each.industries}
    symbols = {each.symbol for each in universe.instruments}
    held = [_market_row(market, place) for place, market in enumerate(universe.markets)]
    async with database.begin() as connection:
        if named:
            await connection.execute(database.upsert(industries, named), named)
        await connection.execute(delete(markets).where(markets.c.market.not_in([row["market"] for row in held])))
        if held:
            await connection.execute(database.upsert(markets, held), held)
        await connection.execute(database.upsert(instruments, listed), listed)
        known = set((await connection.execute(select(instruments.c.symbol).where(instruments.c.active))).scalars())
        if gone := known - symbols:
            await connection.execute(update(instruments).where(instruments.c.symbol.in_(gone)).values(active=False))
        linked = {(row.symbol, row.industry) for row in await connection.execute(select(instrument_industries))}
        if stale := linked - links:
            pair = tuple_(instrument_industries.c.symbol, instrument_industries.c.industry)
            await connection.execute(delete(instrument_industries).where(pair.in_(sorted(stale))))
        if fresh := [{"symbol": symbol, "industry": industry} for symbol, industry in sorted(links - linked)]:
            await connection.execute(database.upsert(instrument_industries, fresh), fresh)


def _row(instrument: dict[str, Any]) -> dict[str, Any]:
    aliases = msgspec.json.encode(instrument["aliases"]).decode()
    return {name: value for name, value in instrument.items() if name != "industries"} | {"aliases": aliases}


def _market_row(market: Market, place: int) -> dict[str, Any]:
    lists = {name: msgspec.json.encode(getattr(market, name)).decode() for name in ("exchanges", "benchmarks")}
    return msgspec.structs.asdict(market) | lists | {"place": place}

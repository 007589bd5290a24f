"""Reads which instrument is the benchmark of which."""

from __future__ import annotations

from sqlalchemy import select

from services.analysis.adapters.market_lists import names_of
from services.analysis.kernels.conditions.other_instruments import Market, benchmark_of
from shared.db import Database
from shared.tables import instruments, markets


class BenchmarkTable:
    """The tables of markets and instruments, read only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def benchmarks(self) -> dict[str, str]:
        """The first benchmark of the first market that contains an instrument, by symbol; none is its own.

        Raises ``TransientError``.
        """
        async with self._database.connect() as connection:
            held = (await connection.execute(select(markets).order_by(markets.c.place))).all()
            listed = (await connection.execute(select(instruments.c.symbol, instruments.c.exchange))).all()
        known = [Market(names_of(m.market, m.exchanges), m.suffix, names_of(m.market, m.benchmarks)) for m in held]
        found = {symbol: benchmark_of(symbol, exchange, known) for symbol, exchange in listed}
        return {symbol: benchmark for symbol, benchmark in found.items() if benchmark is not None}

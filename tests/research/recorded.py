"""A small tape: what live fired on it, and a database with its bars."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import insert

from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.domain.user_conditions import ConditionRequest, condition_set
from services.analysis.live.handlers.other_instruments import ReferencedInstruments
from shared.conditions import parse
from shared.db import Database
from shared.events import IndicatorRow, Timeframe
from shared.sequences import parse as parse_sequence
from shared.tables import bars, instruments, markets, sequences
from tests.analysis.market import engine
from tests.analysis.tape import of_symbol, stored, tape
from tests.analysis.test_other_instruments import Stored

SYMBOLS = ("AAA", "BBB")
SEQUENCE = parse_sequence("bollinger_touch down then stochastic_cross up within 12 bars on 15m")
TEXTS = (
    "rsi_14 < 45 and close > sma_20 on 15m",
    "close crosses above wma_7 on 15m",
    "bollinger_touch down within 3 bars and volume > 0 on 15m",
    "double_bottom confirmed or falling_wedge forming or golden_cross on 15m",
    f"sequence {SEQUENCE.id} on 15m",
    "close > sma(close, 3)[1h] and minutes_since_open > 60 on 15m",
    "close > close[AAA, 1d] on 15m",
    "close > sma(close, 2)[benchmark] for 2 bars on 15m",
    "inside bar on 15m",
    "거래량 전일대비 200% 이상 on 15m",
    "5일선, 20일선 위 on 15m",
)


@cache
def conditions() -> tuple[str, ...]:
    """The normal forms of ``TEXTS``."""
    return tuple(parse(text).text for text in TEXTS)


class Recorded:
    """The tape through live, with the conditions of ``TEXTS``."""

    def __init__(self) -> None:
        self.log = tape(SYMBOLS, 6)
        outcome = engine().apply(self.log)
        self.table, self.signals, self.rows = stored(outcome.bars), outcome.signals, outcome.rows
        self.requested_rows: list[IndicatorRow] = []
        """Rows with the columns that the conditions request; known after ``fired``."""
        self._fired: dict[tuple[str, str], list[int]] | None = None

    async def fired(self, condition: str, symbol: str) -> list[int]:
        """Close times at which live fired a condition, oldest first."""
        if self._fired is None:
            self._fired, outcome = {}, (await self._engine()).apply(self.log)
            self.requested_rows = outcome.rows
            for signal in outcome.signals:
                if signal.condition and not signal.provisional:
                    self._fired.setdefault((signal.condition, signal.symbol), []).append(signal.ts_event)
        return self._fired.get((condition, symbol), [])

    async def _engine(self) -> Engine:
        chosen = condition_set([ConditionRequest(text, False, None) for text in conditions()])
        assert not chosen.left_out
        stores = Stored({symbol: of_symbol(self.table, symbol)[Timeframe.D1] for symbol in SYMBOLS})
        one = engine()
        one.follow((FollowedSequence(SEQUENCE, frozenset({"AAA"})),))
        one.request_indicators(chosen.requested)
        one.set_others(await ReferencedInstruments(stores, stores, stores, engine, 1000).current(chosen))
        one.set_conditions(chosen)
        return one


@cache
def recorded() -> Recorded:
    """One for all tests."""
    return Recorded()


async def fill(database: Database, symbols: Sequence[str] = SYMBOLS) -> None:
    """Store instruments, bars, a market and the followed sequence."""
    rows: list[dict[str, Any]] = []
    for (symbol, timeframe), found in recorded().table.items():
        names = found.dtype.names or ()
        rows += [{"symbol": symbol, "timeframe": str(timeframe), **dict(zip(names, row.tolist(), strict=True))} for row in found]
    listed = [
        {
            "symbol": symbol, "name_en": symbol, "name_ko": symbol, "exchange": "NYSE", "currency": "USD", "kind": kind,
            "sector": "", "aliases": "[]", "active": True,
        }
        for symbol, kind in zip(symbols, ("stock", "index"), strict=True)
    ]  # fmt: skip
    market = {
        "market": "us", "place": 0, "name_en": "US", "name_ko": "미국", "exchanges": '["NYSE"]', "suffix": "",
        "benchmarks": '["AAA"]',
    }  # fmt: skip
    followed = {
        "sequence_id": SEQUENCE.id, "sequence_text": SEQUENCE.text, "scope": "symbols", "targets": '["AAA"]', "created_at": 1,
    }  # fmt: skip
    async with database.begin() as connection:
        await connection.execute(insert(instruments), listed)
        await connection.execute(insert(markets), [market])
        await connection.execute(insert(sequences), [followed])
        await connection.execute(insert(bars), rows)

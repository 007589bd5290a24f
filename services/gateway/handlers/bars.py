"""/v1/bars: closed bars, the newest from memory, older ones from the database."""

from __future__ import annotations

from typing import Final

from services.gateway.domain.queries import BarsQuery
from services.gateway.domain.series import Series
from services.gateway.domain.timeframes import TIMEFRAMES
from services.gateway.domain.windows import Stretch, cut, holds, in_memory, merge, window
from services.gateway.handlers.answers import REPLAYED, envelope
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway

STORED_FRESH_MS: Final = 5_000
"""How long an answer with stored rows is reused: the topic tells of every change, but may tell it before it is stored."""


async def between(gateway: Gateway, query: BarsQuery) -> Answer:
    """Bars of one instrument and timeframe."""
    gateway.check_symbol(query.symbol)
    timeframe = TIMEFRAMES[query.timeframe]
    wanted, adjusted = window(query), query.adjustment == "all"
    series = gateway.market.bars.get((query.symbol, timeframe))
    version = series.version if series else 0
    told = gateway.clock()
    alone = holds(series, wanted)
    stored = Stretch() if alone else await gateway.history.bars(query.symbol, timeframe, wanted, adjusted=adjusted)
    live = in_memory(series, wanted, adjusted=adjusted)
    found = cut(merge(stored.lines, live, wanted), wanted, query)
    source = series.source if series and live else stored.source
    replayed = stored.replayed or bool(series and live and series.replayed)

    def fresh() -> bool:
        now: Series | None = gateway.market.bars.get((query.symbol, timeframe))
        return (now.version if now else 0) == version and (alone or gateway.clock() - told < STORED_FRESH_MS)

    warnings = [REPLAYED] if replayed else []
    return envelope((line[1] for line in found.lines), source or None, warnings, found.next_page_token, fresh)

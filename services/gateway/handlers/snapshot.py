"""/v1/snapshot: everything that a page shows of one instrument, in one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from services.gateway.domain.queries import (
    BarsQuery,
    IndicatorsQuery,
    NoParameters,
    PatternsQuery,
    QuotesQuery,
    SignalsQuery,
    SnapshotQuery,
)
from services.gateway.handlers.bars import get_bars
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.indicators import get_indicators
from services.gateway.handlers.instruments import get_instrument
from services.gateway.handlers.patterns import list_patterns
from services.gateway.handlers.quotes import get_quotes
from services.gateway.handlers.responses import envelope
from services.gateway.handlers.signals import list_signals


class Part(msgspec.Struct):
    """An answer whose rows stay encoded."""

    results: list[msgspec.Raw]
    provider: str | None
    warnings: list[str]


_part: Final = msgspec.json.Decoder(Part).decode
_encode: Final = msgspec.json.Encoder().encode
SINGLE: Final = ("instrument", "quote", "indicators")


async def get_snapshot(gateway: Gateway, query: SnapshotQuery, symbol: str) -> Answer:
    """The instrument, its quote, newest bars, newest row of indicators, newest signals and patterns."""
    gateway.check_symbol(symbol)
    few, timeframe = query.limit, query.timeframe
    answers = {
        "instrument": await get_instrument(gateway, NoParameters(), symbol),
        "quote": await get_quotes(gateway, QuotesQuery(symbols=symbol)),
        "bars": await get_bars(gateway, BarsQuery(symbol, timeframe, limit=query.bars, adjustment=query.adjustment)),
        "indicators": await get_indicators(gateway, IndicatorsQuery(symbol, timeframe, limit=1)),
        "signals": await list_signals(gateway, SignalsQuery(symbol, limit=few)),
        "patterns": await list_patterns(gateway, PatternsQuery(symbol, limit=few)),
    }
    parts = {name: _part(answer.body) for name, answer in answers.items()}
    shown = {name: (next(iter(part.results), None) if name in SINGLE else part.results) for name, part in parts.items()}
    warnings = list(dict.fromkeys(line for part in parts.values() for line in part.warnings))
    return envelope([_encode(shown)], parts["quote"].provider or parts["bars"].provider, warnings, fresh=_all([*answers.values()]))


def _all(answers: Sequence[Answer]) -> Callable[[], bool]:
    checks = [answer.fresh for answer in answers]
    return lambda: all(fresh is not None and fresh() for fresh in checks)

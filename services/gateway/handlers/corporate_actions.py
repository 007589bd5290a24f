"""/v1/corporate-actions: splits and dividends, from the factors of the stored daily bars."""

from __future__ import annotations

from typing import Final

from services.gateway.domain.bar_windows import MAX_TIME, MIN_TIME, BarWindow
from services.gateway.domain.queries import CorporateActionsQuery
from services.gateway.domain.stored_bars import corporate_actions
from services.gateway.domain.times import milliseconds, rfc3339
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.past_warnings import past_warnings
from services.gateway.handlers.responses import REPLAYED, answer_of_views
from shared.events import Timeframe

FRESH_MS: Final = 60_000
DAYS: Final = 20_000
"""Newest daily bars that are looked at."""


async def list_actions(gateway: Gateway, query: CorporateActionsQuery) -> Answer:
    """Splits and dividends by ex-date, oldest first, as the factors of the newest 20,000 daily bars say.

    An action is known once the first bar of its ex-date has closed; with `as_of` only those that were known then.
    """
    gateway.check_symbol(query.symbol)
    read_at = gateway.clock()
    as_of = read_at if query.as_of is None else gateway.moment(query.as_of, (query.symbol,))
    window = BarWindow(MIN_TIME, MAX_TIME, DAYS, newest=True, descending=False, paged=False)
    days = await gateway.past.bars(query.symbol, Timeframe.D1, window, as_of)
    start = rfc3339(milliseconds(query.start)) if query.start else ""
    end = rfc3339(milliseconds(query.end) if query.end else MAX_TIME)
    found = [each for each in corporate_actions(days) if start <= each.date <= end]
    warnings = [REPLAYED] if any(each.replayed for each in found) else []
    warnings += await past_warnings(gateway, as_of)
    source = days[-1].source if days else None
    return answer_of_views(found, source, warnings, fresh=lambda: gateway.clock() - read_at < FRESH_MS)

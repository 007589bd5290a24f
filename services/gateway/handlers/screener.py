"""/v1/screener: the instruments for which a condition is true on their newest closed bar, from memory."""

from __future__ import annotations

from services.gateway.domain.problems import RequestError
from services.gateway.domain.screen_table import ScreenTable
from services.gateway.domain.screener_models import ScreenRequest, screened
from services.gateway.domain.screening import ScreenError
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.conditions import read
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import REPLAYED, answer_of_views

NONE = ScreenTable()


async def screen(gateway: Gateway, request: ScreenRequest) -> Answer:
    """Instruments for which a condition is true on the newest closed bar of its timeframe. It may look one bar back."""
    gateway.check_industry(request.industry)
    condition = await read(request.condition)
    table = gateway.market.screens.get(condition.timeframe, NONE)
    try:
        found = screened(request, condition, table, gateway.directory)
    except ScreenError as error:
        raise RequestError(
            "invalid-condition",
            f"condition: {error}",
            field="condition",
            value=request.condition,
            code="newest",
            values={"name": error.name or "none"},
            position=error.at,
        ) from error
    replayed = any(row.symbol in table.replayed for row in found.rows)
    return answer_of_views([found], "finstage", [REPLAYED] if replayed else [])

"""/v1/conditions/explain: words from the parser, times from analysis research."""

from __future__ import annotations

import asyncio
import uuid
from typing import Final

import structlog

from services.gateway.domain.explanations import ExplainRequest, explanation, read_condition
from services.gateway.domain.problems import RequestError
from services.gateway.domain.research_refusals import FOR_EVER, LATER_SECONDS
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views
from shared.events import ConditionHistoryJob, ResearchError, SymbolHistory
from shared.failures import TransientError
from shared.kafka import NoResultError

log: Final = structlog.get_logger("gateway.explanations")
SOURCE: Final = "gateway"
_parsing: Final = asyncio.Semaphore(2)
"""Texts that are parsed in threads at the same time."""


async def explain(gateway: Gateway, request: ExplainRequest) -> Answer:
    """A condition in its normal form and in words, and where it last held on the stored bars of some instruments.

    The words are answered even where the bars cannot be evaluated: ``history`` is null then, and a warning says why.
    """
    for symbol in request.symbols:
        gateway.check_symbol(symbol, "symbols")
    async with _parsing:
        read = await asyncio.to_thread(read_condition, request.condition, request.language)
    try:
        history = await histories(gateway, read.condition.text, tuple(dict.fromkeys(request.symbols)), request.limit)
    except RequestError as error:
        return answer_of_views([explanation(read, None, error.code)], None, [error.detail])
    return answer_of_views([explanation(read, history)], None)


async def histories(gateway: Gateway, condition: str, symbols: tuple[str, ...], limit: int) -> tuple[SymbolHistory, ...]:
    """The histories.

    Raises:
        RequestError: analysis does not answer now (503), or cannot evaluate the condition over history (422).
    """
    if not symbols:
        return ()
    if gateway.research is None:
        raise RequestError(
            "unavailable",
            "history: this gateway is not connected to analysis",
            retry_after=LATER_SECONDS,
            code="analysis-absent",
        )
    now = gateway.clock()
    job = ConditionHistoryJob(
        id=uuid.uuid4().hex, condition=condition, symbols=symbols, limit=limit, ts_event=now, ts_init=now, source=SOURCE
    )
    try:
        found = await gateway.research.request(job, gateway.settings.research_seconds)
    except (NoResultError, TransientError) as error:
        log.warning("analysis research does not answer", error=str(error))
        raise RequestError(
            "unavailable",
            "history: analysis does not answer now; try again later",
            retry_after=LATER_SECONDS,
            code="analysis-silent",
        ) from error
    if found.error is not None:
        raise _refusal(found.error)
    return found.symbols


def _refusal(error: ResearchError) -> RequestError:
    if error.code in FOR_EVER:
        return RequestError("invalid-condition", f"history: {error.message}", field="condition", code=error.code)
    why = f"history: {error.message}; try again later, or with fewer symbols"
    return RequestError("unavailable", why, retry_after=LATER_SECONDS, code="analysis-busy")

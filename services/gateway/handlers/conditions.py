"""/v1/conditions/check and /v1/conditions/history; reading of conditions for all resources."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Final

from services.gateway.domain.condition_models import CheckedCondition, CheckRequest, HistoryRequest, checked, refused
from services.gateway.domain.explanations import condition_problem, held_times
from services.gateway.handlers.cache import Answer
from services.gateway.handlers.explanations import histories
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.responses import answer_of_views
from shared.conditions import Condition, ConditionError, parse

_parsing: Final = asyncio.Semaphore(2)
"""Texts that are parsed in threads at the same time."""
_parse: Final = lru_cache(maxsize=1024)(parse)


async def parsed(text: str) -> Condition:
    """The condition; parsed in a thread, which takes up to 50 ms. Raises ConditionError."""
    async with _parsing:
        return await asyncio.to_thread(_parse, text)


async def read(text: str) -> Condition:
    """The condition. Raises RequestError with the parser's code and position."""
    try:
        return await parsed(text)
    except ConditionError as error:
        raise condition_problem(text, error) from error


async def check(gateway: Gateway, request: CheckRequest) -> Answer:  # noqa: ARG001 - every action takes the gateway
    """Whether a text is a condition: its normal form and what it needs, or the error with its position."""
    found: CheckedCondition
    try:
        found = checked(await parsed(request.condition))
    except ConditionError as error:
        found = refused(error)
    return answer_of_views([found], None)


async def history(gateway: Gateway, request: HistoryRequest) -> Answer:
    """Where a condition held on the stored bars of some instruments, the newest bars first; one result an instrument."""
    for symbol in request.symbols:
        gateway.check_symbol(symbol, "symbols")
    condition = await read(request.condition)
    found = await histories(gateway, condition.text, tuple(dict.fromkeys(request.symbols)), request.limit)
    return answer_of_views(map(held_times, found), None)

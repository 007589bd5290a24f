"""Sends conditions to the parsing processes."""

from __future__ import annotations

from typing import Final

import msgspec
import structlog

from services.notifier.domain.conditions import InvalidCondition, ParsedCondition
from services.notifier.domain.ports.conditions import ParseError
from shared.children.pool import ChildPool
from shared.children.process import ChildError
from shared.conditions import ConditionError

PROCESSES: Final = 4
"""Most processes; another one starts when all running ones are busy."""
PARSE_SECONDS: Final = 3.0
_DECODER: Final = msgspec.json.Decoder(ParsedCondition | InvalidCondition)
_log = structlog.get_logger(__name__)


class ProcessParser:
    """``ConditionParser`` in child processes: one that hangs is killed, and other texts go to another process meanwhile."""

    def __init__(self, seconds: float = PARSE_SECONDS, module: str = "services.notifier.adapters.parsing.worker") -> None:
        self._seconds = seconds
        self._children = ChildPool(module, PROCESSES)

    def start(self) -> None:
        """Start the first process early, so that no request waits for it."""
        self._children.start()

    async def parse(self, text: str) -> ParsedCondition:
        try:
            answer = await self._children.request(text.encode(errors="replace"), self._seconds)
        except ChildError as error:
            _log.warning("condition not parsed", why=str(error), characters=len(text))
            raise ParseError(str(error)) from error
        found: ParsedCondition | InvalidCondition = _DECODER.decode(answer)
        if isinstance(found, InvalidCondition):
            raise ConditionError(found.code, found.text, found.position, **found.values)
        return found

    async def close(self) -> None:
        """Kill the processes."""
        await self._children.close()

"""The parser of conditions without its processes."""

from __future__ import annotations

from services.notifier.adapters.parsing.parser import ProcessParser
from services.notifier.adapters.parsing.worker import answer
from shared.children.pool import ChildPool


class ParserHere(ProcessParser):
    """Has the answers of the parsing process from here: to start one takes half a second of CPU time, for each test with a bot.

    ``test_parsing`` has the processes, and ``test_conditions`` a bot with them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._children = _Here("", 0)


class _Here(ChildPool):
    async def request(self, body: bytes, seconds: float) -> bytes:  # noqa: ARG002 - nothing here can be ended
        return answer(body)

"""Sends documents to the parsing processes."""

from __future__ import annotations

from typing import Final

import msgspec

from services.ingest.domain.feeds.entries import ParseAnswer, ParseRequest
from services.ingest.domain.feeds.outcomes import Failure
from shared.children.pool import ChildPool
from shared.children.process import ChildError

PROCESSES: Final = 2
PARSE_SECONDS: Final = 2.0
_DECODER: Final = msgspec.msgpack.Decoder(ParseAnswer)


class ProcessFeedParser:
    """Parses documents in child processes; one that takes longer than ``seconds`` is killed."""

    def __init__(self, seconds: float = PARSE_SECONDS) -> None:
        self._seconds = seconds
        self._children = ChildPool("services.ingest.adapters.feeds.worker", PROCESSES)

    async def parse(self, request: ParseRequest) -> ParseAnswer | Failure:
        """The entries, or why there are none."""
        try:
            answer = await self._children.request(msgspec.msgpack.encode(request), self._seconds)
        except ChildError as error:
            if str(error) == "timeout":
                return Failure("parse_timeout", f"parsing took more than {self._seconds:g} s")
            return Failure("parse_crashed", "the parsing process ended")
        found: ParseAnswer = _DECODER.decode(answer)
        return found

    async def close(self) -> None:
        """Kill the processes."""
        await self._children.close()

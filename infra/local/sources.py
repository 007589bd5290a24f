"""Tells the person at the terminal when the provider of prices cannot be read, and when it can be again."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import msgspec

from infra.local.account import say

LOOK_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 5.0
NAMES: Final[Mapping[str, str]] = {
    "yahoo-stream": "the price stream of Yahoo",
    "yahoo-poll": "the prices of Yahoo",
    "yahoo-history": "the price history of Yahoo",
}
WORDS: Final[Mapping[str, str]] = {
    "unreachable": "cannot be reached",
    "unavailable": "is out of service",
    "rate_limited": "is refused: too many requests",
    "unauthorized": "is refused",
    "not_json": "is answered with something that is no data",
    "no_stream": "is answered with something that is no stream",
    "silent": "is connected and sends nothing",
    "closed": "ends at once",
}


class Health(msgspec.Struct, frozen=True):
    """What ingest's /readyz says of one source; times in milliseconds since the epoch."""

    source: str
    target: str
    state: str
    reason: str
    detail: str
    since: int | None
    retry_at: int | None


@dataclass
class SourceChanges:
    """Notices when sources begin to fail, for what other reason, and when they work again."""

    _failing: dict[str, str] = field(default_factory=dict)

    def lines(self, found: Iterable[Health]) -> Iterator[str]:
        """One sentence for each change that a person should know of.

        >>> changes = SourceChanges()
        >>> down = Health("yahoo-poll", "yahoo", "failing", "unreachable", "refused", None, None)
        >>> list(changes.lines([down])), list(changes.lines([down]))
        (['! the prices of Yahoo (yahoo): cannot be reached: refused; tried again now'], [])
        >>> list(changes.lines([Health("yahoo-poll", "yahoo", "ok", "", "", None, None)]))
        ['  the prices of Yahoo (yahoo): no longer failing']
        """
        for each in found:
            before = self._failing.pop(each.source, "")
            if each.state == "failing":
                self._failing[each.source] = each.reason
                if each.reason != before:
                    yield f"! {_name(each)}: {_sentence(each)}"
            elif before:
                yield f"  {_name(each)}: no longer failing"


def _name(health: Health) -> str:
    return f"{NAMES.get(health.source, health.source)} ({health.target})"


def _sentence(health: Health) -> str:
    since = f" since {_time(health.since)}" if health.since else ""
    again = f"at {_time(health.retry_at)}" if health.retry_at else "now"
    return f"{WORDS.get(health.reason, 'fails')}{since}: {health.detail}; tried again {again}"


def _time(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%H:%M:%S")


async def follow_sources(port: int, stopping: asyncio.Event) -> None:
    """Ask ingest again and again how its sources stand, and print what changes."""
    changes = SourceChanges()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
        while not stopping.is_set():
            for line in changes.lines(await _ask(session, port)):
                say(line)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue


async def _ask(session: aiohttp.ClientSession, port: int) -> list[Health]:
    """Every source; none while ingest does not answer, which its supervisor tells."""
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            body: dict[str, Any] = msgspec.json.decode(await answer.read(), type=dict[str, Any])
        return msgspec.convert(body.get("details", {}).get("sources", []), list[Health])
    except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError):
        return []

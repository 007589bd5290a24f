"""Prints when a source of prices fails and when it works again."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import msgspec

from infra.local.terminal import print_line

POLL_SECONDS: Final = 2.0
TIMEOUT_SECONDS: Final = 5.0
NAMES: Final[Mapping[str, str]] = {
    "yahoo-stream": "the price stream of Yahoo",
    "yahoo-poll": "the prices of Yahoo",
    "yahoo-history": "the price history of Yahoo",
}
REASONS: Final[Mapping[str, str]] = {
    "unreachable": "cannot be reached",
    "unavailable": "is out of service",
    "rate_limited": "is refused: too many requests",
    "unauthorized": "is refused",
    "not_json": "returns invalid data",
    "no_stream": "returns no valid stream",
    "silent": "is connected but sends nothing",
    "closed": "closes the connection at once",
}


class SourceReport(msgspec.Struct, frozen=True):
    """The state of one source in ingest's /readyz; times in milliseconds since the epoch."""

    source: str
    target: str
    state: str
    reason: str
    detail: str
    since: int | None
    retry_at: int | None


@dataclass
class SourceStateReporter:
    """Yields a line when a source starts to fail, fails for another reason, or works again."""

    _failing: dict[str, str] = field(default_factory=dict)

    def lines(self, found: Iterable[SourceReport]) -> Iterator[str]:
        """One line for each change to report.

        >>> changes = SourceStateReporter()
        >>> down = SourceReport("yahoo-poll", "yahoo", "failing", "unreachable", "refused", None, None)
        >>> list(changes.lines([down])), list(changes.lines([down]))
        (['! the prices of Yahoo (yahoo): cannot be reached: refused; tried again now'], [])
        >>> list(changes.lines([SourceReport("yahoo-poll", "yahoo", "ok", "", "", None, None)]))
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


def _name(health: SourceReport) -> str:
    return f"{NAMES.get(health.source, health.source)} ({health.target})"


def _sentence(health: SourceReport) -> str:
    since = f" since {_time(health.since)}" if health.since else ""
    again = f"at {_time(health.retry_at)}" if health.retry_at else "now"
    return f"{REASONS.get(health.reason, 'fails')}{since}: {health.detail}; tried again {again}"


def _time(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%H:%M:%S")


async def follow_sources(port: int, stopping: asyncio.Event) -> None:
    """Poll ingest for the state of its sources and print changes until ``stopping`` is set."""
    changes = SourceStateReporter()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)) as session:
        while not stopping.is_set():
            for line in changes.lines(await _fetch_reports(session, port)):
                print_line(line)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue


async def _fetch_reports(session: aiohttp.ClientSession, port: int) -> list[SourceReport]:
    """The state of every source; empty while ingest does not answer, which the program states report."""
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            body: dict[str, Any] = msgspec.json.decode(await answer.read(), type=dict[str, Any])
        return msgspec.convert(body.get("details", {}).get("sources", []), list[SourceReport])
    except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError):
        return []

"""robots.txt (RFC 9309): which pages of a host may be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.robotparser import RobotFileParser

from yarl import URL

from services.ingest.domain.clock import Clock
from services.ingest.domain.feeds.outcomes import Document, Failure
from services.ingest.domain.feeds.ports import Documents

AGENT: Final = "Finstage"
KEPT_SECONDS: Final = 86_400.0
RETRY_SECONDS: Final = 3_600.0
"""After a failure: until then nothing may be read."""
MOST_BYTES: Final = 512 * 1024
"""RFC 9309 asks to read at least 500 KiB."""


class Robots:
    """The rules of each host, requested once a day. The hosts are those of the file of feeds."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock
        self._known: dict[str, tuple[float, RobotFileParser]] = {}

    async def allows(self, url: str) -> bool:
        """Whether this page may be read. A host without robots.txt allows all, one that fails allows nothing."""
        origin = str(URL(url).origin())
        until, rules = self._known.get(origin, (0.0, None))
        if rules is None or until < self._clock.now():
            seconds, rules = await self._request(origin)
            self._known[origin] = self._clock.now() + seconds, rules
        return rules.can_fetch(AGENT, url)

    async def _request(self, origin: str) -> tuple[float, RobotFileParser]:
        outcome = await self._documents.fetch(f"{origin}/robots.txt")
        if isinstance(outcome, Document):
            return KEPT_SECONDS, read_rules(outcome.body)
        missing = isinstance(outcome, Failure) and outcome.reason in {"not_found", "gone", "refused"}
        rules = read_rules(b"" if missing else b"User-agent: *\nDisallow: /")
        return (KEPT_SECONDS if missing else RETRY_SECONDS), rules


def read_rules(body: bytes) -> RobotFileParser:
    r"""The rules of a robots.txt.

    >>> rules = read_rules(b"User-agent: *\nDisallow: /*print\nAllow: /a*b\n")
    >>> rules.can_fetch(AGENT, "https://a.example/print")
    False
    """
    rules = RobotFileParser()
    rules.parse(list(_without_wildcards(body[:MOST_BYTES].decode("utf-8", errors="replace"))))
    rules.modified()  # without it everything is forbidden
    return rules


def _without_wildcards(text: str) -> Iterator[str]:
    """The lines, where a pattern forbids all that begins like it and allows nothing: the parser knows no wildcards."""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        path = value.partition("#")[0].strip()
        if "*" not in path and "$" not in path:
            yield line
        elif name.strip().lower() == "disallow":
            yield f"Disallow: {path.partition('*')[0].partition('$')[0] or '/'}"
        elif name.strip().lower() != "allow":
            yield line

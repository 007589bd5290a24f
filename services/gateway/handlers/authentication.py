"""Who makes a request: the key is looked up by its id, its secret compared, and the result kept for a few seconds."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog

from services.gateway.domain.client_counts import ClientCounts, OwnCounts
from services.gateway.domain.key_store import KeyStore
from services.gateway.domain.keys import NOBODY, PUBLIC, ApiKey, Principal, hash_of, parse_key, principal_of
from services.gateway.domain.problems import RequestError
from services.gateway.domain.rate_window import rate_window
from services.gateway.settings import Settings
from shared import metrics
from shared.failures import TransientError

T = TypeVar("T")
log: Final = structlog.get_logger("gateway.keys")

FRESH_SECONDS: Final = 5.0
"""A key that was revoked elsewhere is taken for at most this long."""
MAX_KEPT: Final = 10_000
FAILURES: Final = metrics.counter("gateway_auth_failures_total", "Requests with a key that is not valid.")


@dataclass
class Authentication:
    """Finds the principal of a key."""

    store: KeyStore
    settings: Settings
    clients: ClientCounts = field(default_factory=OwnCounts)
    kept: OrderedDict[str, tuple[ApiKey | None, float]] = field(default_factory=OrderedDict)
    """Keys by id, with the time of the read; None: there is no such key."""
    seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    """Hashes of secrets that were right: their owners are not slowed by others at the same address."""

    def __post_init__(self) -> None:
        self._failures = rate_window(self.settings.auth_failures, "keys", self.clients)
        self.anonymous = _anonymous(self.settings)

    async def principal(self, text: str, address: str, now: int) -> Principal:
        """The owner of a key.

        Raises:
            RequestError: the key is not valid (401), or too many of this address were not (429).
            TransientError: the key is not known here yet and the database does not answer.
        """
        parsed = parse_key(text)
        digest = hash_of(text)
        if digest not in self.seen and (wait := self._failures.wait(address, time.monotonic())):
            about = f"too many keys from {address} were not valid"
            raise RequestError("rate-limited", about, retry_after=wait, code="wrong-keys", values={"seconds": wait})
        key = None if parsed is None else await self._key(parsed[0])
        if key is None or parsed is None or not key.accepts(parsed[1], now):
            self.seen.pop(digest, None)
            self._failures.hit(address, time.monotonic())
            FAILURES.inc()
            log.info("a key is not valid", client=address, key=parsed[0] if parsed else "")
            raise RequestError("unauthorized", "the key is not valid: it is unknown, expired or revoked", code="key-invalid")
        _keep(self.seen, digest, None)
        return principal_of(key, self.anonymous)

    def forget(self, key_id: str) -> None:
        """Read this key again at its next use."""
        self.kept.pop(key_id, None)

    async def _key(self, key_id: str) -> ApiKey | None:
        found = self.kept.get(key_id)
        now = time.monotonic()
        if found is not None and now - found[1] < (FRESH_SECONDS if found[0] else 1.0):
            return found[0]
        try:
            key = await self.store.one(key_id)
        except TransientError:
            if found is None or found[0] is None:
                raise
            _keep(self.kept, key_id, (found[0], time.monotonic()))  # not every request waits for a database that is silent
            return found[0]  # data in memory is answered without the database, and so is its owner known
        _keep(self.kept, key_id, (key, now))
        return key


def _anonymous(settings: Settings) -> Principal:
    if not settings.reads_are_public:
        return NOBODY
    return Principal(None, PUBLIC.scopes | {"research"}) if settings.research_is_public else PUBLIC


def _keep(kept: OrderedDict[str, T], name: str, value: T) -> None:
    kept[name] = value
    kept.move_to_end(name)
    while len(kept) > MAX_KEPT:
        kept.popitem(last=False)

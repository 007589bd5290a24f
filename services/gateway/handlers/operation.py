"""An operation that needs a key, or changes something: what the table of operations has a row of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from multidict import CIMultiDict

from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.keys import ApiKey, Principal, Scope
from services.gateway.domain.problems import RequestError
from services.gateway.domain.queries import NoParameters
from services.gateway.handlers.gateway import Gateway

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True)
class Call:
    """A request whose key has the scope, with its parts parsed."""

    principal: Principal
    address: str
    now: int
    parts: Mapping[str, str]
    """The parts of the path by name."""
    query: Any
    body: Any
    if_match: str
    """The header If-Match; empty where there is none."""
    idempotency_key: str
    """The header Idempotency-Key; empty where there is none."""
    request_hash: str
    """Of method, path and body: another request with the same idempotency key is refused."""

    @property
    def key(self) -> ApiKey:
        """The key. Raises RequestError: there is none."""
        if self.principal.key is None:
            raise RequestError("unauthorized", "this is about a key: send one, Authorization: Bearer KEY", code="key-needed-any")
        return self.principal.key

    def audited(self, action: str, target: str, **detail: Any) -> AuditEntry:
        """The entry of the audit log for what this call does."""
        return AuditEntry(
            at=self.now, actor=self.principal.id, address=self.address, action=action, target=target[:255], detail=detail
        )


@dataclass(frozen=True)
class Reply:
    """The answer to an operation: a body with the envelope, or none."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def all_headers(self) -> CIMultiDict[str]:
        """The headers of the operation itself."""
        return CIMultiDict(self.headers)


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: Method
    path: str
    answer: Callable[[Gateway, Call], Awaitable[Reply]]
    scope: Scope
    result: type[Any]
    """Type of an element of ``results``."""
    summary: str
    tag: str
    body: type[msgspec.Struct] | None = None
    example: str = ""
    """A body, for documents and tests."""
    query: type[msgspec.Struct] = NoParameters
    status: int = 200
    """Status of success."""
    problems: tuple[int, ...] = ()
    """Statuses of problems beside those of every operation."""
    matched: bool = False
    """Its state has an ETag: a GET answers with it, a change takes it as If-Match."""
    idempotent: bool = False
    """It takes Idempotency-Key."""

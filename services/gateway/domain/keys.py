"""Keys of the API: ``fs_ID_SECRET``. Only a hash of the secret is stored.

A secret has 256 random bits, so that a fast hash is enough: there are no words to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final, Literal, get_args

from services.gateway.domain.problems import RequestError

Scope = Literal["read", "write", "research", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
MARK: Final = "fs"
"""First part of every key, by which programs that look for leaked secrets find one."""
ID_BYTES: Final = 5
SECRET_BYTES: Final = 32
LONGEST: Final = 100
CODE_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters of a code for a chat: none looks like another."""
CODE_LENGTH: Final = 10


@dataclass(frozen=True)
class ApiKey:
    """A key as stored. Times are milliseconds since the epoch."""

    id: str
    secret_hash: str
    name: str
    owner: str
    scopes: frozenset[str]
    created_at: int
    previous_hash: str = ""
    previous_until: int = 0
    rate_limit: str = ""
    max_streams: int | None = None
    max_selectors: int | None = None
    expires_at: int | None = None
    revoked_at: int | None = None
    channel: str = ""
    """Of the linked chat; empty: none."""
    chat_id: str = ""

    def is_valid(self, now: int) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def accepts(self, secret: str, now: int) -> bool:
        """True for the secret, and for the one before the last rotation while that is taken. Compares in constant time."""
        found = hash_of(secret)
        current = hmac.compare_digest(found, self.secret_hash)
        previous = hmac.compare_digest(found, self.previous_hash) and now < self.previous_until
        return (current or previous) and self.is_valid(now)


@dataclass(frozen=True)
class Principal:
    """Who makes a request."""

    key: ApiKey | None
    scopes: frozenset[str]

    @property
    def id(self) -> str:
        """The key's id; empty without a key."""
        return self.key.id if self.key else ""

    def require(self, scope: Scope) -> None:
        """Raise RequestError: the key has not this scope (403), or there is no key (401). Every key may read."""
        if scope in self.scopes or "admin" in self.scopes or (scope == "read" and self.scopes):
            return
        if self.key is None:
            about = f"a key with the scope {scope} is needed: Authorization: Bearer KEY"
            raise RequestError("unauthorized", about, code="key-needed", values={"scope": scope})
        own = [each for each in SCOPES if each in self.key.scopes]
        has, with_it = ", ".join(own), ",".join(each for each in SCOPES if each in (*own, scope))
        about = (
            f"the key {self.id} has not the scope {scope}; it has: {has}. The scopes of a key stay as they are: the operator "
            f"creates another one with `python -m services.gateway keys create --name NAME --owner OWNER --scopes {with_it}`"
        )
        raise RequestError("forbidden", about, code="scope-missing", values={"scope": scope, "has": has})


PUBLIC: Final = Principal(None, frozenset({"read"}))
"""Everyone, where reading is public."""
NOBODY: Final = Principal(None, frozenset())


def principal_of(key: ApiKey, everyone: Principal) -> Principal:
    """The owner of a key, who may also do what ``everyone`` may without one.

    >>> key = ApiKey("0123456789", "", "dashboard", "kim", frozenset({"write"}), 0)
    >>> sorted(principal_of(key, PUBLIC).scopes), sorted(principal_of(key, NOBODY).scopes)
    (['read', 'write'], ['write'])
    """
    return Principal(key, key.scopes | everyone.scopes)


def hash_of(secret: str) -> str:
    """The hash that is stored.

    >>> hash_of("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def new_id() -> str:
    """A random id."""
    return secrets.token_hex(ID_BYTES)


def new_secret() -> str:
    """A random secret."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_code() -> str:
    """A random code that links a key to a chat."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def key_text(key_id: str, secret: str) -> str:
    """What the client sends."""
    return f"{MARK}_{key_id}_{secret}"


def parse_key(text: str) -> tuple[str, str] | None:
    """The id and the secret of a key; None for another text.

    >>> parse_key("fs_0123456789_a_b"), parse_key("Basic abc"), parse_key("fs__x")
    (('0123456789', 'a_b'), None, None)
    """
    mark, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    proper = mark == MARK and len(key_id) == 2 * ID_BYTES and key_id.isascii() and key_id.isalnum() and bool(secret)
    return (key_id, secret) if proper and len(text) <= LONGEST else None


def bearer(header: str) -> str:
    """The credentials of an Authorization header with the scheme Bearer; else empty.

    >>> bearer("Bearer x"), bearer("bearer  x"), bearer("Basic x"), bearer("")
    ('x', 'x', '', '')
    """
    scheme, _, credentials = header.partition(" ")
    return credentials.strip() if scheme.casefold() == "bearer" else ""

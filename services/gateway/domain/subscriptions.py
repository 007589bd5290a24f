"""The stream's protocol: what a reader may say, and what he is subscribed to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from services.gateway.domain.directory import Directory
from services.gateway.domain.outbox import Kind
from shared.text import normalize

CHANNELS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "ticks": "t",
        "quotes": "q",
        "bars": "b",
        "signals": "s",
        "provisional": "f",
        "patterns": "p",
        "news": "n",
        "industries": "v",
    }
)
SELECTOR: Final = re.compile(r"^(\*|[A-Z0-9.^=_-]{1,32}|industry:[a-z0-9][a-z0-9_-]{0,47})$")
LONGEST_SELECTOR: Final = 64
"""Characters that are looked at: more than ``SELECTOR`` takes."""

Selectors = Annotated[tuple[str, ...], msgspec.Meta(max_length=1000)]


class StreamError(Exception):
    """An answer of the protocol: ``{"T": "error", "code": code, "msg": message}``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


INVALID: Final = 400
NOT_AUTHENTICATED: Final = 401
AUTH_FAILED: Final = 402
TOO_MANY_SYMBOLS: Final = 405
TOO_MANY_CONNECTIONS: Final = 406
SLOW_READER: Final = 407
UNKNOWN_SELECTOR: Final = 410
RESUME_GONE: Final = 411


class Auth(msgspec.Struct, tag_field="action", tag="auth", frozen=True):
    """Say who you are. Needs no key while the public tier is on."""

    key: str = ""
    secret: str = ""


class _Channels(msgspec.Struct, tag_field="action", frozen=True, forbid_unknown_fields=True):
    ticks: Selectors = ()
    trades: Selectors = ()
    """Alpaca's word for ticks."""
    quotes: Selectors = ()
    bars: Selectors = ()
    signals: Selectors = ()
    provisional: Selectors = ()
    """Signals on bars that are still forming: they may not hold when the bar closes."""
    patterns: Selectors = ()
    news: Selectors = ()
    industries: Selectors = ()
    """Views: ``*`` or ``industry:NAME``, where NAME may be a market too."""

    def selectors(self) -> Iterator[tuple[str, str]]:
        """(channel, selector) of everything that is named, in normal form."""
        for channel in CHANNELS:
            for selector in getattr(self, channel):
                yield channel, normalize(selector, LONGEST_SELECTOR)
        for selector in self.trades:
            yield "ticks", normalize(selector, LONGEST_SELECTOR)


class Subscribe(_Channels, tag="subscribe", frozen=True):
    """Want these too: symbols, ``*``, or ``industry:NAME``."""


class Unsubscribe(_Channels, tag="unsubscribe", frozen=True):
    """Want these no longer."""


class Resume(msgspec.Struct, tag_field="action", tag="resume", frozen=True, rename={"since": "from"}):
    """Send again what came after this ``seq``, as far as it is subscribed."""

    since: int


Action = Auth | Subscribe | Unsubscribe | Resume
_decoder: Final[msgspec.json.Decoder[Action]] = msgspec.json.Decoder(Action)


def action(text: str | bytes) -> Action:
    """What a reader said.

    Raises:
        StreamError: 400, it is none of the actions.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise StreamError(INVALID, f"invalid syntax: {error}"[:300]) from error


@dataclass
class Subscription:
    """What one reader wants."""

    limit: int
    wanted: set[tuple[str, str]] = field(default_factory=set)

    def add(self, what: Subscribe, directory: Directory) -> None:
        """Take all of it, or nothing.

        Raises:
            StreamError: a selector that is malformed or names nothing that exists, or too many of them.
        """
        asked = set(what.selectors())
        for channel, selector in sorted(asked):
            _check(channel, selector, directory)
        if len(self.wanted | asked) > self.limit:
            raise StreamError(TOO_MANY_SYMBOLS, f"more than {self.limit} selectors; use * or industry:NAME")
        self.wanted |= asked

    def remove(self, what: Unsubscribe) -> None:
        """Drop what is named; what is not there is no error."""
        self.wanted -= set(what.selectors())

    def answer(self) -> dict[str, list[str]]:
        """The full subscription, channel by channel."""
        return {channel: sorted(selector for c, selector in self.wanted if c == channel) for channel in CHANNELS}


def _check(channel: str, selector: str, directory: Directory) -> None:
    if not SELECTOR.match(selector):
        raise StreamError(INVALID, f"{channel}: {selector[:60]!r} is no symbol, * or industry:NAME")
    if channel == "industries":
        _check_view(selector, directory)
        return
    if selector == "*" or not directory.instruments:
        return
    if selector.startswith("industry:"):
        if selector[9:] not in directory.industries:
            raise StreamError(UNKNOWN_SELECTOR, f"{channel}: there is no industry {selector[9:]!r}")
    elif selector not in directory.instruments:
        raise StreamError(UNKNOWN_SELECTOR, f"{channel}: there is no instrument {selector!r}")


def _check_view(selector: str, directory: Directory) -> None:
    if selector != "*" and not selector.startswith("industry:"):
        raise StreamError(INVALID, f"industries: {selector!r} is neither * nor industry:NAME")
    known = (
        selector == "*" or not directory.instruments or selector[9:] in directory.industries or selector[9:] in directory.markets
    )
    if not known:
        raise StreamError(UNKNOWN_SELECTOR, f"industries: there is no industry or market {selector[9:]!r}")


def addressees(kind: Kind, symbols: tuple[str, ...], industries: tuple[str, ...]) -> list[tuple[Kind, str]]:
    """Everything a reader may have subscribed to that this message belongs to.

    >>> addressees("q", ("AAPL",), ("ai",))
    [('q', '*'), ('q', 'AAPL'), ('q', 'industry:ai')]
    """
    return [(kind, "*"), *((kind, symbol) for symbol in symbols), *((kind, f"industry:{name}") for name in industries)]

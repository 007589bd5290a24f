"""The stream's protocol: the actions of a client and its subscription."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.unsent import MessageKind
from shared.text import normalize

CHANNELS: Final[Mapping[str, MessageKind]] = MappingProxyType(
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
MAX_SELECTOR_CHARACTERS: Final = 64
"""Characters of a selector that are kept: more than ``SELECTOR`` matches."""

Selectors = Annotated[tuple[str, ...], msgspec.Meta(max_length=1000)]


class StreamError(Exception):
    """An error message of the protocol: ``{"T": "error", "code": code, "msg": message}``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


INVALID: Final = 400
NOT_AUTHENTICATED: Final = 401
AUTH_FAILED: Final = 402
AUTH_TIMEOUT: Final = 404
TOO_MANY_SYMBOLS: Final = 405
TOO_MANY_CONNECTIONS: Final = 406
SLOW_CLIENT: Final = 407
UNKNOWN_SELECTOR: Final = 410
RESUME_GONE: Final = 411


class Auth(msgspec.Struct, tag_field="action", tag="auth", frozen=True):
    """Authenticate. Needs no key while reading is public."""

    key: str = ""
    secret: str = ""


class _Channels(msgspec.Struct, tag_field="action", frozen=True, forbid_unknown_fields=True):
    ticks: Selectors = ()
    trades: Selectors = ()
    """Alpaca's name of ticks."""
    quotes: Selectors = ()
    bars: Selectors = ()
    signals: Selectors = ()
    provisional: Selectors = ()
    """Signals on forming bars: the rule may no longer hold when the bar closes."""
    patterns: Selectors = ()
    news: Selectors = ()
    industries: Selectors = ()
    """Views: ``*`` or ``industry:NAME``, where NAME may be a market too."""

    def selectors(self) -> Iterator[tuple[str, str]]:
        """(channel, selector) of every named selector, normalized."""
        for channel in CHANNELS:
            for selector in getattr(self, channel):
                yield channel, normalize(selector, MAX_SELECTOR_CHARACTERS)
        for selector in self.trades:
            yield "ticks", normalize(selector, MAX_SELECTOR_CHARACTERS)


class Subscribe(_Channels, tag="subscribe", frozen=True):
    """Add these selectors: symbols, ``*``, or ``industry:NAME``."""


class Unsubscribe(_Channels, tag="unsubscribe", frozen=True):
    """Remove these selectors."""


class Resume(msgspec.Struct, tag_field="action", tag="resume", frozen=True, rename={"since": "from"}):
    """Send the messages after this ``seq`` that match the subscription."""

    since: int


Action = Auth | Subscribe | Unsubscribe | Resume
_decoder: Final[msgspec.json.Decoder[Action]] = msgspec.json.Decoder(Action)


def parse_action(text: str | bytes) -> Action:
    """The action in a client's message.

    Raises:
        StreamError: 400, it is not an action.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise StreamError(INVALID, f"invalid syntax: {error}"[:300]) from error


@dataclass
class Subscription:
    """The selectors of one stream."""

    limit: int
    selected: set[tuple[str, str]] = field(default_factory=set)

    def add(self, request: Subscribe, directory: InstrumentDirectory) -> None:
        """Add all selectors, or none.

        Raises:
            StreamError: a selector is malformed or names nothing that exists, or there are too many.
        """
        requested = set(request.selectors())
        for channel, selector in sorted(requested):
            _check(channel, selector, directory)
        if len(self.selected | requested) > self.limit:
            raise StreamError(TOO_MANY_SYMBOLS, f"more than {self.limit} selectors; use * or industry:NAME")
        self.selected |= requested

    def remove(self, request: Unsubscribe) -> None:
        """Remove the named selectors; one that is not subscribed is no error."""
        self.selected -= set(request.selectors())

    def by_channel(self) -> dict[str, list[str]]:
        """The full subscription, channel by channel."""
        return {channel: sorted(selector for c, selector in self.selected if c == channel) for channel in CHANNELS}


def _check(channel: str, selector: str, directory: InstrumentDirectory) -> None:
    if not SELECTOR.match(selector):
        raise StreamError(INVALID, f"{channel}: {selector[:60]!r} is not a symbol, * or industry:NAME")
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


def _check_view(selector: str, directory: InstrumentDirectory) -> None:
    if selector != "*" and not selector.startswith("industry:"):
        raise StreamError(INVALID, f"industries: {selector!r} is neither * nor industry:NAME")
    known = (
        selector == "*" or not directory.instruments or selector[9:] in directory.industries or selector[9:] in directory.markets
    )
    if not known:
        raise StreamError(UNKNOWN_SELECTOR, f"industries: there is no industry or market {selector[9:]!r}")


def subscription_keys(kind: MessageKind, symbols: tuple[str, ...], industries: tuple[str, ...]) -> list[tuple[MessageKind, str]]:
    """The keys of the subscription index that match a message.

    >>> subscription_keys("q", ("AAPL",), ("ai",))
    [('q', '*'), ('q', 'AAPL'), ('q', 'industry:ai')]
    """
    return [(kind, "*"), *((kind, symbol) for symbol in symbols), *((kind, f"industry:{name}") for name in industries)]

"""Alpaca's stream of stock data: its actions, channels and messages, made from ours (docs/api.md has the mapping)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from services.gateway.domain.subscriptions import (
    INVALID,
    MAX_SELECTOR_CHARACTERS,
    SELECTOR,
    TOO_MANY_SYMBOLS,
    Auth,
    Selectors,
    StreamError,
    Subscribe,
    Unsubscribe,
)
from services.gateway.domain.unsent import StreamMessage
from shared.text import normalize

NOT_HERE: Final = 410
"""Alpaca's code of a channel that a feed has not."""
SENT: Final = ("trades", "bars", "dailyBars", "updatedBars")
"""Channels that may be subscribed to. Bars are final: ``updatedBars`` never has a message."""
REFUSED: Final = {
    "quotes": "there are no bids and asks here; subscribe to trades",
    "statuses": "there are no trading statuses here; /v1/trading has them",
    "news": "stories are on /v1/stream",
    "lulds": "there are no price bands here",
    "orderbooks": "there are no order books here",
    "corrections": "prices are not corrected here",
    "cancelErrors": "prices are not cancelled here",
}
CHANNEL_BY_TIMEFRAME: Final = {"1Min": "bars", "1Day": "dailyBars"}
KEPT: Final = 4096


class _Channels(msgspec.Struct, tag_field="action", frozen=True, forbid_unknown_fields=True):
    trades: Selectors = ()
    bars: Selectors = ()
    dailyBars: Selectors = ()  # noqa: N815 - Alpaca's names
    updatedBars: Selectors = ()  # noqa: N815
    quotes: Selectors = ()
    statuses: Selectors = ()
    news: Selectors = ()
    lulds: Selectors = ()
    orderbooks: Selectors = ()
    corrections: Selectors = ()
    cancelErrors: Selectors = ()  # noqa: N815

    def selected(self) -> Iterator[tuple[str, str]]:
        """(channel, symbol or ``*``) of all that are named. Raises StreamError: a channel or a symbol is not of this feed."""
        for channel, why in REFUSED.items():
            if getattr(self, channel):
                raise StreamError(NOT_HERE, f"invalid subscribe action for this feed: {channel}: {why}")
        for channel in SENT:
            for symbol in getattr(self, channel):
                name = normalize(symbol, MAX_SELECTOR_CHARACTERS)
                if not SELECTOR.match(name) or name.startswith("industry:"):
                    raise StreamError(INVALID, f"invalid syntax: {channel}: {symbol[:60]!r} is not a symbol or *")
                yield channel, name


class AlpacaSubscribe(_Channels, tag="subscribe", frozen=True):
    """Add symbols."""


class AlpacaUnsubscribe(_Channels, tag="unsubscribe", frozen=True):
    """Remove symbols."""


AlpacaAction = Auth | AlpacaSubscribe | AlpacaUnsubscribe
_from_json: Final[msgspec.json.Decoder[AlpacaAction]] = msgspec.json.Decoder(AlpacaAction)
_from_msgpack: Final[msgspec.msgpack.Decoder[AlpacaAction]] = msgspec.msgpack.Decoder(AlpacaAction)


def parse_alpaca_action(received: str | bytes) -> AlpacaAction:
    """The action in a client's message: text is JSON, bytes are MessagePack. Raises StreamError (400)."""
    try:
        return _from_json.decode(received) if isinstance(received, str) else _from_msgpack.decode(received)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise StreamError(INVALID, f"invalid syntax: {error}"[:300]) from error


class _Trade(msgspec.Struct, frozen=True, kw_only=True, tag_field="T", tag="t"):
    S: str
    t: dt.datetime
    p: float
    s: float
    """NaN (in JSON null) where the source gives no size of single trades."""
    replayed: bool


class _Bar(msgspec.Struct, frozen=True, kw_only=True, tag_field="T", tag="b"):
    S: str
    t: dt.datetime
    """Start of the interval."""
    o: float
    h: float
    l: float  # noqa: E741 - Alpaca's name
    c: float
    v: float
    n: None = None
    """Number of trades: unknown."""
    vw: None = None
    """Average price by volume: unknown."""
    replayed: bool


class _DailyBar(_Bar, frozen=True, kw_only=True, tag_field="T", tag="d"):
    """A daily bar, sent once it has closed."""


class _OurTick(msgspec.Struct, frozen=True):
    symbol: str
    date: dt.datetime
    price: float
    size: float
    replayed: bool


class _OurBar(msgspec.Struct, frozen=True):
    symbol: str
    timeframe: str
    open_date: dt.datetime
    open: float
    high: float
    low: float
    close: float
    volume: float
    replayed: bool = False


_tick: Final = msgspec.json.Decoder(_OurTick).decode
_bar: Final = msgspec.json.Decoder(_OurBar).decode


class AlpacaMessage(NamedTuple):
    """A message for this feed, encoded."""

    channel: str
    body: bytes


@lru_cache(KEPT)
def alpaca_message(message: StreamMessage, packed: bool) -> AlpacaMessage | None:
    """Our message as one of Alpaca's; None where it has none."""
    encode = msgspec.msgpack.encode if packed else msgspec.json.encode
    if message.kind == "t":
        tick = _tick(message.body)
        size = tick.size if tick.size > 0 else math.nan
        return AlpacaMessage("trades", encode(_Trade(S=tick.symbol, t=tick.date, p=tick.price, s=size, replayed=tick.replayed)))
    if message.kind != "b":
        return None
    bar = _bar(message.body)
    channel = CHANNEL_BY_TIMEFRAME.get(bar.timeframe)
    if channel is None:
        return None
    made = (_DailyBar if channel == "dailyBars" else _Bar)(
        S=bar.symbol,
        t=bar.open_date,
        o=bar.open,
        h=bar.high,
        l=bar.low,
        c=bar.close,
        v=bar.volume,
        replayed=bar.replayed,
    )
    return AlpacaMessage(channel, encode(made))


@dataclass
class AlpacaSubscription:
    """What one client has subscribed to, by Alpaca's channels."""

    selected: set[tuple[str, str]] = field(default_factory=set)

    def wants(self, channel: str, symbol: str) -> bool:
        """Whether a message goes to the client."""
        return (channel, symbol) in self.selected or (channel, "*") in self.selected

    def by_channel(self) -> dict[str, list[str]]:
        """The full subscription, as Alpaca's answer has it."""
        return {
            channel: sorted(symbol for c, symbol in self.selected if c == channel)
            for channel in (
                "trades",
                "quotes",
                "bars",
                "updatedBars",
                "dailyBars",
                "statuses",
                "lulds",
                "corrections",
                "cancelErrors",
            )
        }


def added(subscription: AlpacaSubscription, request: AlpacaSubscribe, limit: int) -> tuple[set[tuple[str, str]], Subscribe]:
    """What is selected after a request, ``limit`` at most, and what is then subscribed to in our channels. Raises StreamError."""
    after = subscription.selected | set(request.selected())
    if len(after) > limit:  # our own limit does not count a channel that never has a message
        raise StreamError(TOO_MANY_SYMBOLS, f"symbol limit exceeded: more than {limit} symbols over all channels; use *")
    return after, Subscribe(**_ours(after))


def removed(subscription: AlpacaSubscription, request: AlpacaUnsubscribe) -> tuple[set[tuple[str, str]], Unsubscribe]:
    """What is selected after a request, and what is no longer subscribed to in our channels. Raises StreamError."""
    after = subscription.selected - set(request.selected())
    before, left = _ours(subscription.selected), _ours(after)
    return after, Unsubscribe(**{channel: tuple(set(before[channel]) - set(left[channel])) for channel in before})


def _ours(selected: set[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Symbols by our channels: one of ours has bars of all timeframes."""
    trades = {symbol for channel, symbol in selected if channel == "trades"}
    bars = {symbol for channel, symbol in selected if channel in {"bars", "dailyBars"}}
    return {"ticks": tuple(sorted(trades)), "bars": tuple(sorted(bars))}

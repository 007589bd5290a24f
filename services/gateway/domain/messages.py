"""Messages of the stream: the objects that REST returns, with ``T`` and ``seq`` in front."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from services.gateway.domain import api_models, timeframes
from services.gateway.domain import news as news_views
from services.gateway.domain.industries import Industry, industry_of_view, with_view
from services.gateway.domain.times import Time, rfc3339
from services.gateway.domain.unsent import MessageKind, StreamMessage
from shared import events

_encode: Final = msgspec.json.Encoder().encode


class TickMessage(msgspec.Struct, frozen=True, kw_only=True):
    """``t``: a price arrived."""

    symbol: str
    date: Time
    price: float
    size: float
    source: str
    replayed: bool


def tick(event: events.Tick) -> bytes:
    """The body of a tick, without ``T`` and ``seq``."""
    return _encode(
        TickMessage(
            symbol=event.symbol,
            date=rfc3339(event.ts_event),
            price=event.price,
            size=event.size,
            source=event.source,
            replayed=event.replayed,
        )
    )


def bar(event: events.Bar, row: bytes) -> bytes:
    """The body of a bar, made from its row in memory, without ``T`` and ``seq``."""
    head = _encode({"symbol": event.symbol, "timeframe": timeframes.NAME_BY_TIMEFRAME[event.timeframe], "source": event.source})
    return head[:-1] + b"," + row[1:]


def signal(event: events.Signal) -> bytes:
    """The body of a signal, without ``T`` and ``seq``."""
    return _encode(api_models.signal(event))


def provisional(event: events.Signal) -> bytes:
    """The body of a signal on a forming bar, without ``T`` and ``seq``."""
    return _encode(api_models.provisional(event))


def pattern(event: events.Pattern) -> bytes:
    """The body of a chart pattern, without ``T`` and ``seq``."""
    return _encode(api_models.pattern(event))


def news(event: events.Story) -> bytes:
    """The body of a story, without ``T`` and ``seq``."""
    return _encode(news_views.story(event))


def industry(known: Industry | None, event: events.IndustryView) -> bytes:
    """The body of an industry's view, without ``T`` and ``seq``."""
    return _encode(with_view(known or industry_of_view(event), event))


def numbered_message(
    seq: int,
    kind: MessageKind,
    symbol: str,
    body: bytes,
    symbols: tuple[str, ...] = (),
    industries: tuple[str, ...] = (),
) -> StreamMessage:
    """A message with ``T`` and ``seq``. ``symbols`` and ``industries`` are those of a story.

    >>> numbered_message(7, "q", "AAPL", b'{"symbol":"AAPL"}').body
    b'{"T":"q","seq":7,"symbol":"AAPL"}'
    """
    return StreamMessage(seq, kind, symbol, b'{"T":"%b","seq":%d,' % (kind.encode(), seq) + body[1:], symbols, industries)


def control_frame(seq: int, **fields: Any) -> bytes:
    """A frame with one message of the protocol itself.

    >>> control_frame(7, T="success", msg="connected")
    b'[{"T":"success","msg":"connected","seq":7}]'
    """
    return _encode([{**fields, "seq": seq}])

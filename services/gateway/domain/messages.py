"""The data messages of the stream: the views of REST with ``T`` and ``seq`` in front."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from services.gateway.domain import timeframes, views
from services.gateway.domain.industries import Industry, named, with_view
from services.gateway.domain.outbox import Kind, Message
from services.gateway.domain.times import rfc3339
from shared import events

_encode: Final = msgspec.json.Encoder().encode


class TickMessage(msgspec.Struct, frozen=True, kw_only=True):
    """``t``: a price was seen."""

    symbol: str
    date: str
    price: float
    size: float
    source: str
    replayed: bool


def tick(event: events.Tick) -> bytes:
    """The body of a tick, without head."""
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
    """The body of a bar, made from its row in memory."""
    head = _encode({"symbol": event.symbol, "timeframe": timeframes.NAMES[event.timeframe], "source": event.source})
    return head[:-1] + b"," + row[1:]


def signal(event: events.Signal) -> bytes:
    """The body of a signal, without head."""
    return _encode(views.signal(event))


def provisional(event: events.Signal) -> bytes:
    """The body of a signal on a bar that is still forming, without head."""
    return _encode(views.provisional(event))


def pattern(event: events.Pattern) -> bytes:
    """The body of a chart pattern, without head."""
    return _encode(views.pattern(event))


def industry(known: Industry | None, event: events.IndustryView) -> bytes:
    """The body of a view, without head."""
    return _encode(with_view(known or named(event), event))


def message(seq: int, kind: Kind, symbol: str, body: bytes) -> Message:
    """A message with its head.

    >>> message(7, "q", "AAPL", b'{"symbol":"AAPL"}').body
    b'{"T":"q","seq":7,"symbol":"AAPL"}'
    """
    return Message(seq, kind, symbol, b'{"T":"%b","seq":%d,' % (kind.encode(), seq) + body[1:])


def control(seq: int, **fields: Any) -> bytes:
    """A frame of the protocol itself: one message in an array.

    >>> control(7, T="success", msg="connected")
    b'[{"T":"success","msg":"connected","seq":7}]'
    """
    return _encode([{**fields, "seq": seq}])

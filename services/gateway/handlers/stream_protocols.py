"""What the clients of a WebSocket speak: our protocol, or Alpaca's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from services.gateway.domain import messages
from services.gateway.domain.alpaca import (
    AlpacaSubscribe,
    AlpacaSubscription,
    AlpacaUnsubscribe,
    added,
    alpaca_message,
    parse_alpaca_action,
    removed,
)
from services.gateway.domain.hub import Hub, Subscriber
from services.gateway.domain.subscriptions import Action, Subscribe, Unsubscribe, parse_action
from services.gateway.domain.unsent import StreamMessage, json_array
from services.gateway.handlers.sending import BINARY, TEXT, Frames, frame

AnyAction = Action | AlpacaSubscribe | AlpacaUnsubscribe


class StreamProtocol(Protocol):
    """The protocol of one connection."""

    def parse(self, received: str | bytes) -> AnyAction:
        """The action in a client's message. Raises StreamError (400)."""
        ...

    def control(self, seq: int, /, **fields: Any) -> bytes:
        """The frame of a message of the protocol itself."""
        ...

    def subscribe(self, action: AnyAction, subscriber: Subscriber, hub: Hub) -> dict[str, list[str]]:
        """Add or remove selectors; returns all. Raises StreamError."""
        ...

    def frame_of(self, found: Sequence[StreamMessage], frames: Frames, *, deflated: bool) -> bytes:
        """The frame with these messages, empty where none is for the client; ``frames`` holds what was encoded for others."""
        ...


class OwnProtocol:
    """JSON; every message has a ``seq``."""

    def parse(self, received: str | bytes) -> AnyAction:
        return parse_action(received)

    def control(self, seq: int, /, **fields: Any) -> bytes:
        return frame(messages.control_frame(seq, **fields))

    def subscribe(self, action: AnyAction, subscriber: Subscriber, hub: Hub) -> dict[str, list[str]]:
        if isinstance(action, Subscribe):
            hub.subscribe(subscriber, action)
        elif isinstance(action, Unsubscribe):
            hub.unsubscribe(subscriber, action)
        return subscriber.subscription.by_channel()

    def frame_of(self, found: Sequence[StreamMessage], frames: Frames, *, deflated: bool) -> bytes:
        key = (deflated, found[0].seq) if len(found) == 1 else (deflated, *[message.seq for message in found])
        known = frames.get(key)
        if known is None:
            known = frames[key] = frame(json_array(found), deflated=deflated)
        return known


@dataclass
class AlpacaProtocol:
    """Alpaca's names, as MessagePack (``packed``) or JSON."""

    packed: bool
    subscription: AlpacaSubscription = field(default_factory=AlpacaSubscription)

    def parse(self, received: str | bytes) -> AnyAction:
        return parse_alpaca_action(received)

    def control(self, _: int, /, **fields: Any) -> bytes:
        return self._frame([(msgspec.msgpack if self.packed else msgspec.json).encode(fields)])

    def subscribe(self, action: AnyAction, subscriber: Subscriber, hub: Hub) -> dict[str, list[str]]:
        if isinstance(action, AlpacaSubscribe):
            after, ours = added(self.subscription, action, subscriber.subscription.limit)
            hub.subscribe(subscriber, ours)
            self.subscription.selected = after
        elif isinstance(action, AlpacaUnsubscribe):
            after, gone = removed(self.subscription, action)
            hub.unsubscribe(subscriber, gone)
            self.subscription.selected = after
        return self.subscription.by_channel()

    def frame_of(self, found: Sequence[StreamMessage], frames: Frames, *, deflated: bool) -> bytes:
        wants = self.subscription.wants
        made = [(message, alpaca_message(message, self.packed)) for message in found]
        chosen = [(message, each.body) for message, each in made if each is not None and wants(each.channel, message.symbol)]
        if not chosen:
            return b""
        key = ("alpaca", self.packed, deflated, *[message.seq for message, _ in chosen])
        if (known := frames.get(key)) is None:
            known = frames[key] = self._frame([body for _, body in chosen], deflated=deflated)
        return known

    def _frame(self, bodies: list[bytes], *, deflated: bool = False) -> bytes:
        if self.packed:
            return frame(msgspec.msgpack.encode([msgspec.Raw(body) for body in bodies]), deflated=deflated, kind=BINARY)
        return frame(b"[" + b",".join(bodies) + b"]", deflated=deflated, kind=TEXT)

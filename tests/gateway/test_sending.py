"""Flushes, whatever the connections accept: each subscriber gets every signal and bar once, in order, and of quotes the latest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.gateway.domain.hub import Subscriber, new_hub
from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.subscriptions import Subscribe, Subscription
from services.gateway.domain.unsent import StreamMessage, UnsentMessages
from services.gateway.handlers.sending import Flusher, Frames
from tests.sizes import examples

SUBSCRIPTIONS = {
    "all": Subscribe(quotes=("*",), signals=("*",)),
    "A": Subscribe(quotes=("A",), signals=("A",)),
    "signals": Subscribe(signals=("*",)),
}
Step = tuple[Literal["publish"], Literal["q", "s"], str] | tuple[Literal["flush"]] | tuple[Literal["accepts", "leaves"], str]


@dataclass
class Connection:
    """Keeps what was written; writes nothing while it does not accept."""

    accepts: bool = True
    written: list[StreamMessage] = field(default_factory=list)

    def send(self, unsent: UnsentMessages, _: Frames) -> int:
        messages = unsent.take() if self.accepts else []
        self.written += messages
        return len(messages)

    def send_one(self, message: StreamMessage, _: Frames) -> bool:
        if self.accepts:
            self.written.append(message)
        return self.accepts

    def close_slow(self, cursor: int) -> None:
        raise AssertionError(f"nobody is slow for long, but a stream was closed at {cursor}")


publish = st.tuples(st.just("publish"), st.sampled_from("qs"), st.sampled_from("AB"))
steps = st.lists(
    st.one_of(
        publish,
        st.tuples(st.just("flush")),
        st.tuples(st.just("accepts"), st.sampled_from(sorted(SUBSCRIPTIONS))),
        st.tuples(st.just("leaves"), st.just("A")),
    ),
    min_size=10,
    max_size=40,
)


@given(steps)
@example([("publish", "q", "A"), ("leaves", "A"), ("publish", "q", "A")]).via("one who leaves while a message is held")
@settings(max_examples=examples(400))
def test_every_subscriber_gets_every_signal_once_and_the_latest_quote(done: list[Step]) -> None:
    hub = new_hub(0, InstrumentDirectory, 100)
    flusher = Flusher(hub, 0.02)
    connections = {name: Connection() for name in SUBSCRIPTIONS}
    subscribers = {name: Subscriber(name, UnsentMessages(100), Subscription(10)) for name in SUBSCRIPTIONS}
    for name, subscription in SUBSCRIPTIONS.items():
        hub.subscribe(subscribers[name], subscription)
        flusher.add(subscribers[name], connections[name])
    sent: list[StreamMessage] = []
    left: dict[str, int] = {}
    for step in done:
        match step:
            case ("publish", kind, symbol):
                sent.append(hub.publish(kind, symbol, b"{}"))
            case ("flush",):
                flusher.flush()
                for name in set(SUBSCRIPTIONS) - set(left):
                    if connections[name].accepts and connections[name].written:
                        assert subscribers[name].unsent.cursor == connections[name].written[-1].seq
            case ("accepts", name):
                connections[name].accepts = not connections[name].accepts
            case ("leaves", name):
                flusher.remove(subscribers[name])
                left.setdefault(name, len(connections[name].written))
    for connection in connections.values():
        connection.accepts = True
    flusher.flush()
    assert flusher.held is None
    assert not hub.with_unsent
    for name, connection in connections.items():
        if name in left:
            assert len(connection.written) == left[name], "nothing is written to a stream that has ended"
            continue
        mine = [message for message in sent if name == "all" or (message.symbol == "A" if name == "A" else message.kind == "s")]
        written = connection.written
        assert [message.seq for message in written] == sorted({message.seq for message in written}), "in order, none twice"
        assert [message for message in written if message.kind == "s"] == [message for message in mine if message.kind == "s"]
        quotes = {message.symbol: message for message in mine if message.kind == "q"}
        assert {message.symbol: message for message in written if message.kind == "q"} == quotes, "the latest quote of each"

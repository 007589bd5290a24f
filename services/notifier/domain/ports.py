"""What the notifier asks of the outside; adapters satisfy these by their shape alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.notifier.domain.address import Address
from services.notifier.domain.charts import ChartBar, ChartRequest
from services.notifier.domain.conditions import ConditionAlert, ParsedCondition
from services.notifier.domain.delivery import Change, DeliveryRow, DeliveryStatus
from services.notifier.domain.instruments import Industry, InstrumentIndex
from services.notifier.domain.messages import Alert
from services.notifier.domain.outcomes import Outcome
from services.notifier.domain.recipients import Chat
from shared.events import Delivery as DeliveryEvent
from shared.events import Quote, Signal


class Channel(Protocol):
    """A way to reach people. ``send`` never raises for what the other side does: it says how it went."""

    name: str
    pictures: bool
    """Whether alerts should bring a picture along."""
    one_server: bool
    """Whether all its chats are behind one server: then that server's trouble holds back the whole channel."""

    async def send(self, to: Address, alert: Alert) -> Outcome:
        """Hand over one alert, within the channel's own time limit."""


class ChartRenderer(Protocol):
    """Draws charts."""

    async def render(self, request: ChartRequest) -> bytes:
        """A PNG. Raises PaintError."""


class RenderError(Exception):
    """There is no picture; the message says why in one word (``timeout``, ``crashed``, ``refused``, ``bars``)."""


class ConditionParser(Protocol):
    """Reads conditions, off the event loop and within a time limit."""

    async def parse(self, text: str) -> ParsedCondition:
        """What the text says. Raises ConditionError: it is no condition. Raises ParseError."""


class ParseError(Exception):
    """A condition could not be parsed in time, or its parser died (``timeout``, ``crashed``)."""


@dataclass(frozen=True)
class NewDelivery:
    """A delivery that is due because of a signal."""

    signal: Signal
    chat: Chat
    status: DeliveryStatus
    body: str
    traceparent: str


class DeliveryStore(Protocol):
    """The rows of deliveries. All methods raise TransientError when the database is not there."""

    async def add(self, deliveries: Sequence[NewDelivery], now: int) -> None:
        """Insert those that are not there yet, all in one transaction."""

    async def due(self, now: int, most: int, excluding: Sequence[tuple[str, str]] = ()) -> list[DeliveryRow]:
        """Rows whose time has come, the longest waiting first; ``without`` those of some (channel, chat id)."""

    async def reserve(self, slots: Sequence[tuple[DeliveryRow, int]]) -> list[DeliveryRow]:
        """Set ``next_try_at`` of rows that nobody touched since they were read; returns those that we got, as they are now."""

    async def claim(self, delivery: DeliveryRow, now: int, lease: int) -> DeliveryRow | None:
        """Make it ``sending`` until ``lease``, counted as one more try; None when another process was quicker."""

    async def finish(self, delivery: DeliveryRow, change: Change, now: int) -> bool:
        """Write what became of a row that we claimed, or reserved and must not send; False when it has gone on without us."""

    async def expired_leases(self, now: int, most: int) -> list[DeliveryRow]:
        """Rows left in ``sending`` past their lease: their process died, or is frozen."""

    async def unreported(self, most: int) -> list[tuple[DeliveryRow, str]]:
        """Rows that are final and not on the topic yet, with their error."""

    async def mark_reported(self, deliveries: Sequence[DeliveryRow]) -> None:
        """These are on the topic now."""

    async def counts_by_status(self, channel: str, chat_id: str, since: int) -> dict[str, int]:
        """How many deliveries of a chat there are by status, since then."""

    async def count_open(self) -> int:
        """How many rows are not final."""


class ChatStore(Protocol):
    """Chats, their watchlists and their rule types. All methods raise TransientError when the database is not there."""

    async def get(self, channel: str, chat_id: str) -> Chat | None:
        """The chat with its rule types, or None."""

    async def save(self, chat: Chat, now: int) -> None:
        """Insert the chat or change all its settings, rule types included."""

    async def ensure(self, chat: Chat, now: int) -> None:
        """Insert the chat where it is not there; an existing one takes its language and keeps all else."""

    async def deactivate(self, channel: str, chat_id: str) -> None:
        """Send it nothing more."""

    async def migrate(self, channel: str, old: str, new: str, now: int) -> None:
        """Carry settings, watchlist and open deliveries over to the new id and switch the old one off."""

    async def watched(self, address: Address) -> list[str]:
        """The symbols on its list, in alphabetical order."""

    async def watch(self, address: Address, symbols: Sequence[str], now: int) -> None:
        """Put symbols on its list."""

    async def unwatch(self, address: Address, symbols: Sequence[str] | None) -> None:
        """Take symbols off its list; all of them where None."""

    async def watchers(self, channels: Sequence[str], symbols: Sequence[str]) -> list[tuple[Chat, frozenset[str]]]:
        """The addresses in active chats that watch everything or one of the symbols, each with those of the symbols on its list.

        ``watch_all`` is true for the one address of a chat that gets everything.
        """


class ConditionStore(Protocol):
    """The conditions that chats want to be told about. All methods raise TransientError when the database is not there."""

    async def for_chat(self, channel: str, chat_id: str) -> list[ConditionAlert]:
        """A chat's alerts by number."""

    async def add(self, alert: ConditionAlert, now: int) -> ConditionAlert:
        """Insert it under the chat's next number."""

    async def remove(self, channel: str, chat_id: str, number: int | None) -> int:
        """Delete one, all where None; how many there were."""

    async def in_use(self) -> tuple[int, frozenset[str]]:
        """How many alerts there are in all, and a column of each indicator that runs for them alone."""

    async def warming_up(self) -> frozenset[str]:
        """Columns of indicators that have not seen the past of every instrument yet."""

    async def owners(self, channels: Sequence[str], condition_ids: Sequence[str]) -> list[tuple[Chat, ConditionAlert]]:
        """Active chats with an alert on one of these conditions, at the address that it goes to."""


class MarketStore(Protocol):
    """What others have stored. All methods raise TransientError when the database is not there."""

    async def instruments(self) -> InstrumentIndex:
        """All active instruments."""

    async def bars(self, symbol: str, timeframe: str, until: int, most: int) -> tuple[ChartBar, ...]:
        """The newest bars that closed at or before ``until``, adjusted, oldest first."""

    async def signals(self, symbols: Sequence[str] | None, most: int) -> list[Signal]:
        """The newest signals of these symbols, of all where None, newest first; without those of users' conditions."""

    async def industries(self) -> list[Industry]:
        """All industries."""

    async def industries_of(self, symbols: Sequence[str]) -> dict[str, set[str]]:
        """The industries that each symbol is in."""


class Quotes(Protocol):
    """The latest quotes, from memory."""

    def get(self, symbol: str) -> Quote | None:
        """The latest quote of a symbol, or None when none has been seen."""


class OutcomePublisher(Protocol):
    """Where outcomes are published."""

    async def publish(self, events: Sequence[DeliveryEvent]) -> None:
        """Publish all of them, acknowledged. Raises TransientError."""


class Admins(Protocol):
    """Knows who may change a group's settings."""

    async def is_admin(self, chat_id: str, user_id: str) -> bool:
        """Whether the user administers the group; False when that cannot be found out."""

"""Protocols of the outside that handlers use. Adapters satisfy them structurally."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.notifier.domain.address import Address
from services.notifier.domain.briefings.moves import DailyBar
from services.notifier.domain.briefings.picture import BriefingChart
from services.notifier.domain.briefings.universe import Universe
from services.notifier.domain.charts import ChartBar, ChartRequest
from services.notifier.domain.conditions import ConditionAlert, ParsedCondition
from services.notifier.domain.delivery import DeliveryRow, DeliveryStatus, Priority, RowChange
from services.notifier.domain.instruments import InstrumentIndex, KnownIndustry
from services.notifier.domain.members import Member
from services.notifier.domain.messages import Alert
from services.notifier.domain.notices import Notice, State
from services.notifier.domain.outcomes import Outcome
from services.notifier.domain.pacing import RecentMessages
from services.notifier.domain.payments import Offer, Payment, Transaction
from services.notifier.domain.quality_replies import RuleRecord
from services.notifier.domain.recipients import Chat
from services.notifier.domain.record_chart import RecordChart
from services.notifier.domain.stories import StoryEdit, StoryMessage
from shared.briefings import Briefing, Kind
from shared.calendars import Sessions
from shared.events import Delivery as DeliveryEvent
from shared.events import Pattern, Quote, Signal, Story, SymbolHistory


class Channel(Protocol):
    """A way to send alerts. ``send`` returns an outcome for every failure of the receiver instead of raising."""

    name: str
    pictures: bool
    """Whether alerts should include a picture."""
    one_server: bool
    """Whether one server serves all its chats: then a failure pauses the whole channel."""

    async def send(self, to: Address, alert: Alert) -> Outcome:
        """Send one alert, within the channel's own timeout."""


Picture = ChartRequest | RecordChart | BriefingChart
"""What can be drawn."""


class ChartRenderer(Protocol):
    """Draws charts."""

    async def render(self, request: Picture) -> bytes:
        """A PNG. Raises RenderError."""


class RenderError(Exception):
    """There is no picture. The message is the reason in one word: ``timeout``, ``crashed``, ``refused`` or ``bars``."""


class ConditionParser(Protocol):
    """Parses conditions, outside the event loop and with a timeout."""

    async def parse(self, text: str) -> ParsedCondition:
        """The parsed condition. Raises ConditionError where the text is no condition. Raises ParseError."""


class ConditionTimes(Protocol):
    """Evaluates conditions over the past."""

    async def histories(self, condition: str, symbols: Sequence[str], limit: int) -> tuple[SymbolHistory, ...]:
        """Where the condition in normal form was true, for each symbol, with at most ``limit`` closes. Raises HistoryError."""


class HistoryError(Exception):
    """The past cannot be evaluated: ``unavailable`` now, or ``unsupported`` for this condition."""


class ParseError(Exception):
    """The parser timed out or exited (``timeout``, ``crashed``)."""


@dataclass(frozen=True)
class NewDelivery:
    """A delivery that a signal or a notice requires."""

    signal_id: str
    """The signal's id, or the notice's."""
    chat: Chat
    status: DeliveryStatus
    body: str
    traceparent: str = ""
    kind: str = "signal"
    paced: bool = True
    """Whether it counts for the pace of the chat: signals of rules do, those of the chat's own conditions do not."""
    priority: Priority = Priority.ORDINARY
    hold: int = 0
    """Milliseconds before it is due, so that signals of one bar come together."""


class DeliveryStore(Protocol):
    """The rows of deliveries. All methods raise TransientError when the database is not available."""

    async def add(self, deliveries: Sequence[NewDelivery], now: int) -> None:
        """Insert those that do not exist, all in one transaction."""

    async def due(self, now: int, limit: int, excluding: Sequence[tuple[str, str]] = ()) -> list[DeliveryRow]:
        """Rows to try now, the most urgent first, and of those the longest due; ``excluding`` those of some (channel, chat id)."""

    async def due_of(self, channel: str, chat_id: str, now: int, limit: int) -> list[DeliveryRow]:
        """Rows of one chat to try now, in the order in which they were created."""

    async def recent_messages(self, channel: str, chat_id: str, since: int) -> RecentMessages:
        """The messages with signals of rules that a chat received since ``since``."""

    async def reserve(self, slots: Sequence[tuple[DeliveryRow, int]]) -> list[DeliveryRow]:
        """Set ``next_try_at`` of rows that are unchanged since they were read; returns the reserved rows as they are now."""

    async def claim(self, deliveries: Sequence[DeliveryRow], now: int, lease: int) -> list[DeliveryRow]:
        """Set them to ``sending`` until ``lease`` and count one more try; without those that another process changed first."""

    async def finish(self, delivery: DeliveryRow, change: RowChange, now: int) -> bool:
        """Write the change of a row that we claimed, or reserved and must not send; False when another process changed it."""

    async def expired_leases(self, now: int, limit: int) -> list[DeliveryRow]:
        """Rows in ``sending`` whose lease has expired: their process died or is frozen."""

    async def unreported(self, limit: int) -> list[tuple[DeliveryRow, str]]:
        """Final rows that are not published yet, with their error."""

    async def mark_reported(self, deliveries: Sequence[DeliveryRow]) -> None:
        """Record that these are published."""

    async def counts_by_status(self, channel: str, chat_id: str, since: int) -> dict[str, int]:
        """How many deliveries a chat has by status, created since ``since``."""

    async def count_open(self) -> int:
        """How many rows are not final."""


class StoryStore(Protocol):
    """The rows of stories of news. All methods raise TransientError when the database is not available."""

    async def readers(self, importance: float, symbols: Sequence[str], industries: Sequence[str]) -> list[Chat]:
        """The addresses in active chats that want stories of this importance, and watch one of the instruments or industries."""

    async def messages(self, story_id: str) -> list[StoryMessage]:
        """The rows of a story."""

    async def edits(self, of: str) -> list[StoryEdit]:
        """The rows that edit the messages of a story, by their id."""

    async def grow(
        self, waiting: Sequence[DeliveryRow], sent: Sequence[tuple[StoryMessage, StoryEdit | None, int]], body: str, now: int
    ) -> None:
        """Replace the body of waiting rows, and have messages edited, each when it is due, in one transaction.

        Raises TransientError also where a waiting row has changed since it was read; nothing is written then.
        """


class ChatStore(Protocol):
    """Chats, their watchlists and their rule types. All methods raise TransientError when the database is not available."""

    async def get(self, channel: str, chat_id: str) -> Chat | None:
        """The chat with its rule types, or None."""

    async def save(self, chat: Chat, now: int) -> None:
        """Insert the chat or update all its settings, including rule types."""

    async def ensure(self, chat: Chat, now: int) -> None:
        """Insert the chat where it does not exist; of an existing one only the language is updated."""

    async def deactivate(self, channel: str, chat_id: str, now: int) -> None:
        """Mark it inactive: nothing more is sent to it."""

    async def blocked(self, channel: str, before: int, now: int, limit: int) -> list[str]:
        """Ids of inactive chats that could not be reached since ``before`` or longer, without those that have premium now."""

    async def keep_channels(self, channel: str, chat_ids: Sequence[str], now: int) -> None:
        """Mark the channels that signals are posted to inactive, except these."""

    async def migrate(self, channel: str, old: str, new: str, now: int) -> None:
        """Move settings, watchlists, conditions and open deliveries to the new id and deactivate the old one."""

    async def watched(self, address: Address) -> list[str]:
        """The symbols on its watchlist, in alphabetical order."""

    async def watch(self, address: Address, symbols: Sequence[str], now: int) -> None:
        """Add symbols to its watchlist."""

    async def unwatch(self, address: Address, symbols: Sequence[str] | None) -> None:
        """Remove symbols from its watchlist; all of them where None."""

    async def industries(self, address: Address) -> list[str]:
        """The industries that it watches, in alphabetical order."""

    async def watch_industry(self, address: Address, industry: str, now: int) -> None:
        """Watch an industry: all its instruments, also those that join it later."""

    async def unwatch_industry(self, address: Address, industry: str | None) -> None:
        """Stop watching an industry; all of them where None."""

    async def wanting_briefings(self, channel: str, kind: Kind, after: str, limit: int) -> list[Chat]:
        """The next active chats that want briefings of a kind, in the order of their ids, ``after`` one."""

    async def watched_by(self, channel: str, chat_ids: Sequence[str]) -> dict[str, tuple[set[str], set[str]]]:
        """By chat, the symbols and the industries that it watches in any of its topics."""

    async def recipients(self, channels: Sequence[str], signals: Sequence[Signal]) -> list[list[Chat]]:
        """For each signal of a rule, the addresses in active chats that watch its instrument and want it (``Chat.wants``).

        They watch it by name, by an industry or as everything. They have what a delivery needs of a chat, not its other settings.
        """

    async def watched_at(self, chats: Collection[tuple[str, str]], symbols: Sequence[str]) -> dict[Address, frozenset[str]]:
        """Of some chats, by channel and id: which of the symbols each of their addresses watches, by name or by industry."""


class ConditionStore(Protocol):
    """The alerts of chats on conditions. All methods raise TransientError when the database is not available."""

    async def for_chat(self, channel: str, chat_id: str) -> list[ConditionAlert]:
        """A chat's alerts by number."""

    async def add(self, alert: ConditionAlert, now: int) -> ConditionAlert:
        """Insert it under the chat's next number."""

    async def remove(self, channel: str, chat_id: str, number: int | None) -> int:
        """Delete one, or all where None; returns how many were deleted. They can be restored until the next one is added."""

    async def restore(self, channel: str, chat_id: str) -> int:
        """Take back the last deletions; returns how many alerts there are again."""

    async def update(self, alerts: Sequence[ConditionAlert]) -> None:
        """Write the frequency, cooldown, expiry and state of existing alerts."""

    async def in_use(self) -> tuple[int, frozenset[str]]:
        """The total number of alerts, and a column of each indicator that is computed only for them."""

    async def warming_up(self) -> frozenset[str]:
        """Columns of indicators that are not warmed up for every instrument yet."""

    async def owners(self, channels: Sequence[str], condition_ids: Sequence[str]) -> list[tuple[Chat, ConditionAlert]]:
        """Active chats with an alert on one of these conditions, with the topic that the alert is sent to."""


class MarketStore(Protocol):
    """Data that other services have stored. All methods raise TransientError when the database is not available."""

    async def instruments(self) -> InstrumentIndex:
        """All active instruments."""

    async def bars(self, symbol: str, timeframe: str, until: int, limit: int) -> tuple[ChartBar, ...]:
        """The newest bars that closed at or before ``until``, adjusted, oldest first."""

    async def signals(self, symbols: Sequence[str] | None, limit: int) -> list[Signal]:
        """The newest signals of these symbols (None: all), newest first, without those of user conditions."""

    async def signal(self, signal_id: str) -> Signal | None:
        """A stored signal, or None."""

    async def pattern(self, signal: Signal) -> Pattern | None:
        """The chart pattern whose breakout a signal is; None where it is not stored, or the signal is no pattern's."""

    async def industries(self) -> list[KnownIndustry]:
        """All industries."""

    async def members(self, industries: Sequence[str]) -> list[str]:
        """The symbols of the active instruments in some industries, in alphabetical order."""

    async def quality(self, rule: str, groups: Sequence[str]) -> list[RuleRecord]:
        """The records of a rule for some groups: symbols, industries, ``*`` for all instruments together."""

    async def industries_of(self, symbols: Sequence[str]) -> dict[str, set[str]]:
        """The industries of each symbol."""


@dataclass(frozen=True)
class StoredBriefing:
    """A briefing with its picture, a PNG that is empty where there is none."""

    briefing: Briefing
    picture: bytes = b""


class BriefingStore(Protocol):
    """What briefings are built from, and the briefings. All methods raise TransientError when the database is not available."""

    async def universe(self) -> Universe:
        """The active instruments, the industries and the markets."""

    async def newest_close(self, symbols: Sequence[str], until: int) -> tuple[int, int] | None:
        """Session and close of the newest daily bar that closed at or before ``until``; None where there is none."""

    async def daily_bars(self, symbols: Sequence[str], since: int, until: int) -> dict[str, list[DailyBar]]:
        """By symbol, the daily bars that closed after ``since``, up to ``until``, oldest first."""

    async def signals(self, symbols: Sequence[str], since: int, until: int) -> list[Signal]:
        """The signals of rules in that time, without those of user conditions."""

    async def stories(self, since: int, until: int) -> list[Story]:
        """The stories first seen in that time, the most important first."""

    async def get(self, briefing_id: str) -> StoredBriefing | None:
        """A stored briefing, or None."""

    async def existing(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that are stored."""

    async def add(self, built: Sequence[tuple[str, str, StoredBriefing]], now: int) -> None:
        """Insert briefings with their ids and the keys of their audiences; existing ones are not changed."""

    async def remove_old(self, personal_before: int, before: int) -> None:
        """Delete what was created before ``before``; of briefings that are not for everyone, before ``personal_before``."""


class Calendars(Protocol):
    """When exchanges trade."""

    async def around(self, exchanges: Sequence[str], day: dt.date) -> list[Sessions]:
        """The sessions of each exchange that has a calendar, at least 45 days before and after a date."""


class PersonalData(Protocol):
    """All rows about one chat. All methods raise TransientError when the database is not available."""

    async def export(self, channel: str, chat_id: str) -> dict[str, Any]:
        """By table, the rows about a chat."""

    async def forget(self, channel: str, chat_id: str) -> None:
        """Delete all rows about a chat, in one transaction."""


class NoticeStore(Protocol):
    """Texts for many chats. All methods raise TransientError when the database is not available."""

    async def add(self, notice: Notice, now: int) -> None:
        """Insert it where it does not exist."""

    async def change(self, notice_id: str, before: State, after: State) -> bool:
        """Change its state; False where it is in another one than ``before``."""

    async def cancel(self, notice_id: str, now: int) -> int:
        """Stop it and close its deliveries that are not sent; returns how many."""

    async def counts(self, notice_id: str) -> dict[str, int]:
        """How many of its deliveries there are by status."""

    async def send_page(self, channel: str, now: int) -> int:
        """Insert the next deliveries of the oldest notice that is being sent; returns how many."""


class Statistics(Protocol):
    """Counts for the operator."""

    async def counts(self, since: int) -> dict[str, int]:
        """Chats by kind, alerts, watched symbols, and deliveries since ``since`` by channel and status."""

    async def hourly(self, since: int) -> dict[int, dict[str, int]]:
        """By hour, newest first, how many deliveries changed last in it, by status."""


class FlagStore(Protocol):
    """Features that were switched. All methods raise TransientError when the database is not available."""

    async def all(self) -> dict[str, bool]:
        """By name, whether each is on."""

    async def save(self, name: str, now: int, *, enabled: bool) -> None:
        """Switch one."""


class NewsStore(Protocol):
    """Stories of news. Raises TransientError when the database is not available."""

    async def newest(self, labels: Sequence[tuple[str, str]], limit: int) -> list[Story]:
        """The stories first seen last that have any of the labels, ``("symbol", ...)`` or ``("industry", ...)``; none: of all."""


class Quotes(Protocol):
    """The latest quotes in memory."""

    def get(self, symbol: str) -> Quote | None:
        """The latest quote of a symbol, or None."""


class OutcomePublisher(Protocol):
    """Publishes outcomes of deliveries."""

    async def publish(self, events: Sequence[DeliveryEvent]) -> None:
        """Publish all of them and wait for the acknowledgements. Raises TransientError."""


class Admins(Protocol):
    """Knows the administrators of groups."""

    async def is_admin(self, chat_id: str, user_id: str) -> bool:
        """Whether the user administers the group; False when that is unknown."""


class KeyLinks(Protocol):
    """Links keys of the API to chats. All raise TransientError."""

    async def link(self, code: str, to: Address, now: int) -> str | None:
        """Link the key that issued the code, in place of its earlier chat; returns its name. None: the code is not valid."""

    async def unlink(self, at: Address) -> int:
        """End the links of a chat; returns how many there were."""


class PaymentStore(Protocol):
    """Payments, and until when chats have premium. All methods raise TransientError when the database is not available."""

    async def credit(self, payment: Payment, now: int) -> bool:
        """Store a payment and what it is worth, in one transaction; False: this charge was credited before."""

    async def refund(self, charge_id: str, now: int) -> Payment | None:
        """Mark a payment as refunded and take back what it was worth; again, it changes nothing. None: there is no such payment."""

    async def of_chat(self, chat_id: str) -> list[Payment]:
        """The payments of a chat, oldest first."""

    async def get(self, charge_id: str) -> Payment | None:
        """One payment."""

    async def newest(self, limit: int) -> list[Payment]:
        """The newest payments of all chats, newest first."""

    async def set_cancelled(self, charge_ids: Sequence[str], at: int) -> None:
        """Record that a subscription is not renewed any more; ``at`` 0: that it is."""

    async def totals(self, since: int, now: int) -> dict[str, int]:
        """The payments, stars and refunds since ``since``, and the chats with premium now."""

    async def expire(self, before: int, limit: int, notice: Callable[[Chat], NewDelivery], now: int) -> int:
        """End the premium of chats that had it until ``before``, each with a notice in the same transaction; returns how many."""


class RequestFailedError(Exception):
    """A request to Telegram failed. The message is the reason, without the token."""


class Stars(Protocol):
    """Payments in Telegram Stars at Telegram. All methods raise RequestFailedError."""

    async def invoice(self, offer: Offer, language: str) -> str:
        """The link of an invoice for a subscription."""

    async def refund(self, payment: Payment) -> None:
        """Give the stars back; not an error where they were given back before."""

    async def set_renewal(self, payment: Payment, *, renews: bool) -> None:
        """Cancel the renewal of a subscription, or allow it again."""

    async def transactions(self, position: int, limit: int) -> list[Transaction]:
        """The bot's transactions, oldest first, without the first ``position`` ones."""


class Positions(Protocol):
    """How far lists are read. All methods raise TransientError when the database is not available."""

    async def get(self, name: str) -> int:
        """How many entries of a list are read; 0 at first."""

    async def save(self, name: str, position: int) -> None:
        """Record it."""


class MemberStore(Protocol):
    """Who was invited to the premium channel. All methods raise TransientError when the database is not available."""

    async def get(self, chat_id: str) -> Member | None:
        """The row of a person."""

    async def save(self, member: Member) -> None:
        """Insert it or update it."""

    async def remove(self, chat_id: str) -> None:
        """Delete the row of a person."""

    async def without_premium(self, before: int, now: int, limit: int) -> list[Member]:
        """Members whose premium ended at ``before`` or earlier, and who are to be removed now."""

    async def postpone(self, chat_id: str, until: int) -> None:
        """Try to remove the person again at ``until``."""


class PremiumChannel(Protocol):
    """The channel that only chats with premium may join. All methods raise RequestFailedError."""

    place: str
    """Its id."""

    async def invite(self, user_id: str) -> str:
        """A link by which a person can ask to join; who asks is admitted by the bot."""

    async def admit(self, user_id: str, *, accepted: bool) -> None:
        """Answer who asked to join."""

    async def remove(self, member: Member) -> None:
        """Revoke the link and remove the person, who can come back with another one."""

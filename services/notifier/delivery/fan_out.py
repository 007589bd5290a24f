"""Creates delivery rows for signals. Rows are committed before the Kafka offset: after a crash signals are read again, not lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from services.notifier.delivery import metrics
from services.notifier.delivery.arranging import MACHINES
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.firing import Firing
from services.notifier.domain.address import Address
from services.notifier.domain.conditions import is_recipient
from services.notifier.domain.delivery import DeliveryStatus, Priority
from services.notifier.domain.ports.conditions import ConditionStore
from services.notifier.domain.ports.deliveries import NewDeliveries, NewDelivery
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.recipients import Recipients
from services.notifier.domain.recipients import Chat, Recipient, status_when_wanted
from services.notifier.domain.tiers import Tiers
from shared import wire
from shared.conditions import identity
from shared.events import Signal
from shared.failures import PoisonError
from shared.kafka import Record


class FanOut:
    """Finds the recipients of signals and inserts a delivery for each."""

    def __init__(
        self,
        recipients: Recipients,
        conditions: ConditionStore,
        market: MarketStore,
        deliveries: NewDeliveries,
        channels: Sequence[str],
        expiry: int,
        clock: TimeAndRandom,
        wake: Callable[[], None],
        hold: int = 0,
        tiers: Tiers | None = None,
    ) -> None:
        """``hold``: milliseconds for which alerts wait for further ones of the same bar; ``tiers``: what is free (all)."""
        self._recipients, self._conditions, self._market = recipients, conditions, market
        self._deliveries, self._channels = deliveries, tuple(channels)
        self._expiry, self._clock, self._wake_sender = expiry, clock, wake
        self._hold, self._tiers = hold, tiers or Tiers()

    async def handle(self, records: Sequence[Record[Signal]]) -> None:
        """Insert the deliveries of a batch in one transaction; existing rows are not changed.

        Raises:
            PoisonError: a signal's id, symbol or rule cannot be stored.
            TransientError: the database is not available.
        """
        now = self._clock.now()
        for record in records:
            _check(record.event)
        signals = {record.event.id: record for record in records}
        firing = Firing(now)
        of_conditions = await self._of_conditions(signals.values(), now, firing)
        due = [*await self._of_rules(signals.values(), now), *of_conditions, *firing.notices]
        await self._deliveries.add(due, now)
        if firing.changed:  # after the rows: a signal that is read again inserts nothing, but must not be missed
            await self._conditions.update(list(firing.changed.values()))
        for new in due:
            metrics.DUE.labels(new.chat.channel, new.status).inc()
        if due:
            self._wake_sender()

    async def _of_rules(self, records: Collection[Record[Signal]], now: int) -> list[NewDelivery]:
        """Deliveries of rule signals to every address that watches the instrument and wants the rule."""
        wanted = [record for record in records if not record.event.condition]
        if not wanted:
            return []
        found = await self._recipients.recipients(self._channels, [record.event for record in wanted])
        due: list[NewDelivery] = []
        for record, chats in zip(wanted, found, strict=True):
            of = record.event
            allowed = [chat for chat in chats if self._tiers.allows(chat, of.timeframe, now)]
            statuses = [(chat, status_when_wanted(chat, of, now, self._expiry)) for chat in allowed]
            due += self._new_deliveries(record, statuses, now)
        return due

    async def _of_conditions(self, records: Collection[Record[Signal]], now: int, firing: Firing) -> list[NewDelivery]:
        """Deliveries of condition signals to the owners of the condition, for the instruments that they chose."""
        wanted = [record for record in records if record.event.condition]
        if not wanted:
            return []
        by_id = {record.event.id: identity(record.event.condition) for record in wanted}
        owners = await self._conditions.owners(self._channels, sorted(set(by_id.values())))
        symbols = sorted({record.event.symbol for record in wanted})
        industries = await self._market.industries_of(symbols)
        watching = {(chat.channel, chat.chat_id) for chat, alert in owners if alert.scope == "watched"}
        lists = await self._recipients.watched_at(watching, symbols)
        due: list[NewDelivery] = []
        for record in wanted:
            recipients: dict[Address, Chat] = {}  # an address may have several alerts on one condition
            for chat, alert in owners:
                watched = None if chat.watch_all else lists.get(chat.address, frozenset())
                wanted_here = alert.condition_id == by_id[record.event.id] and is_recipient(
                    alert, record.event, watched, industries
                )
                allowed = self._tiers.allows(chat, alert.timeframe, now, alert.frequency)
                if wanted_here and allowed and firing.fires(alert, chat):
                    recipients[chat.address] = chat
            statuses = [(chat, status_when_wanted(chat, record.event, now, self._expiry)) for chat in recipients.values()]
            due += self._new_deliveries(record, statuses, now)
        return due

    def _new_deliveries(
        self, record: Record[Signal], recipients: Sequence[tuple[Chat | Recipient, DeliveryStatus]], now: int
    ) -> list[NewDelivery]:
        signal = record.event
        body = wire.encode(signal).decode() if recipients else ""
        return [
            NewDelivery(
                signal.id,
                chat,
                status,
                body,
                record.traceparent or "",
                paced=not signal.condition,
                priority=self._priority(chat, signal, now),
                hold=0 if chat.kind in MACHINES else self._hold,
            )
            for chat, status in recipients
        ]

    def _priority(self, chat: Chat | Recipient, signal: Signal, now: int) -> Priority:
        if signal.condition:
            return Priority.URGENT
        return Priority.PREMIUM if self._tiers.has_paid(chat, now) else Priority.ORDINARY


def _check(signal: Signal) -> None:
    for field, value, most in (("id", signal.id, 32), ("symbol", signal.symbol, 32), ("rule", signal.rule, 48)):
        if not 1 <= len(value) <= most or not value.isprintable():
            raise PoisonError(f"signal {signal.id[:40]!r}: {field} is {value[:80]!r}, expected 1 to {most} printable characters")

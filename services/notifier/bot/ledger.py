"""Compares Telegram's list of star transactions with the stored payments: what was never reported is credited or taken back.

Telegram keeps updates for a day, and a payment must outlive any outage.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from services.notifier.bot.invoices import is_ours
from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.payments import PERIOD, Payment, Transaction
from services.notifier.domain.ports.payments import PaymentStore, Positions, RequestFailedError, Stars
from shared.waiting import Refresher

NAME: Final = "stars"
SECONDS: Final = 3_600.0
PAGE: Final = 100
_log: Final = structlog.get_logger(__name__)


class Ledger:
    """Reads the list from where it was read to."""

    def __init__(self, stars: Stars, payments: PaymentStore, positions: Positions, clock: TimeAndRandom) -> None:
        self._stars, self._payments, self._positions, self._clock = stars, payments, positions, clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Read it at the start and once an hour until stopped."""
        await Refresher(self.once, "star transactions", SECONDS, stopping).run()

    async def once(self) -> None:
        """Read what is new. Raises TransientError. A charge that is known changes nothing, so a page may be read again."""
        position = await self._positions.get(NAME)
        more = True
        while more:
            try:
                page = await self._stars.transactions(position, PAGE)
            except RequestFailedError as error:
                _log.warning("star transactions are not read, trying later", error=str(error))
                return
            for each in page:
                await self._apply(each)
            more = len(page) == PAGE
            position += len(page)
            if page:
                await self._positions.save(NAME, position)

    async def _apply(self, each: Transaction) -> None:
        now = self._clock.now()
        if each.outgoing:
            if each.charge_id and await self._payments.refund(each.charge_id, now):
                metrics.PAYMENTS.labels("in the list of refunds").inc()
            return
        if not each.user_id or not is_ours(each.payload):
            return
        until = each.at + (each.period or PERIOD)
        known = [one.subscription_id for one in await self._payments.of_chat(each.user_id) if one.subscription_id]
        subscription = (known[-1] if known else each.charge_id) if each.period else ""
        payment = Payment(each.charge_id, each.user_id, each.user_id, each.payload, each.stars, until, each.at, 0, subscription)
        if await self._payments.credit(payment, now):
            metrics.PAYMENTS.labels("only in the list").inc()
            _log.warning("a payment was not reported and is credited from Telegram's list", charge=each.charge_id)

"""Telegram Stars by requests to Telegram: invoices of subscriptions, refunds, renewals."""

from __future__ import annotations

import datetime as dt
from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import LabeledPrice, StarTransaction, TransactionPartnerUser

from services.notifier.adapters.telegram.requests import requests
from services.notifier.bot.invoices import payload
from services.notifier.domain.payments import CURRENCY, ID_LENGTH, PERIOD_SECONDS, Offer, Payment, Transaction
from services.notifier.words.catalogue import phrase

REFUNDED: Final = "CHARGE_ALREADY_REFUNDED"
"""Also Telegram's answer to the first refund of some payments (github.com/tdlib/telegram-bot-api, issue 690)."""


class TelegramStars:
    """``Stars`` of one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def invoice(self, offer: Offer, language: str) -> str:
        title = phrase(language, "premium-title")
        with requests(self._bot.token):
            return await self._bot.create_invoice_link(  # sendInvoice knows no subscriptions
                title=title,
                description=phrase(language, "premium-description"),
                payload=payload(offer, self._bot.token),
                provider_token="",
                currency=CURRENCY,
                prices=[LabeledPrice(label=title, amount=offer.stars)],
                subscription_period=PERIOD_SECONDS,
            )

    async def refund(self, payment: Payment) -> None:
        with requests(self._bot.token):
            try:
                await self._bot.refund_star_payment(int(payment.user_id), payment.charge_id)
            except TelegramBadRequest as error:
                if REFUNDED not in str(error):
                    raise

    async def set_renewal(self, payment: Payment, *, renews: bool) -> None:
        with requests(self._bot.token):
            try:
                await self._set_renewal(payment, payment.subscription_id, renews=renews)
            except TelegramBadRequest:
                if payment.charge_id == payment.subscription_id:
                    raise
                await self._set_renewal(payment, payment.charge_id, renews=renews)

    async def transactions(self, position: int, limit: int) -> list[Transaction]:
        with requests(self._bot.token):
            found = await self._bot.get_star_transactions(offset=position, limit=limit)
        return [_transaction(each) for each in found.transactions]

    async def _set_renewal(self, payment: Payment, charge_id: str, *, renews: bool) -> None:
        await self._bot.edit_user_star_subscription(int(payment.user_id), charge_id, is_canceled=not renews)


def _transaction(entry: StarTransaction) -> Transaction:
    """``source`` says who paid the bot, ``receiver`` whom the bot paid; a refund has the id of the charge."""
    at = int(entry.date.timestamp() * 1000) if isinstance(entry.date, dt.datetime) else int(entry.date) * 1000
    source = entry.source
    if not isinstance(source, TransactionPartnerUser) or source.transaction_type != "invoice_payment":
        return Transaction(entry.id[:ID_LENGTH], "", "", entry.amount, at, outgoing=entry.receiver is not None)
    payload = (source.invoice_payload or "")[:ID_LENGTH]
    period = _milliseconds(source.subscription_period)
    return Transaction(entry.id[:ID_LENGTH], str(source.user.id), payload, entry.amount, at, period)


def _milliseconds(period: object) -> int:
    """Aiogram gives seconds as a number or as a duration."""
    return int(period.total_seconds() * 1000) if isinstance(period, dt.timedelta) else int(str(period or 0)) * 1000

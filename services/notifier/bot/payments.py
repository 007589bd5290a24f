"""Routes of payments: a checkout is judged, a payment is credited once, a refund takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from aiogram import Bot, F, Router
from aiogram.types import BotSubscriptionUpdated, Message, PreCheckoutQuery, SuccessfulPayment

from services.notifier.bot.channel import CHANNEL
from services.notifier.bot.flags import LatestFlags
from services.notifier.bot.invoices import is_ours, offer_of
from services.notifier.delivery import metrics
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import CheckoutAnswer, Reply
from services.notifier.domain.payments import CURRENCY, ID_LENGTH, PERIOD, Checkout, Payment, refusal, renewing, running
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.payments import PaymentStore
from services.notifier.domain.premium_replies import credited, refunded_text
from services.notifier.domain.recipients import Chat
from services.notifier.domain.tiers import Tiers
from services.notifier.words.catalogue import phrase
from shared.failures import TransientError

_log: Final = structlog.get_logger(__name__)


def payments(
    store: PaymentStore | None,
    chats: ChatStore,
    tiers: Tiers,
    flags: LatestFlags,
    clock: TimeAndRandom,
    language: str,
    *,
    channel: bool,
) -> Router:
    """The router. ``language``: of new chats; ``channel``: whether there is a premium channel."""

    async def known(chat_id: str, user_id: str) -> Chat:
        return await chats.get(CHANNEL, chat_id) or Chat(CHANNEL, chat_id, user_id, language=language)

    async def checkout(query: PreCheckoutQuery, bot: Bot) -> CheckoutAnswer:
        """Nothing is credited here: only ``successful_payment`` says that the stars were paid."""
        user_id, spoken = str(query.from_user.id), language
        try:
            chat = await known(user_id, user_id)
            spoken, now = chat.language, clock.now()
            offer = offer_of(query.invoice_payload, bot.token)
            asked = Checkout(user_id, query.currency, query.total_amount, offer)
            mine = await store.of_chat(user_id) if store else []
            sold = tiers if flags.is_on("premium") else Tiers()
            reason = refusal(asked, sold, renewing(mine, now), now)
        except TransientError:
            return CheckoutAnswer(accepted=False, reason=phrase(spoken, "trouble"))
        metrics.CHECKOUTS.labels(reason or "accepted").inc()
        return CheckoutAnswer(accepted=reason is None, reason=phrase(spoken, f"checkout-{reason}") if reason else "")

    async def paid(message: Message) -> Reply | None:
        """Raises TransientError: it must be handled again, since the stars are paid."""
        received, now = message.successful_payment, clock.now()
        if received is None or store is None:
            return None
        user_id = str(message.from_user.id if message.from_user else message.chat.id)
        chat_id = user_id  # premium belongs to the person: it is that of the private chat, which has the same id
        payment = payment_of(received, chat_id, user_id, int(message.date.timestamp()) * 1000, await store.of_chat(chat_id))
        fresh = await store.credit(payment, now)
        metrics.PAYMENTS.labels("credited" if fresh else "repeated").inc()
        if not payment.paid_until:
            metrics.PAYMENTS.labels("foreign").inc()
            _log.error("a payment for something else is worth nothing: it can be refunded", charge=payment.charge_id)
            return None
        return credited(await known(chat_id, user_id), payment, channel=channel)

    async def refunded(message: Message) -> Reply | None:
        received = message.refunded_payment
        if received is None or store is None:
            return None
        payment = await store.refund(received.telegram_payment_charge_id, clock.now())
        metrics.PAYMENTS.labels("refunded" if payment else "unknown refund").inc()
        chat = await known(str(message.chat.id), str(message.chat.id))
        return None if payment is None else Reply(refunded_text(chat, payment))

    async def changed(subscription: BotSubscriptionUpdated) -> None:
        """The person cancelled the renewal, or allowed it again, in Telegram's own settings."""
        if store is None or not is_ours(subscription.invoice_payload):
            return
        now = clock.now()
        mine = running(await store.of_chat(str(subscription.user.id)), now)
        if subscription.state in {"canceled", "active"}:
            at = now if subscription.state == "canceled" else 0
            await store.set_cancelled([each.charge_id for each in mine], at)

    router = Router(name="payments")
    router.pre_checkout_query.register(checkout)
    router.message.register(paid, F.successful_payment)
    router.message.register(refunded, F.refunded_payment)
    router.subscription.register(changed)
    return router


def payment_of(received: SuccessfulPayment, chat_id: str, user_id: str, paid_at: int, earlier: Sequence[Payment]) -> Payment:
    """The row of a payment. A payload that the bot never makes is worth nothing. ``earlier``: the chat's payments, oldest first."""
    charge = received.telegram_payment_charge_id[:ID_LENGTH]
    until = paid_at + PERIOD
    if received.subscription_expiration_date:
        until = received.subscription_expiration_date * 1000
    if not is_ours(received.invoice_payload) or received.currency != CURRENCY:
        until = 0
    subscription = ""
    if received.is_recurring or received.is_first_recurring:
        known = [each.subscription_id for each in earlier if each.subscription_id and not each.refunded_at]
        subscription = known[-1] if known and not received.is_first_recurring else charge
    stars = received.total_amount
    return Payment(charge, chat_id, user_id, received.invoice_payload[:ID_LENGTH], stars, until, paid_at, 0, subscription)

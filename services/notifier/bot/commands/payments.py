"""/payments, /refund and /grant, for the operator alone."""

from __future__ import annotations

import hashlib
from typing import Final

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.payments import GRANT, Payment
from services.notifier.domain.ports.payments import PaymentStore, RequestFailedError, Stars
from services.notifier.domain.premium_replies import payment_lines
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase

LISTED: Final = 10
DAY: Final = 86_400_000
MONTH: Final = 30 * DAY
MOST_DAYS: Final = 3660


async def show_payments(chat: Chat, arguments: str, payments: PaymentStore | None, clock: TimeAndRandom) -> Reply:
    """Totals and the newest payments; ``CHAT``: those of one chat."""
    if payments is None:
        return Reply(phrase(chat.language, "premium-off"))
    now, chat_id = clock.now(), arguments.strip()
    found = (await payments.of_chat(chat_id))[-LISTED:] if chat_id else await payments.newest(LISTED)
    totals = await payments.totals(now - MONTH, now)
    lines = [phrase(chat.language, "payments-totals", **totals), *payment_lines(found, chat, now)]
    return Reply("\n".join([*lines, phrase(chat.language, "payments-help")]))


async def refund(chat: Chat, arguments: str, payments: PaymentStore | None, stars: Stars | None, clock: TimeAndRandom) -> Reply:
    """Give the stars of ``CHARGE`` back, end what they paid for, and its renewal. It can be repeated after a failure."""
    if payments is None or stars is None:
        return Reply(phrase(chat.language, "premium-off"))
    payment = await payments.get(arguments.strip())
    if payment is None or not payment.user_id:
        return Reply(phrase(chat.language, "refund-unknown", charge=escape(arguments, 128)))
    try:
        if not payment.charge_id.startswith(GRANT):
            await stars.refund(payment)
        await payments.refund(payment.charge_id, clock.now())
        if payment.subscription_id and not payment.cancelled_at:
            await stars.set_renewal(payment, renews=False)
            await payments.set_cancelled([payment.charge_id], clock.now())
    except RequestFailedError as error:
        return Reply(phrase(chat.language, "refund-failed", reason=escape(str(error), 300)))
    return Reply(phrase(chat.language, "refund-done", stars=payment.stars, chat=escape(payment.chat_id, 64)))


async def grant(chat: Chat, arguments: str, payments: PaymentStore | None, clock: TimeAndRandom) -> Reply:
    """``CHAT DAYS``: premium without a payment, for a group too."""
    chat_id, _, days = arguments.strip().partition(" ")
    known = chat_id.removeprefix("-").isdecimal() and chat_id.isascii() and days.isdecimal() and days.isascii()
    if payments is None or not known or not 0 < int(days) <= MOST_DAYS:
        return Reply(phrase(chat.language, "grant-help", most=MOST_DAYS))
    now = clock.now()
    charge = GRANT + hashlib.sha256(f"{chat_id} {days} {now}".encode()).hexdigest()[:16]
    await payments.credit(Payment(charge, chat_id, chat.chat_id, "", 0, now + int(days) * DAY, now), now)
    return Reply(phrase(chat.language, "grant-done", chat=escape(chat_id, 64), days=int(days), charge=charge))

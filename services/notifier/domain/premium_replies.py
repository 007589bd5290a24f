"""What the bot says about premium."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.payments import GRANT, Payment, renewing, running
from services.notifier.domain.preferences import local_time
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.tiers import Tiers
from services.notifier.words.catalogue import phrase
from shared.conditions.user_limits import MAX_PER_OWNER, MAX_PREMIUM


def needs_premium(chat: Chat, key: str) -> Reply:
    """The reply to what only premium has. ``key``: of the phrase that says what it is."""
    about = Button(phrase(chat.language, "premium-open"), "premium")
    return Reply(
        f"{phrase(chat.language, key, free=MAX_PER_OWNER, most=MAX_PREMIUM)}\n{phrase(chat.language, 'premium-need')}", ((about,),)
    )


def premium_screen(chat: Chat, tiers: Tiers, payments: Sequence[Payment], link: str, now: int, *, channel: bool) -> Reply:
    """State, price, what one gets, until when. ``link``: of an invoice; empty where nothing can be bought now."""
    language = chat.language
    lines = [phrase(language, "premium-what", most=MAX_PREMIUM, free=MAX_PER_OWNER, stars=tiers.stars)]
    if channel:
        lines.append(phrase(language, "premium-with-channel"))
    lines.append(_state(chat, tiers, payments, now))
    rows: list[tuple[Button, ...]] = []
    if link:
        rows.append((Button(phrase(language, "premium-buy", stars=tiers.stars), url=link),))
    if channel and tiers.has_paid(chat, now):
        rows.append((Button(phrase(language, "premium-channel-open"), "premium channel"),))
    if renewing(payments, now):
        rows.append((Button(phrase(language, "premium-cancel"), "premium cancel"),))
    elif running(payments, now):
        rows.append((Button(phrase(language, "premium-resume"), "premium resume"),))
    lines.append(phrase(language, "premium-more"))
    return Reply("\n\n".join(lines), tuple(rows), edits=True)


def _state(chat: Chat, tiers: Tiers, payments: Sequence[Payment], now: int) -> str:
    if not tiers.has_paid(chat, now):
        return phrase(chat.language, "premium-operator" if tiers.is_full(chat, now) else "premium-none")
    until = local_time(chat.premium_until, chat)
    if renewing(payments, now):
        return phrase(chat.language, "premium-renews", until=until)
    return phrase(chat.language, "premium-ends", until=until)


def credited(chat: Chat, payment: Payment, *, channel: bool) -> Reply:
    """The reply to a payment."""
    text = phrase(chat.language, "premium-paid", stars=payment.stars, until=local_time(payment.paid_until, chat))
    open_channel = Button(phrase(chat.language, "premium-channel-open"), "premium channel")
    return Reply(text, ((open_channel,),) if channel else ())


def refunded_text(chat: Chat, payment: Payment) -> str:
    """A payment was given back."""
    return phrase(chat.language, "premium-refunded", stars=payment.stars)


def payment_lines(payments: Sequence[Payment], chat: Chat, now: int) -> list[str]:
    """Payments for an operator, one a line."""
    lines = []
    for each in payments:
        state = (
            "refunded" if each.refunded_at else "ended" if each.paid_until <= now else "cancelled" if each.cancelled_at else "alive"
        )
        what = phrase(chat.language, "payments-granted") if each.charge_id.startswith(GRANT) else f"⭐ {each.stars}"
        paid, until = local_time(each.paid_at, chat), local_time(each.paid_until, chat) if each.paid_until else "-"
        state = phrase(chat.language, f"payments-{state}")
        lines.append(
            f"{escape(each.chat_id or '-', 64)} · {what} · {paid} → {until} · {state}\n<code>{escape(each.charge_id, 128)}</code>"
        )
    return lines

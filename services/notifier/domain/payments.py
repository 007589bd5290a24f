"""Payments in Telegram Stars: what is sold, which checkouts are refused, what a payment is worth.

core.telegram.org/bots/payments-stars. A subscription is renewed by Telegram every 30 days, without a checkout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.notifier.domain.tiers import Tiers

CURRENCY: Final = "XTR"
PERIOD_SECONDS: Final = 2_592_000
"""The only period of a subscription that Telegram takes: 30 days."""
PERIOD: Final = PERIOD_SECONDS * 1000
OFFER_LIFE: Final = 86_400_000
"""How long an invoice may be paid, milliseconds: afterwards its price may be another one."""
ID_LENGTH: Final = 128
"""Most characters of a charge id that are stored."""
GRANT: Final = "grant:"
"""What the charge id of premium begins with that an operator gave."""

Refusal = Literal["unknown", "other", "old", "price", "owned"]


@dataclass(frozen=True)
class Offer:
    """What an invoice offers: it is in its payload."""

    user_id: str
    stars: int
    made_at: int
    """Milliseconds, whole seconds."""


@dataclass(frozen=True)
class Checkout:
    """What a person is about to pay."""

    user_id: str
    currency: str
    stars: int
    offer: Offer | None
    """None where the payload is not ours."""


@dataclass(frozen=True)
class Payment:
    """A row of ``payments``."""

    charge_id: str
    chat_id: str
    """The private chat of who paid, or the chat that premium was granted to."""
    user_id: str
    payload: str
    stars: int
    paid_until: int
    paid_at: int
    refunded_at: int = 0
    subscription_id: str = ""
    """The charge id of the first payment of a subscription; empty: it is not renewed."""
    cancelled_at: int = 0


@dataclass(frozen=True)
class Transaction:
    """An entry of Telegram's list of star transactions."""

    charge_id: str
    """Of a refund, the charge that was given back."""
    user_id: str
    """Empty where it was not a person who paid an invoice."""
    payload: str
    stars: int
    at: int
    """Milliseconds."""
    period: int = 0
    """Of a subscription, milliseconds; 0: none."""
    outgoing: bool = False
    """Whether the bot gave the stars away."""


def refusal(checkout: Checkout, tiers: Tiers, renewing: Payment | None, now: int) -> Refusal | None:
    """Why a checkout is refused; None: it may be paid. ``renewing``: the person's subscription that is renewed anyway."""
    offer = checkout.offer
    if offer is None or not tiers.sells:
        return "unknown"
    if offer.user_id != checkout.user_id:
        return "other"
    if now - offer.made_at > OFFER_LIFE:
        return "old"
    if (checkout.currency, checkout.stars, offer.stars) != (CURRENCY, tiers.stars, tiers.stars):
        return "price"
    return "owned" if renewing is not None else None


def renewing(payments: Sequence[Payment], now: int) -> Payment | None:
    """The newest payment of a subscription that is in force and will be renewed, or None."""
    alive = [each for each in running(payments, now) if not each.cancelled_at]
    return max(alive, key=lambda each: each.paid_until, default=None)


def running(payments: Sequence[Payment], now: int) -> list[Payment]:
    """The payments of subscriptions that are in force."""
    return [each for each in payments if each.subscription_id and not each.refunded_at and each.paid_until > now]


def worth(payments: Sequence[Payment]) -> int:
    """Until when payments last together; 0 where none is left.

    >>> worth([Payment("a", "7", "7", "", 1, 50, 0), Payment("b", "7", "7", "", 1, 90, 0, refunded_at=60)])
    50
    """
    return max((each.paid_until for each in payments if not each.refunded_at), default=0)

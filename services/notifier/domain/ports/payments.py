"""Payments, and the channel that they open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from services.notifier.domain.members import Member
from services.notifier.domain.payments import Offer, Payment, Transaction
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.domain.recipients import Chat


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

"""Payments in Telegram Stars at the stand-in: invoices, checkouts, charges, renewals, refunds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

CHECKOUT_SECONDS: Final = 10.0
PERIOD: Final = 2_592_000


class RefusedError(Exception):
    """What the Bot API answers with 400."""


@dataclass(frozen=True)
class Charge:
    """Stars that a person paid."""

    id: str
    user: int
    payload: str
    stars: int
    at: int
    subscription: str
    """The charge that began the subscription."""
    refunded: bool = False


class Stars:
    """What is sold and paid at one bot."""

    def __init__(self, update: Callable[..., Awaitable[int]]) -> None:
        self._update = update
        self.invoices: dict[str, dict[str, Any]] = {}
        self.charges: dict[str, Charge] = {}
        self.cancelled: set[str] = set()
        """Subscriptions that are not renewed."""
        self._checkouts: dict[str, asyncio.Future[str]] = {}

    def create(self, arguments: dict[str, Any]) -> str:
        """``createInvoiceLink``."""
        if arguments["currency"] != "XTR" or arguments.get("provider_token"):
            raise RefusedError("PAYMENT_PROVIDER_INVALID")
        prices = arguments["prices"]
        if len(prices) != 1 or not 1 <= prices[0]["amount"] <= 10_000:
            raise RefusedError("STARS_INVOICE_INVALID")
        if arguments.get("subscription_period", PERIOD) != PERIOD:
            raise RefusedError("SUBSCRIPTION_PERIOD_INVALID")
        link = f"https://t.me/$invoice{len(self.invoices)}"
        self.invoices[link] = arguments
        return link

    def answer(self, arguments: dict[str, Any]) -> bool:
        """``answerPreCheckoutQuery``."""
        waiting = self._checkouts.pop(arguments["pre_checkout_query_id"], None)
        if waiting is None or waiting.done():
            raise RefusedError("query is too old and response timeout expired or query ID is invalid")
        if not arguments["ok"] and not arguments.get("error_message"):
            raise RefusedError("PAYMENT_ERROR_MESSAGE_MISSING")
        waiting.set_result("" if arguments["ok"] else arguments["error_message"])
        return True

    def refund(self, arguments: dict[str, Any]) -> bool:
        """``refundStarPayment``."""
        charge = self.charges.get(arguments["telegram_payment_charge_id"])
        if charge is None or charge.user != arguments["user_id"]:
            raise RefusedError("CHARGE_NOT_FOUND")
        if charge.refunded:
            raise RefusedError("CHARGE_ALREADY_REFUNDED")
        self.charges[charge.id] = replace(charge, refunded=True)
        return True

    def edit(self, arguments: dict[str, Any]) -> bool:
        """``editUserStarSubscription``."""
        charge = self.charges.get(arguments["telegram_payment_charge_id"])
        if charge is None or charge.user != arguments["user_id"] or charge.id != charge.subscription:
            raise RefusedError("SUBSCRIPTION_NOT_FOUND")
        (self.cancelled.add if arguments["is_canceled"] else self.cancelled.discard)(charge.id)
        return True

    def transactions(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """``getStarTransactions``: oldest first."""
        offset, limit = arguments.get("offset", 0), arguments.get("limit", 100)
        entries = [_transaction(each) for each in self.charges.values()]
        entries += [_refund(each) for each in self.charges.values() if each.refunded]
        return {"transactions": entries[offset : offset + limit]}

    async def pay(self, link: str, user: int = 7, stars: int | None = None, at: int | None = None) -> Charge | str:
        """A person opens an invoice and pays: the charge, or the reason for which the bot refused it."""
        invoice = self.invoices[link]
        price = invoice["prices"][0]["amount"] if stars is None else stars
        refused = await self.check_out(invoice["payload"], user, price)
        if refused:
            return refused
        number = f"charge-{len(self.charges)}"
        charge = Charge(number, user, invoice["payload"], price, int(time.time()) if at is None else at, number)
        await self.credit(charge)
        return charge

    async def check_out(self, payload: str, user: int, stars: int, currency: str = "XTR") -> str:
        """Ask the bot whether the person may pay; empty: yes."""
        query = f"checkout-{len(self.charges)}-{time.monotonic_ns()}"
        self._checkouts[query] = asyncio.get_running_loop().create_future()
        waiting = self._checkouts[query]
        asked = {"id": query, "from": _person(user), "currency": currency, "total_amount": stars, "invoice_payload": payload}
        await self._update(pre_checkout_query=asked)
        return await asyncio.wait_for(waiting, CHECKOUT_SECONDS)

    async def renew(self, charge: Charge) -> Charge:
        """Telegram takes the stars of the next period, without a checkout."""
        fresh = replace(charge, id=f"charge-{len(self.charges)}", at=charge.at + PERIOD)
        await self.credit(fresh)
        return fresh

    async def credit(self, charge: Charge) -> int:
        """The message that says that a person paid; the same charge may be reported again."""
        self.charges[charge.id] = charge
        paid = {
            "currency": "XTR",
            "total_amount": charge.stars,
            "invoice_payload": charge.payload,
            "telegram_payment_charge_id": charge.id,
            "provider_payment_charge_id": "",
            "subscription_expiration_date": charge.at + PERIOD,
            "is_recurring": True,
        }
        if charge.id == charge.subscription:
            paid["is_first_recurring"] = True
        return await self._update(message=_message(charge, successful_payment=paid))

    async def report_refund(self, charge: Charge) -> int:
        """The message that says that stars were given back."""
        about = {"currency": "XTR", "total_amount": charge.stars, "invoice_payload": charge.payload}
        return await self._update(message=_message(charge, refunded_payment=about | {"telegram_payment_charge_id": charge.id}))


def _message(charge: Charge, **content: Any) -> dict[str, Any]:
    chat = {"id": charge.user, "type": "private", "first_name": "P"}
    return {"message_id": 1, "date": charge.at, "chat": chat, "from": _person(charge.user), **content}


def _person(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": "P"}


def _transaction(charge: Charge) -> dict[str, Any]:
    source = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": _person(charge.user),
        "invoice_payload": charge.payload,
    }
    return {"id": charge.id, "amount": charge.stars, "date": charge.at, "source": source | {"subscription_period": PERIOD}}


def _refund(charge: Charge) -> dict[str, Any]:
    receiver = {"type": "user", "transaction_type": "invoice_payment", "user": _person(charge.user)}
    return {"id": charge.id, "amount": charge.stars, "date": charge.at, "receiver": receiver}

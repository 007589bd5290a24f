"""The table ``payments``, and ``chats.premium_until``, which follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifier.adapters.deliveries import delivery_row
from services.notifier.domain.payments import Payment, worth
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.domain.recipients import Chat
from shared.db import Database
from shared.tables import chats, deliveries, payments

CHANNEL: Final = "telegram"
_COLUMNS: Final = tuple(payments.c[field.name] for field in fields(Payment))


class PaymentTable:
    """``PaymentStore`` on the database."""

    def __init__(self, database: Database, language: str) -> None:
        """``language``: of chats that pay before they are known."""
        self._database, self._language = database, language

    async def credit(self, payment: Payment, now: int) -> bool:
        try:
            async with self._database.begin() as connection:
                await connection.execute(payments.insert().values(**asdict(payment)))
                await self._extend(connection, payment, now)
        except IntegrityError:  # the same charge was credited before
            return False
        return True

    async def refund(self, charge_id: str, now: int) -> Payment | None:
        one = payments.c.charge_id == charge_id
        async with self._database.begin() as connection:
            await connection.execute(update(payments).where(one, payments.c.refunded_at == 0).values(refunded_at=now))
            row = (await connection.execute(select(*_COLUMNS).where(one))).first()
            if row is None:
                return None
            refunded = Payment(*row)
            left = worth(await _of_chat(connection, refunded.chat_id))
            rest = left if left > now else 0
            mine = (chats.c.channel == CHANNEL, chats.c.chat_id == refunded.chat_id)
            await connection.execute(update(chats).where(*mine).values(premium_until=rest))
        return refunded

    async def of_chat(self, chat_id: str) -> list[Payment]:
        async with self._database.connect() as connection:
            return await _of_chat(connection, chat_id)

    async def get(self, charge_id: str) -> Payment | None:
        async with self._database.connect() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(payments.c.charge_id == charge_id))).first()
        return None if row is None else Payment(*row)

    async def newest(self, limit: int) -> list[Payment]:
        wanted = select(*_COLUMNS).order_by(payments.c.paid_at.desc(), payments.c.charge_id).limit(limit)
        async with self._database.connect() as connection:
            return [Payment(*row) for row in (await connection.execute(wanted)).all()]

    async def set_cancelled(self, charge_ids: Sequence[str], at: int) -> None:
        chosen = update(payments).where(payments.c.charge_id.in_(tuple(charge_ids))).values(cancelled_at=at)
        async with self._database.begin() as connection:
            await connection.execute(chosen)

    async def totals(self, since: int, now: int) -> dict[str, int]:
        stars = func.coalesce(func.sum(payments.c.stars), 0)
        paid = select(func.count(), stars).where(payments.c.paid_at >= since, payments.c.stars > 0, payments.c.refunded_at == 0)
        returned = select(func.count()).select_from(payments).where(payments.c.refunded_at >= since, payments.c.refunded_at > 0)
        full = select(func.count()).select_from(chats).where(chats.c.premium_until > now)
        async with self._database.connect() as connection:
            count, total = (await connection.execute(paid)).one()
            refunds = (await connection.execute(returned)).scalar_one()
            premium = (await connection.execute(full)).scalar_one()
        return {"payments": int(count), "stars": int(total), "refunds": int(refunds), "premium": int(premium)}

    async def expire(self, before: int, limit: int, notice: Callable[[Chat], NewDelivery], now: int) -> int:
        c = chats.c
        ended = select(c.chat_id, c.language, c.kind, c.premium_until).where(
            c.channel == CHANNEL, c.premium_until > 0, c.premium_until <= before
        )
        async with self._database.begin() as connection:
            found = (await connection.execute(ended.limit(limit))).all()
            for row in found:
                chat = Chat(CHANNEL, row.chat_id, kind=row.kind, language=row.language, premium_until=row.premium_until)
                mine = (c.channel == CHANNEL, c.chat_id == row.chat_id, c.premium_until == row.premium_until)
                if (await connection.execute(update(chats).where(*mine).values(premium_until=0))).rowcount == 1:
                    new = [delivery_row(notice(chat), now)]
                    await connection.execute(self._database.upsert(deliveries, new, update=[]), new)
        return len(found)

    async def _extend(self, connection: AsyncConnection, payment: Payment, now: int) -> None:
        """The chat has premium at least until then. A chat that is not known yet is inserted."""
        kind = "group" if payment.chat_id.startswith("-") else "private"
        row = {"channel": CHANNEL, "chat_id": payment.chat_id, "user_id": payment.user_id, "kind": kind}
        rows = [row | {"language": self._language, "created_at": now}]
        await connection.execute(self._database.upsert(chats, rows, update=[]), rows)
        mine = (chats.c.channel == CHANNEL, chats.c.chat_id == payment.chat_id, chats.c.premium_until < payment.paid_until)
        await connection.execute(update(chats).where(*mine).values(premium_until=payment.paid_until))


async def _of_chat(connection: AsyncConnection, chat_id: str) -> list[Payment]:
    wanted: Any = select(*_COLUMNS).where(payments.c.chat_id == chat_id).order_by(payments.c.paid_at)
    return [Payment(*row) for row in (await connection.execute(wanted)).all()]

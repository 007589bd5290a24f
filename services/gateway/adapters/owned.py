"""The rows of one owner in ``watchlists``, ``conditions``, ``alert_rules`` and ``deliveries``.

The bot writes the same rows. Each change is one transaction with its entry of the audit log and its idempotency key, so that an
answer means that it is stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.adapters.keys import write_audit
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.owned import (
    Alert,
    Change,
    ChosenRule,
    DeliveryView,
    Owner,
    Watched,
    check_match,
    etag_of,
    limit_reached,
)
from services.gateway.domain.owned_store import Stored
from services.gateway.domain.problems import RequestError
from services.gateway.domain.timeframes import NAME_BY_TIMEFRAME
from services.gateway.domain.times import rfc3339
from shared.conditions import Condition
from shared.conditions.user_limits import MAX_PER_OWNER, MAX_PREMIUM, Limit, exceeded, extra_columns, has_premium
from shared.db import Database
from shared.events import Signal, Timeframe
from shared.tables import alert_rules, chats, conditions, deliveries, idempotency_keys, watchlists

REMOVED: Final = "deleted"
"""``stopped`` of the alert that was removed last: the bot and the API can take that back, and hide it meanwhile."""
_signal = msgspec.json.Decoder(Signal).decode
_names = msgspec.json.Decoder(list[str]).decode


@dataclass(frozen=True)
class OwnedTables:
    """``domain.owned_store.OwnedStore`` on the tables."""

    database: Database

    async def watchlist(self, owner: Owner) -> list[Watched]:
        async with self.database.connect() as connection:
            return await _watchlist(connection, owner)

    async def put_watchlist(self, owner: Owner, symbols: Sequence[str], now: int, change: Change, audit: AuditEntry) -> Stored:
        async def apply(connection: AsyncConnection) -> Any:
            present = await _watchlist(connection, owner)
            check_match(change.if_match, etag_of(present))
            gone = [each.symbol for each in present if each.symbol not in symbols]
            await connection.execute(delete(watchlists).where(_mine(watchlists, owner), watchlists.c.symbol.in_(gone)))
            await self._watch(connection, owner, symbols, now)
            return await _watchlist(connection, owner)

        return await self._changed(change, audit, 200, apply)

    async def watch(self, owner: Owner, symbol: str, most: int, now: int, change: Change, audit: AuditEntry) -> Stored:
        async def apply(connection: AsyncConnection) -> Any:
            present = {each.symbol for each in await _watchlist(connection, owner)}
            if symbol not in present and len(present) >= most:
                about = f"the watchlist has {most} instruments already, which is the most"
                raise RequestError("conflict", about, code="watchlist-full", values={"most": most})
            await self._watch(connection, owner, [symbol], now)
            return [each for each in await _watchlist(connection, owner) if each.symbol == symbol]

        return await self._changed(change, audit, 200, apply)

    async def unwatch(self, owner: Owner, symbol: str, change: Change, audit: AuditEntry) -> Stored:
        async def apply(connection: AsyncConnection) -> Any:
            await connection.execute(delete(watchlists).where(_mine(watchlists, owner), watchlists.c.symbol == symbol))

        return await self._changed(change, audit, 204, apply)

    async def alerts(self, owner: Owner) -> list[Alert]:
        async with self.database.connect() as connection:
            return await _alerts(connection, owner)

    async def add_alert(
        self, owner: Owner, alert: Alert, condition: Condition, now: int, change: Change, audit: AuditEntry
    ) -> Stored:
        async def apply(connection: AsyncConnection) -> Any:
            await connection.execute(delete(conditions).where(_removed(owner)))
            present = await _alerts(connection, owner)
            same = (alert.id, alert.frequency, alert.scope, set(alert.targets))
            if known := [each for each in present if (each.id, each.frequency, each.scope, set(each.targets)) == same]:
                return known[:1]
            extra = extra_columns(condition)
            most = await _most_alerts(connection, owner, now)
            if limit := await _exceeded(connection, owner, extra, most):
                raise limit_reached(limit, most)
            newest = select(func.max(conditions.c.number)).where(_mine(conditions, owner))
            number = ((await connection.execute(newest)).scalar() or 0) + 1
            row = {
                "channel": owner.channel,
                "chat_id": owner.chat_id,
                "number": number,
                "condition_id": alert.id,
                "condition_text": alert.condition,
                "timeframe": condition.timeframe.value,
                "frequency": alert.frequency,
                "scope": alert.scope,
                "targets": msgspec.json.encode(alert.targets).decode(),
                "enabled": True,
                "extra": msgspec.json.encode(extra).decode(),
                "created_at": now,
            }
            await connection.execute(insert(conditions).values(**row))
            return [msgspec.structs.replace(alert, number=number)]

        return await self._changed(change, audit, 201, apply)

    async def put_alert(self, owner: Owner, number: int, enabled: bool, now: int, change: Change, audit: AuditEntry) -> Stored:
        async def apply(connection: AsyncConnection) -> Any:
            one = and_(_mine(conditions, owner), conditions.c.number == number)
            over = and_(conditions.c.expires_at > 0, conditions.c.expires_at <= now)
            resumed = {"stopped": "", "last_fired_at": 0, "expires_at": case((over, 0), else_=conditions.c.expires_at)}
            changes = resumed if enabled else {"stopped": "paused"}
            if not (await connection.execute(update(conditions).where(one).values(enabled=enabled, **changes))).rowcount:
                raise _no_alert(number)
            return [_alert((await connection.execute(select(conditions).where(one))).one())]

        return await self._changed(change, audit, 200, apply)

    async def remove_alert(self, owner: Owner, number: int, change: Change, audit: AuditEntry) -> Stored:
        async def apply(connection: AsyncConnection) -> Any:
            await connection.execute(delete(conditions).where(_removed(owner)))
            one = and_(_mine(conditions, owner), conditions.c.number == number)
            gone = update(conditions).where(one).values(stopped=REMOVED, enabled=False)
            if not (await connection.execute(gone)).rowcount:
                raise _no_alert(number)

        return await self._changed(change, audit, 204, apply)

    async def rules(self, owner: Owner) -> list[ChosenRule]:
        async with self.database.connect() as connection:
            return await _rules(connection, owner)

    async def put_rule(self, owner: Owner, rule: str, wanted: bool, change: Change, audit: AuditEntry) -> Stored:
        async def apply(connection: AsyncConnection) -> Any:
            check_match(change.if_match, etag_of(await _rules(connection, owner)))
            rows = [{"channel": owner.channel, "chat_id": owner.chat_id, "rule": rule, "wanted": wanted}]
            await connection.execute(self.database.upsert(alert_rules, rows, update=["wanted"]), rows)
            return await _rules(connection, owner)

        return await self._changed(change, audit, 200, apply)

    async def deliveries(
        self, owner: Owner, status: str | None, limit: int, before: tuple[int, str] | None
    ) -> list[tuple[int, DeliveryView]]:
        c = deliveries.c
        signals = and_(_mine(deliveries, owner), c.kind == "signal")  # the others have no signal in their body
        wanted = select(deliveries).where(signals).order_by(c.created_at.desc(), c.signal_id.desc()).limit(limit)
        if status is not None:
            wanted = wanted.where(c.status == status)
        if before is not None:
            at, last = before
            wanted = wanted.where(or_(c.created_at < at, and_(c.created_at == at, c.signal_id < last)))
        async with self.database.connect() as connection:
            return [(row.created_at, _delivery(row)) for row in await connection.execute(wanted)]

    async def _watch(self, connection: AsyncConnection, owner: Owner, symbols: Sequence[str], now: int) -> None:
        rows = [
            {"channel": owner.channel, "chat_id": owner.chat_id, "thread_id": 0, "symbol": symbol, "created_at": now}
            for symbol in symbols
        ]
        if rows:
            await connection.execute(self.database.upsert(watchlists, rows, update=[]), rows)

    async def _changed(
        self, change: Change, audit: AuditEntry, status: int, apply: Callable[[AsyncConnection], Awaitable[Any]]
    ) -> Stored:
        """Apply a change once. Raises RequestError, TransientError; then nothing is changed."""
        try:
            async with self.database.begin() as connection:
                if change.idempotency_key and (known := await _answered(connection, change)):
                    return known
                stored = Stored(status, msgspec.to_builtins(await apply(connection)))
                await write_audit(connection, audit)
                if change.idempotency_key:
                    row = {
                        "key_id": change.key_id,
                        "idempotency_key": change.idempotency_key,
                        "request_hash": change.request_hash,
                        "status": status,
                        "body": msgspec.json.encode(stored.results).decode(),
                        "created_at": audit.at,
                    }
                    await connection.execute(insert(idempotency_keys).values(**row))
                return stored
        except IntegrityError as error:
            about = "another request changed the same at this moment; send it again"
            raise RequestError("conflict", about, code="at-once") from error


async def _answered(connection: AsyncConnection, change: Change) -> Stored | None:
    column = idempotency_keys.c
    wanted = select(idempotency_keys).where(column.key_id == change.key_id, column.idempotency_key == change.idempotency_key)
    row = (await connection.execute(wanted)).first()
    if row is None:
        return None
    if row.request_hash != change.request_hash:
        about = "Idempotency-Key: it was used for another request"
        raise RequestError("invalid-parameter", about, field="Idempotency-Key", value=change.idempotency_key, code="key-reused")
    return Stored(row.status, msgspec.json.decode(row.body), replayed=True)


async def _watchlist(connection: AsyncConnection, owner: Owner) -> list[Watched]:
    column = watchlists.c
    wanted = select(column.symbol, func.min(column.created_at)).where(_mine(watchlists, owner)).group_by(column.symbol)
    return [Watched(symbol=symbol, added=rfc3339(at)) for symbol, at in await connection.execute(wanted.order_by(column.symbol))]


async def _alerts(connection: AsyncConnection, owner: Owner) -> list[Alert]:
    present = and_(_mine(conditions, owner), conditions.c.stopped != REMOVED)
    wanted = select(conditions).where(present).order_by(conditions.c.number)
    return [_alert(row) for row in await connection.execute(wanted)]


async def _rules(connection: AsyncConnection, owner: Owner) -> list[ChosenRule]:
    wanted = select(alert_rules).where(_mine(alert_rules, owner)).order_by(alert_rules.c.rule)
    return [ChosenRule(row.rule, bool(row.wanted)) for row in await connection.execute(wanted)]


async def _most_alerts(connection: AsyncConnection, owner: Owner, now: int) -> int:
    until = (await connection.execute(select(chats.c.premium_until).where(_mine(chats, owner)))).scalar()
    return MAX_PREMIUM if has_premium(until or 0, now) else MAX_PER_OWNER


async def _exceeded(connection: AsyncConnection, owner: Owner, requested: Sequence[str], most: int) -> Limit | None:
    column, enabled = conditions.c, conditions.c.enabled.is_(True)
    own = (await connection.execute(select(column.extra).where(_mine(conditions, owner)))).scalars().all()
    count = (await connection.execute(select(func.count()).select_from(conditions).where(enabled))).scalar_one()
    used = (await connection.execute(select(column.extra).where(enabled).distinct())).scalars().all()
    return exceeded([_names(text) for text in own], requested, count, {name for text in used for name in _names(text)}, most)


def _mine(table: Any, owner: Owner) -> ColumnElement[bool]:
    return and_(table.c.channel == owner.channel, table.c.chat_id == owner.chat_id)


def _removed(owner: Owner) -> ColumnElement[bool]:
    return and_(_mine(conditions, owner), conditions.c.stopped == REMOVED)


def _no_alert(number: int) -> RequestError:
    return RequestError("not-found", f"number: there is no alert {number}", field="number", value=str(number), code="alert-unknown")


def _alert(row: Any) -> Alert:
    return Alert(
        number=row.number,
        id=row.condition_id,
        condition=row.condition_text,
        timeframe=NAME_BY_TIMEFRAME[Timeframe(row.timeframe)],
        frequency=row.frequency,
        scope=row.scope,
        targets=_names(row.targets),
        enabled=bool(row.enabled),
        stopped=row.stopped,
        created=rfc3339(row.created_at),
    )


def _delivery(row: Any) -> DeliveryView:
    signal = _signal(row.body)
    return DeliveryView(
        signal_id=row.signal_id,
        symbol=signal.symbol,
        rule=signal.rule,
        direction=signal.direction,
        status=row.status,
        tries=row.tries,
        error=row.error,
        created=rfc3339(row.created_at),
        updated=rfc3339(row.updated_at),
    )

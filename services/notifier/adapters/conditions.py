"""The table ``conditions``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
from sqlalchemy import and_, delete, func, select, update

from services.notifier.adapters.chats import chats_of
from services.notifier.domain.conditions import ConditionAlert
from services.notifier.domain.recipients import Chat
from shared.db import Database
from shared.tables import conditions as table
from shared.tables import warm_ups


class ConditionTable:
    """``ConditionStore`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def for_chat(self, channel: str, chat_id: str) -> list[ConditionAlert]:
        wanted = select(table).where(_mine(channel, chat_id), table.c.stopped != DELETED).order_by(table.c.number)
        async with self._database.connect() as connection:
            return [_alert(row) for row in (await connection.execute(wanted)).all()]

    async def add(self, alert: ConditionAlert, now: int) -> ConditionAlert:
        newest = select(func.max(table.c.number)).where(_mine(alert.channel, alert.chat_id))
        async with self._database.begin() as connection:
            await connection.execute(delete(table).where(_mine(alert.channel, alert.chat_id), table.c.stopped == DELETED))
            numbered = replace(alert, number=((await connection.execute(newest)).scalar() or 0) + 1)
            await connection.execute(table.insert().values(**_row(numbered), created_at=now))
        return numbered

    async def remove(self, channel: str, chat_id: str, number: int | None) -> int:
        mine = _mine(channel, chat_id)
        chosen = mine if number is None else and_(mine, table.c.number == number)
        async with self._database.begin() as connection:
            await connection.execute(delete(table).where(mine, table.c.stopped == DELETED))
            gone = update(table).where(chosen).values(stopped=DELETED, enabled=False)
            return (await connection.execute(gone)).rowcount

    async def restore(self, channel: str, chat_id: str) -> int:
        again = update(table).where(_mine(channel, chat_id), table.c.stopped == DELETED).values(stopped="", enabled=True)
        async with self._database.begin() as connection:
            return (await connection.execute(again)).rowcount

    async def update(self, alerts: Sequence[ConditionAlert]) -> None:
        async with self._database.begin() as connection:
            for alert in alerts:
                one = and_(_mine(alert.channel, alert.chat_id), table.c.number == alert.number)
                await connection.execute(update(table).where(one).values(_state(alert)))

    async def in_use(self) -> tuple[int, frozenset[str]]:
        enabled = table.c.enabled.is_(True)
        async with self._database.connect() as connection:
            count = (await connection.execute(select(func.count()).select_from(table).where(enabled))).scalar_one()
            extra = (await connection.execute(select(table.c.extra).where(enabled).distinct())).scalars().all()
        return int(count), frozenset(column for text in extra for column in _names(text))

    async def warming_up(self) -> frozenset[str]:
        async with self._database.connect() as connection:
            found = (await connection.execute(select(warm_ups.c.indicators))).scalars().all()
        return frozenset(column for text in found for column in _names(text))

    async def owners(self, channels: Sequence[str], condition_ids: Sequence[str]) -> list[tuple[Chat, ConditionAlert]]:
        asking = and_(
            table.c.channel.in_(tuple(channels)), table.c.condition_id.in_(tuple(condition_ids)), table.c.enabled.is_(True)
        )
        async with self._database.connect() as connection:
            alerts = [_alert(row) for row in (await connection.execute(select(table).where(asking))).all()]
            found = await chats_of(connection, {(alert.channel, alert.chat_id) for alert in alerts})
        known = [(found.get((alert.channel, alert.chat_id)), alert) for alert in alerts]
        return [(replace(chat, thread_id=alert.thread_id), alert) for chat, alert in known if chat is not None]


DELETED: Final = "deleted"
_STATE: Final = ("frequency", "cooldown", "expires_at", "last_fired_at", "stopped", "enabled")


def _mine(channel: str, chat_id: str) -> Any:
    return and_(table.c.channel == channel, table.c.chat_id == chat_id)


def _row(alert: ConditionAlert) -> dict[str, Any]:
    return {
        "channel": alert.channel,
        "chat_id": alert.chat_id,
        "thread_id": alert.thread_id,
        "number": alert.number,
        "condition_id": alert.condition_id,
        "condition_text": alert.text,
        "timeframe": alert.timeframe,
        "scope": alert.scope,
        "targets": msgspec.json.encode(alert.targets).decode(),
        **_state(alert),
        "extra": msgspec.json.encode(alert.extra).decode(),
    }


def _alert(row: Any) -> ConditionAlert:
    return ConditionAlert(
        row.channel,
        row.chat_id,
        row.number,
        row.condition_id,
        row.condition_text,
        row.timeframe,
        row.frequency,
        row.scope,
        _names(row.targets),
        _names(row.extra),
        bool(row.enabled),
        row.thread_id,
        row.cooldown,
        row.expires_at,
        row.last_fired_at,
        row.stopped,
        _times(row.recent),
    )


def _state(alert: ConditionAlert) -> dict[str, Any]:
    recent = msgspec.json.encode(alert.recent).decode() if alert.recent else ""
    return {name: getattr(alert, name) for name in _STATE} | {"recent": recent}


def _times(text: str) -> tuple[int, ...]:
    """The JSON array; empty where the column is empty or invalid."""
    try:
        return tuple(msgspec.json.decode(text, type=list[int])) if text else ()
    except msgspec.DecodeError:
        return ()


def _names(text: str) -> tuple[str, ...]:
    """The JSON array; empty where the column is invalid."""
    try:
        return tuple(msgspec.json.decode(text, type=list[str]))
    except msgspec.DecodeError:
        return ()

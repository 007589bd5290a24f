"""The tables ``chats``, ``watchlists`` and ``alert_rules``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Table, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.adapters.recipient_queries import recipients_of, watched_symbols
from services.notifier.domain.address import Address
from services.notifier.domain.delivery import DUE, NEVER, DeliveryStatus
from services.notifier.domain.recipients import CHANNEL_KIND, Chat, Recipient
from services.notifier.words.catalogue import LANGUAGES
from shared.briefings import Kind
from shared.db import Database
from shared.events import Signal
from shared.tables import (
    alert_rules,
    chats,
    conditions,
    deliveries,
    payments,
    watched_industries,
    watchlists,
)

_FIELDS = (
    "channel",
    "chat_id",
    "user_id",
    "kind",
    "language",
    "active",
    "watch_all",
    "unvalidated",
    "muted_until",
    "watch_all_thread_id",
    "zone",
    "quiet_from",
    "quiet_until",
    "silent",
    "pace",
    "briefings",
    "briefing_markets",
    "briefing_thread_id",
    "premium_until",
    "dark",
    "news_from",
    "timeframes",
)
_COLUMNS = tuple(chats.c[name] for name in _FIELDS)
_CHUNK = 500


class ChatTables:
    """``ChatStore``, ``Watchlists``, ``Recipients`` and ``BriefingReaders`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, channel: str, chat_id: str) -> Chat | None:
        async with self._database.connect() as connection:
            return await _get(connection, channel, chat_id)

    async def save(self, chat: Chat, now: int) -> None:
        async with self._database.begin() as connection:
            await self._save(connection, chat, now)

    async def ensure(self, chat: Chat, now: int) -> None:
        rows = [_row(chat, now)]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(chats, rows, update=["language"]), rows)

    async def deactivate(self, channel: str, chat_id: str, now: int) -> None:
        async with self._database.begin() as connection:
            await _deactivate(connection, channel, chat_id, now)

    async def blocked(self, channel: str, before: int, now: int, limit: int) -> list[str]:
        c = chats.c
        gone = and_(c.channel == channel, c.blocked_at > 0, c.blocked_at <= before, c.active.is_(False), c.premium_until <= now)
        async with self._database.connect() as connection:
            return list((await connection.execute(select(c.chat_id).where(gone).limit(limit))).scalars())

    async def keep_channels(self, channel: str, chat_ids: Sequence[str], now: int) -> None:
        others = and_(chats.c.channel == channel, chats.c.kind == CHANNEL_KIND, chats.c.chat_id.not_in(tuple(chat_ids)))
        async with self._database.begin() as connection:
            await connection.execute(update(chats).where(others, chats.c.active.is_(True)).values(active=False, blocked_at=now))

    async def migrate(self, channel: str, old: str, new: str, now: int) -> None:
        async with self._database.begin() as connection:
            before = await _get(connection, channel, old)
            if before is not None and before.active:
                fields = {name: getattr(before, name) for name in _FIELDS} | {"chat_id": new, "kind": "group"}
                await self._save(connection, Chat(**fields, rules=before.rules), now)
                for thread_id, symbol in await _every_watched(connection, channel, old):
                    await self._watch(connection, Address(channel, new, thread_id), [symbol], now)
                await _move_conditions(connection, channel, old, new)
                await self._move_industries(connection, channel, old, new)
                await _deactivate(connection, channel, old, now)
            await _move_deliveries(connection, channel, old, new, now)
            await _move_payments(connection, channel, old, new)

    async def watched(self, address: Address) -> list[str]:
        wanted = select(watchlists.c.symbol).where(_address(watchlists, address)).order_by(watchlists.c.symbol)
        async with self._database.connect() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def watch(self, address: Address, symbols: Sequence[str], now: int) -> None:
        async with self._database.begin() as connection:
            await self._watch(connection, address, symbols, now)

    async def unwatch(self, address: Address, symbols: Sequence[str] | None) -> None:
        mine = _address(watchlists, address)
        chosen = mine if symbols is None else and_(mine, watchlists.c.symbol.in_(tuple(symbols)))
        async with self._database.begin() as connection:
            await connection.execute(delete(watchlists).where(chosen))

    async def industries(self, address: Address) -> list[str]:
        column = watched_industries.c
        wanted = select(column.industry).where(_address(watched_industries, address)).order_by(column.industry)
        async with self._database.connect() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def watch_industry(self, address: Address, industry: str, now: int) -> None:
        rows = [asdict(address) | {"industry": industry, "created_at": now}]
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(watched_industries, rows, update=[]), rows)

    async def unwatch_industry(self, address: Address, industry: str | None) -> None:
        mine = _address(watched_industries, address)
        chosen = mine if industry is None else and_(mine, watched_industries.c.industry == industry)
        async with self._database.begin() as connection:
            await connection.execute(delete(watched_industries).where(chosen))

    async def wanting_briefings(self, channel: str, kind: Kind, after: str, limit: int) -> list[Chat]:
        c = chats.c
        chosen = and_(c.channel == channel, c.briefings.in_((kind, "both")), c.active.is_(True), c.chat_id > after)
        async with self._database.connect() as connection:
            rows = (await connection.execute(select(*_COLUMNS).where(chosen).order_by(c.chat_id).limit(limit))).all()
        return [_chat(row, {}) for row in rows]

    async def watched_by(self, channel: str, chat_ids: Sequence[str]) -> dict[str, tuple[set[str], set[str]]]:
        found: dict[str, tuple[set[str], set[str]]] = {}
        async with self._database.connect() as connection:
            for place, table, column in (
                (0, watchlists, watchlists.c.symbol),
                (1, watched_industries, watched_industries.c.industry),
            ):
                wanted = select(table.c.chat_id, column).where(table.c.channel == channel, table.c.chat_id.in_(tuple(chat_ids)))
                for chat_id, name in (await connection.execute(wanted)).all():
                    found.setdefault(chat_id, (set(), set()))[place].add(name)
        return found

    async def recipients(self, channels: Sequence[str], signals: Sequence[Signal]) -> list[list[Recipient]]:
        async with self._database.connect() as connection:
            return [await recipients_of(connection, channels, signal) for signal in signals]

    async def watched_at(self, chats_: Collection[tuple[str, str]], symbols: Sequence[str]) -> dict[Address, frozenset[str]]:
        found: defaultdict[Address, set[str]] = defaultdict(set)
        async with self._database.connect() as connection:
            for channel, chunk in _chunks(chats_):
                for chat_id, thread_id, symbol in await watched_symbols(connection, channel, chunk, symbols):
                    found[Address(channel, chat_id, thread_id)].add(symbol)
        return {address: frozenset(watched) for address, watched in found.items()}

    async def _save(self, connection: AsyncConnection, chat: Chat, now: int) -> None:
        rows = [_row(chat, now) | ({"blocked_at": 0} if chat.active else {})]
        changed = ["blocked_at"] if chat.active else []
        changed += [name for name in _FIELDS if name not in {"channel", "chat_id", "premium_until"}]  # payments alone write that
        await connection.execute(self._database.upsert(chats, rows, update=changed), rows)
        mine = and_(alert_rules.c.channel == chat.channel, alert_rules.c.chat_id == chat.chat_id)
        await connection.execute(delete(alert_rules).where(mine))
        wanted = [{"channel": chat.channel, "chat_id": chat.chat_id, "rule": rule, "wanted": on} for rule, on in chat.rules.items()]
        if wanted:
            await connection.execute(self._database.upsert(alert_rules, wanted, update=["wanted"]), wanted)

    async def _move_industries(self, connection: AsyncConnection, channel: str, old: str, new: str) -> None:
        mine = and_(watched_industries.c.channel == channel, watched_industries.c.chat_id == old)
        rows = [
            row._asdict() | {"chat_id": new} for row in (await connection.execute(select(watched_industries).where(mine))).all()
        ]
        if rows:
            await connection.execute(self._database.upsert(watched_industries, rows, update=[]), rows)
            await connection.execute(delete(watched_industries).where(mine))

    async def _watch(self, connection: AsyncConnection, address: Address, symbols: Sequence[str], now: int) -> None:
        rows = [asdict(address) | {"symbol": symbol, "created_at": now} for symbol in symbols]
        if rows:
            await connection.execute(self._database.upsert(watchlists, rows, update=[]), rows)


async def _get(connection: AsyncConnection, channel: str, chat_id: str) -> Chat | None:
    wanted = select(*_COLUMNS).where(chats.c.channel == channel, chats.c.chat_id == chat_id)
    row = (await connection.execute(wanted)).first()
    return None if row is None else _chat(row, (await _rules(connection, [(channel, chat_id)]))[channel, chat_id])


async def _every_watched(connection: AsyncConnection, channel: str, chat_id: str) -> list[tuple[int, str]]:
    """The watched symbols of a chat, each with its topic."""
    column = watchlists.c
    wanted = select(column.thread_id, column.symbol).where(column.channel == channel, column.chat_id == chat_id)
    return [(thread_id, symbol) for thread_id, symbol in (await connection.execute(wanted)).all()]


def _address(table: Table, address: Address) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in asdict(address).items()))


async def chats_of(connection: AsyncConnection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Chat]:
    """The active chats among ``keys``, by channel and id."""
    found: dict[tuple[str, str], Chat] = {}
    rules = await _rules(connection, keys)
    for channel, chunk in _chunks(keys):
        wanted = select(*_COLUMNS).where(chats.c.channel == channel, chats.c.chat_id.in_(chunk), chats.c.active.is_(True))
        for row in (await connection.execute(wanted)).all():
            found[channel, row.chat_id] = _chat(row, rules[channel, row.chat_id])
    return found


async def _move_conditions(connection: AsyncConnection, channel: str, old: str, new: str) -> None:
    """Move conditions to the chat's new id, with numbers that are free there."""
    column = conditions.c
    newest = select(func.max(column.number)).where(column.channel == channel, column.chat_id == new)
    free = ((await connection.execute(newest)).scalar() or 0) + 1
    mine = and_(column.channel == channel, column.chat_id == old)
    numbers = list((await connection.execute(select(column.number).where(mine).order_by(column.number))).scalars())
    for i, number in enumerate(numbers):
        moved = update(conditions).where(mine, column.number == number)
        await connection.execute(moved.values(chat_id=new, number=free + i))


async def _rules(connection: AsyncConnection, keys: Collection[tuple[str, str]]) -> defaultdict[tuple[str, str], dict[str, bool]]:
    found: defaultdict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    column = alert_rules.c
    for channel, chunk in _chunks(keys):
        wanted = select(column.chat_id, column.rule, column.wanted).where(column.channel == channel, column.chat_id.in_(chunk))
        for chat_id, rule, on in (await connection.execute(wanted)).all():
            found[channel, chat_id][rule] = bool(on)
    return found


def _chunks(keys: Collection[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A channel with ids of chats in it, so that both columns of the primary key are used."""
    by_channel: defaultdict[str, list[str]] = defaultdict(list)
    for channel, chat_id in keys:
        by_channel[channel].append(chat_id)
    for channel, ids in by_channel.items():
        ids.sort()
        yield from ((channel, tuple(ids[i : i + _CHUNK])) for i in range(0, len(ids), _CHUNK))


async def _deactivate(connection: AsyncConnection, channel: str, chat_id: str, now: int) -> None:
    mine = and_(chats.c.channel == channel, chats.c.chat_id == chat_id)
    await connection.execute(update(chats).where(mine, chats.c.blocked_at == 0).values(blocked_at=now))
    await connection.execute(update(chats).where(mine).values(active=False))


async def _move_deliveries(connection: AsyncConnection, channel: str, old: str, new: str, now: int) -> None:
    """Move open deliveries, and those of stories, to the chat's new id; one that exists there is closed as a duplicate.

    The messages themselves stay in the old chat: they are not edited any more.
    """
    column = deliveries.c
    key = select(column.signal_id, column.thread_id)
    there = {tuple(row) for row in await connection.execute(key.where(column.channel == channel, column.chat_id == new))}
    mine = and_(column.channel == channel, column.chat_id == old)
    waiting = and_(mine, column.status.in_(DUE), column.next_try_at < NEVER)
    for signal_id, thread_id, kind in (await connection.execute(key.add_columns(column.kind).where(waiting))).all():
        change = update(deliveries).where(waiting, column.signal_id == signal_id, column.thread_id == thread_id)
        if (signal_id, thread_id) in there or kind == "edit":
            closed = {"status": DeliveryStatus.FAILED, "next_try_at": NEVER, "error": "the chat has moved"}
            await connection.execute(change.values(updated_at=now, to_report=kind == "signal", **closed))
        else:
            await connection.execute(change.values(chat_id=new, next_try_at=now, updated_at=now))
    told = and_(mine, column.kind == "story", column.next_try_at == NEVER)
    for signal_id, thread_id in (await connection.execute(key.where(told))).all():
        if (signal_id, thread_id) not in there:
            one = and_(told, column.signal_id == signal_id, column.thread_id == thread_id)
            await connection.execute(update(deliveries).where(one).values(chat_id=new, message_id=""))


async def _move_payments(connection: AsyncConnection, channel: str, old: str, new: str) -> None:
    """Move premium that was granted to a group."""
    if channel != "telegram":
        return
    await connection.execute(update(payments).where(payments.c.chat_id == old).values(chat_id=new))
    until = select(func.max(payments.c.paid_until)).where(payments.c.chat_id == new, payments.c.refunded_at == 0)
    mine = and_(chats.c.channel == channel, chats.c.chat_id == new)
    paid = (await connection.execute(until)).scalar() or 0
    await connection.execute(update(chats).where(mine, chats.c.premium_until < paid).values(premium_until=paid))


def _row(chat: Chat, now: int) -> dict[str, Any]:
    return {name: getattr(chat, name) for name in _FIELDS} | {"created_at": now}


def _chat(row: Any, rules: dict[str, bool]) -> Chat:
    fields = dict(zip(_FIELDS, row, strict=False))
    if fields["language"] not in LANGUAGES:  # an invalid row must not stop the alerts
        fields["language"] = LANGUAGES[0]
    return Chat(**fields, rules=rules)

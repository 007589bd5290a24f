"""Who gets the signals of rules: decided by the database, so that only recipients are read, however many chats there are.

The decision is that of ``domain.recipients.Chat.wants``; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    LargeBinary,
    Select,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.domain.recipients import ALL_RULES, PROVISIONAL, Recipient
from shared.events import Signal
from shared.sequences import is_event
from shared.tables import alert_rules, chats, instrument_industries, watched_industries, watchlists

_SYMBOL: Final[BindParameter[str]] = bindparam("symbol")
_RULE: Final[BindParameter[str]] = bindparam("rule")
_TIMEFRAME: Final[BindParameter[str]] = bindparam("timeframe")
_CHANNELS: Final[BindParameter[Sequence[str]]] = bindparam("channels", expanding=True)


def _addresses() -> Any:
    """The addresses that watch the instrument, its industry or everything, of any channel; each once.

    They are looked up by instrument and industry alone: beside a condition on the channel, of which there are few, SQLite would
    read every row of the channel.
    """
    w, i, m, c = watchlists.c, watched_industries.c, instrument_industries.c, chats.c
    named = select(w.channel, w.chat_id, w.thread_id).where(w.symbol == _SYMBOL)
    of_symbol = select(m.industry).where(m.symbol == _SYMBOL)
    by_industry = select(i.channel, i.chat_id, i.thread_id).where(i.industry.in_(of_symbol))
    everything = select(c.channel, c.chat_id, c.watch_all_thread_id.label("thread_id")).where(c.watch_all.is_(True))
    return union(named, by_industry, everything).subquery("addresses")


def _query(*, wanted_by_default: bool, provisional: bool) -> Select[Any]:
    at, c = _addresses(), chats.c
    this, every, forming = (alert_rules.alias(name) for name in ("this_rule", "every_rule", "forming"))

    def of_chat(rules: Any, rule: Any) -> ColumnElement[bool]:
        return and_(rules.c.channel == c.channel, rules.c.chat_id == c.chat_id, rules.c.rule == rule)

    default = true() if wanted_by_default else c.unvalidated.is_(True)
    wants = case((this.c.wanted.is_not(None), this.c.wanted), (every.c.wanted.is_not(None), every.c.wanted), else_=default)
    # bytes, since 1m and 1M differ
    listed = cast(literal(",").concat(c.timeframes).concat(","), LargeBinary)
    on_timeframe = or_(c.timeframes == "", func.instr(listed, _TIMEFRAME) > 0)
    query = (
        select(*((at if name == "thread_id" else chats).c[name] for name in Recipient.__struct_fields__))
        .select_from(at)
        .join(chats, and_(c.channel == at.c.channel, c.chat_id == at.c.chat_id))
        .outerjoin(this, of_chat(this, _RULE))
        .outerjoin(every, of_chat(every, ALL_RULES))
        .where(c.active.is_(True), c.channel.in_(_CHANNELS), wants, on_timeframe)
    )
    if provisional:
        query = query.outerjoin(forming, of_chat(forming, PROVISIONAL)).where(func.coalesce(forming.c.wanted, false()))
    return query


_QUERIES: Final = {
    (wanted, provisional): _query(wanted_by_default=wanted, provisional=provisional)
    for wanted in (True, False)
    for provisional in (True, False)
}


async def recipients_of(connection: AsyncConnection, channels: Sequence[str], signal: Signal) -> list[Recipient]:
    """The addresses in active chats that watch the instrument and want the rule; each once."""
    validated = signal.quality is not None and signal.quality.validated
    query = _QUERIES[is_event(signal.rule, signal.params) or validated, signal.provisional]
    values = {"symbol": signal.symbol, "rule": signal.rule, "timeframe": f",{signal.timeframe},", "channels": list(channels)}
    rows = (await connection.execute(query, values)).all()
    return [Recipient(*row) for row in rows]


async def watched_symbols(
    connection: AsyncConnection, channel: str, chat_ids: Sequence[str], symbols: Sequence[str]
) -> list[tuple[str, int, str]]:
    """Of some chats, what they watch of the symbols: by name or by industry, as (chat id, topic, symbol)."""
    w, i, m = watchlists.c, watched_industries.c, instrument_industries.c
    named = select(w.chat_id, w.thread_id, w.symbol).where(
        w.channel == channel, w.chat_id.in_(tuple(chat_ids)), w.symbol.in_(tuple(symbols))
    )
    by_industry = (
        select(i.chat_id, i.thread_id, m.symbol)
        .join(instrument_industries, m.industry == i.industry)
        .where(i.channel == channel, i.chat_id.in_(tuple(chat_ids)), m.symbol.in_(tuple(symbols)))
    )
    return [
        (chat_id, thread_id, symbol) for chat_id, thread_id, symbol in (await connection.execute(union(named, by_industry))).all()
    ]

"""The bot's commands about conditions that people write: /alert, /alerts, /unalert."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.notifier.domain import condition_replies, replies
from services.notifier.domain.conditions import Asked, ConditionAlert, ParsedCondition, asked, refusal
from services.notifier.domain.instruments import industry
from services.notifier.domain.markup import escape
from services.notifier.domain.messages import Reply
from services.notifier.domain.phrases import say
from services.notifier.domain.ports import ParseError
from services.notifier.domain.recipients import Chat
from services.notifier.handlers import measures
from services.notifier.handlers.desk import Desk
from shared.conditions import ConditionError

MOST_SYMBOLS: Final = 20
EVERYTHING: Final = frozenset({"all", "전체", "*"})


async def alert(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Be told whenever a condition is true."""
    if not rest:
        return Reply(say(chat.language, "alert_help"))
    wish = asked(rest)
    try:
        condition = await desk.parser.parse(wish.condition)
    except ConditionError as error:
        return Reply(condition_replies.refused(error, chat.language))
    except ParseError:
        measures.UPDATES.labels("unparsed").inc()
        return Reply(say(chat.language, "alert_unparsed"))
    wanted = await _scoped(desk, chat, condition, wish)
    if isinstance(wanted, Reply):
        return wanted
    mine = await desk.conditions.of(chat.channel, chat.chat_id)
    known = next((each for each in mine if each.same(wanted)), None)
    count, in_use = await desk.conditions.in_use()
    reason = None if known else refusal(mine, count, in_use, wanted)
    if reason:
        return Reply(say(chat.language, reason))
    now = desk.clock.now()
    await desk.chats.save(replace(chat, active=True), now)
    stored = known or await desk.conditions.add(wanted, now)
    warming_up = await desk.conditions.warming_up() | {*wanted.extra} - in_use  # nobody has requested these before
    lines = [say(chat.language, "alert_same" if known else "alert_set")]
    lines.append(condition_replies.told(stored, chat.language, desk.book.current, warming_up))
    if wanted.scope == "watched" and not chat.watch_all and not await desk.chats.watched(chat.address):
        lines.append(say(chat.language, "alert_watching_none"))
    return Reply("\n".join(lines))


async def _scoped(desk: Desk, chat: Chat, condition: ParsedCondition, wish: Asked) -> ConditionAlert | Reply:
    """The alert with the instruments it is for, or that they are not known."""
    wanted = ConditionAlert(
        chat.channel,
        chat.chat_id,
        0,
        condition.id,
        condition.text,
        condition.timeframe,
        wish.frequency,
        extra=condition.extra,
        thread_id=chat.thread_id,
    )
    if wish.industry:
        known = await desk.market.industries()
        found = industry(wish.industry, known)
        if found is None:
            names = escape(", ".join(one.slug for one in known), 600)
            return Reply(say(chat.language, "no_industry", asked=escape(wish.industry, 40), names=names))
        return replace(wanted, scope="industry", targets=(found.slug,))
    if wish.names:
        instruments, missing = desk.book.current.resolve(wish.names, MOST_SYMBOLS)
        if missing or not instruments:
            return Reply(replies.not_found(missing or [wish.names], desk.book.current, chat.language))
        return replace(wanted, scope="symbols", targets=tuple(one.symbol for one in instruments))
    return wanted


async def alerts(desk: Desk, chat: Chat, rest: str) -> Reply:  # noqa: ARG001
    """The chat's conditions."""
    mine = await desk.conditions.of(chat.channel, chat.chat_id)
    return Reply(condition_replies.alerts_text(mine, chat.language, desk.book.current, await desk.conditions.warming_up()))


async def unalert(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Take a condition away, or all."""
    wanted = rest.strip().lstrip("#").casefold()
    if wanted in EVERYTHING:
        number = None
    elif wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        number = int(wanted)
    else:
        return Reply(say(chat.language, "unalert_help"))
    gone = await desk.conditions.remove(chat.channel, chat.chat_id, number)
    return Reply(say(chat.language, "unalerted" if gone else "unalert_none"))

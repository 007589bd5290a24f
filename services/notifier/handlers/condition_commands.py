"""The bot's commands about user conditions: /alert, /alerts, /unalert, /explain."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.notifier.domain import condition_replies, replies
from services.notifier.domain.conditions import AlertRequest, ConditionAlert, ParsedCondition, exceeded_limit, parse_alert
from services.notifier.domain.instruments import industry
from services.notifier.domain.messages import Reply
from services.notifier.domain.phrases import phrase
from services.notifier.domain.ports import HistoryError, ParseError
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.handlers import metrics
from services.notifier.handlers.bot_context import BotContext
from shared.conditions import ConditionError

MAX_SYMBOLS: Final = 20
MAX_EXPLAINED: Final = 3
SHOWN_TIMES: Final = 5
EVERYTHING: Final = frozenset({"all", "전체", "*"})


async def alert(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Create an alert on a condition."""
    if not arguments:
        return Reply(phrase(chat.language, "alert_help"))
    request = parse_alert(arguments)
    condition = await parsed(context, chat, request.condition)
    if isinstance(condition, Reply):
        return condition
    wanted = await _scoped(context, chat, condition, request)
    if isinstance(wanted, Reply):
        return wanted
    mine = await context.conditions.for_chat(chat.channel, chat.chat_id)
    known = next((each for each in mine if each.is_equivalent(wanted)), None)
    count, in_use = await context.conditions.in_use()
    reason = None if known else exceeded_limit(mine, count, in_use, wanted)
    if reason:
        return Reply(phrase(chat.language, reason))
    now = context.clock.now()
    await context.chats.save(replace(chat, active=True), now)
    stored = known or await context.conditions.add(wanted, now)
    warming_up = await context.conditions.warming_up() | {*wanted.extra} - in_use  # these are requested for the first time
    lines = [phrase(chat.language, "alert_same" if known else "alert_set")]
    lines.append(condition_replies.alert_line(stored, chat.language, context.instruments.current, warming_up))
    lines.append(condition_replies.words(condition, chat.language))
    if wanted.scope == "watched" and not chat.watch_all and not await context.chats.watched(chat.address):
        lines.append(phrase(chat.language, "alert_watching_none"))
    return Reply("\n".join(lines))


async def explain(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Say in words what a condition means, and when it was true last for the instruments named, else the first watched ones."""
    if not arguments:
        return Reply(phrase(chat.language, "explain_help"))
    request = parse_alert(arguments)
    condition = await parsed(context, chat, request.condition)
    if isinstance(condition, Reply):
        return condition
    lines = [condition_replies.words(condition, chat.language), condition_replies.normal_form(condition)]
    index = context.instruments.current
    if request.names:
        found, missing = index.resolve(request.names, MAX_EXPLAINED)
        if missing:
            lines.append(replies.not_found(missing, index, chat.language))
        symbols = [instrument.symbol for instrument in found]
    else:
        symbols = (await context.chats.watched(chat.address))[:MAX_EXPLAINED]
    if context.condition_times and symbols:
        try:
            histories = await context.condition_times.histories(condition.text, symbols, SHOWN_TIMES)
            lines += [condition_replies.history_line(index.get(one.symbol), one, chat.language) for one in histories]
        except HistoryError as error:
            lines.append(phrase(chat.language, f"explain_{error}"))
    return Reply("\n".join(lines))


async def parsed(context: BotContext, chat: Chat, text: str) -> ParsedCondition | Reply:
    """The condition, or the reply that it is none."""
    try:
        return await context.parser.parse(text)
    except ConditionError as error:
        return Reply(condition_replies.error_reply(error, chat.language))
    except ParseError:
        metrics.UPDATES.labels("unparsed").inc()
        return Reply(phrase(chat.language, "alert_unparsed"))


async def _scoped(context: BotContext, chat: Chat, condition: ParsedCondition, request: AlertRequest) -> ConditionAlert | Reply:
    """The alert with its instruments, or the reply that they are unknown."""
    wanted = ConditionAlert(
        chat.channel,
        chat.chat_id,
        0,
        condition.id,
        condition.text,
        condition.timeframe,
        request.frequency,
        extra=condition.extra,
        thread_id=chat.thread_id,
    )
    if request.industry:
        known = await context.market.industries()
        found = industry(request.industry, known)
        if found is None:
            names = escape(", ".join(one.slug for one in known), 600)
            return Reply(phrase(chat.language, "no_industry", asked=escape(request.industry, 40), names=names))
        return replace(wanted, scope="industry", targets=(found.slug,))
    if request.names:
        instruments, missing = context.instruments.current.resolve(request.names, MAX_SYMBOLS)
        if missing or not instruments:
            return Reply(replies.not_found(missing or [request.names], context.instruments.current, chat.language))
        return replace(wanted, scope="symbols", targets=tuple(one.symbol for one in instruments))
    return wanted


async def alerts(context: BotContext, chat: Chat, arguments: str) -> Reply:  # noqa: ARG001
    """List the chat's alerts."""
    mine = await context.conditions.for_chat(chat.channel, chat.chat_id)
    return Reply(
        condition_replies.alerts_text(mine, chat.language, context.instruments.current, await context.conditions.warming_up())
    )


async def unalert(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Remove one alert, or all."""
    wanted = arguments.strip().lstrip("#").casefold()
    if wanted in EVERYTHING:
        number = None
    elif wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        number = int(wanted)
    else:
        return Reply(phrase(chat.language, "unalert_help"))
    gone = await context.conditions.remove(chat.channel, chat.chat_id, number)
    return Reply(phrase(chat.language, "unalerted" if gone else "unalert_none"))

"""/alert: makes an alert on a condition, or on a price (``/alert AAPL above 200``, ``/alert AAPL +5%``)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.notifier.bot.commands.parsing import requested
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import condition_replies, replies
from services.notifier.domain.alert_builder import short_form
from services.notifier.domain.conditions import (
    AlertRequest,
    ConditionAlert,
    ParsedCondition,
    exceeded_limit,
)
from services.notifier.domain.instruments import industry
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.conditions import ConditionParser, ConditionStore
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.premium_replies import needs_premium
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.tiers import Tiers
from services.notifier.words.catalogue import phrase

MAX_SYMBOLS: Final = 20


async def alert(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    conditions: ConditionStore,
    parser: ConditionParser,
    market: MarketStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
    tiers: Tiers,
) -> Reply:
    """Create an alert on a condition."""
    if not arguments:
        build = Button(phrase(chat.language, "alerts-build"), "build")
        return Reply(phrase(chat.language, "alert-help"), ((build,),))
    read = await requested(chat, short_form(arguments, instruments.current) or arguments, parser, instruments.current)
    if isinstance(read, Reply):
        return read
    request, condition = read
    now = clock.now()
    if not tiers.allows(chat, condition.timeframe, now, request.frequency):
        return needs_premium(chat, "premium-timeframe")
    wanted = await _scoped(chat, condition, request, market, instruments)
    if isinstance(wanted, Reply):
        return wanted
    mine = await conditions.for_chat(chat.channel, chat.chat_id)
    known = next((each for each in mine if each.is_equivalent(wanted)), None)
    count, in_use = await conditions.in_use()
    most = tiers.most_conditions(chat, now)
    reason = None if known else exceeded_limit(mine, count, in_use, wanted, most)
    if reason == "alert-full" and not tiers.is_full(chat, now):
        return needs_premium(chat, "premium-conditions")
    if reason:
        return Reply(phrase(chat.language, reason, **({"most": most} if reason == "alert-full" else {})))
    await chats.save(replace(chat, active=True), now)
    stored = known or await conditions.add(wanted, now)
    warming_up = await conditions.warming_up() | {*wanted.extra} - in_use  # these are requested for the first time
    lines = [phrase(chat.language, "alert-same") if known else phrase(chat.language, "alert-set", frequency=stored.frequency)]
    lines.append(condition_replies.alert_line(stored, chat.language, instruments.current, warming_up))
    lines.append(condition_replies.normal_form(stored.text))
    if wanted.scope == "watched" and not chat.watch_all and not await watchlists.watched(chat.address):
        lines.append(phrase(chat.language, "alert-watching-none"))
    change = Button(phrase(chat.language, "alerts-change"), f"alerts {stored.number}")
    return Reply("\n".join(lines), ((change,),))


async def _scoped(
    chat: Chat, condition: ParsedCondition, request: AlertRequest, market: MarketStore, instruments: LatestInstruments
) -> ConditionAlert | Reply:
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
        known = await market.industries()
        found = industry(request.industry, known)
        if found is None:
            names = ", ".join(f"{replies.industry_name(one, chat.language)} (<code>{escape(one.slug)}</code>)" for one in known)
            return Reply(phrase(chat.language, "no-industry", asked=escape(request.industry, 40), names=names))
        return replace(wanted, scope="industry", targets=(found.slug,))
    if request.names:
        found_instruments, missing = instruments.current.resolve(request.names, MAX_SYMBOLS)
        if missing or not found_instruments:
            return Reply(replies.not_found(missing or [request.names], instruments.current, chat.language))
        return replace(wanted, scope="symbols", targets=tuple(one.symbol for one in found_instruments))
    return wanted

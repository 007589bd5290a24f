"""The bot's command /backtest SYMBOL CONDITION [exit after N bars | exit CONDITION]."""

from __future__ import annotations

from services.notifier.domain import replies
from services.notifier.domain.backtest_replies import text
from services.notifier.domain.backtests import BacktestRequest, BacktestText, parse_backtest
from services.notifier.domain.conditions import ParsedCondition
from services.notifier.domain.messages import Reply
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.handlers.bot_context import BotContext
from services.notifier.handlers.condition_commands import parsed
from shared.events import Timeframe


async def backtest(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Begin a backtest and answer at once; the result follows as a message of its own."""
    asked = parse_backtest(arguments)
    if asked is None:
        return Reply(text(chat.language, "help"))
    if context.backtests is None:
        return Reply(text(chat.language, "missing"))
    instruments, missing = context.instruments.current.resolve(asked.name, 1)
    if not instruments:
        return Reply(replies.not_found(missing or [asked.name], context.instruments.current, chat.language))
    request = await _request(context, chat, asked, instruments[0].symbol)
    if isinstance(request, Reply):
        return request
    if context.backtests.is_busy(chat.address):
        return Reply(text(chat.language, "busy"))
    context.backtests.start(chat.address, chat.language, instruments[0], request)
    return Reply(text(chat.language, "running"))


async def _request(context: BotContext, chat: Chat, asked: BacktestText, symbol: str) -> BacktestRequest | Reply:
    """The request with conditions in their normal form, or the reply that one of them is none."""
    entry = await parsed(context, chat, asked.entry)
    if isinstance(entry, Reply):
        return entry
    if not asked.exit:
        return BacktestRequest(symbol, entry.timeframe, entry.text, bars=asked.bars)
    leave = await _exit(context, chat, asked.exit, entry.timeframe)
    if isinstance(leave, Reply):
        return leave
    if leave.timeframe != entry.timeframe:
        return Reply(text(chat.language, "timeframes", entry=escape(entry.text, 500), exit=escape(leave.text, 500)))
    return BacktestRequest(symbol, entry.timeframe, entry.text, leave.text)


async def _exit(context: BotContext, chat: Chat, condition: str, timeframe: str) -> ParsedCondition | Reply:
    """The exit, on the bars of the entry where it names none."""
    leave = await parsed(context, chat, condition)
    if isinstance(leave, Reply) or leave.timeframe == timeframe:
        return leave
    same = await parsed(context, chat, f"{condition} on {Timeframe(timeframe).word}")
    return leave if isinstance(same, Reply) else same

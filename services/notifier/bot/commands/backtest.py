"""/backtest SYMBOL CONDITION [exit after N bars | exit CONDITION]."""

from __future__ import annotations

from services.notifier.bot.backtests import Backtests
from services.notifier.bot.commands.parsing import parsed
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import replies
from services.notifier.domain.backtests import BacktestRequest, BacktestText, parse_backtest
from services.notifier.domain.conditions import ParsedCondition
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.conditions import ConditionParser
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import Timeframe


async def backtest(
    chat: Chat, arguments: str, parser: ConditionParser, instruments: LatestInstruments, backtests: Backtests | None
) -> Reply:
    """Begin a backtest and answer at once; the result follows as a message of its own."""
    asked = parse_backtest(arguments)
    if asked is None:
        return Reply(phrase(chat.language, "backtest-help"))
    if backtests is None:
        return Reply(phrase(chat.language, "backtest-missing"))
    found, missing = instruments.current.resolve(asked.name, 1)
    if not found:
        return Reply(replies.not_found(missing or [asked.name], instruments.current, chat.language))
    request = await _request(parser, chat, asked, found[0].symbol)
    if isinstance(request, Reply):
        return request
    if backtests.is_busy(chat.address):
        return Reply(phrase(chat.language, "backtest-busy"))
    backtests.start(chat, found[0], request)
    return Reply(phrase(chat.language, "backtest-running"))


async def _request(parser: ConditionParser, chat: Chat, asked: BacktestText, symbol: str) -> BacktestRequest | Reply:
    """The request with conditions in their normal form, or the reply that one of them is none."""
    entry = await parsed(chat, asked.entry, parser)
    if isinstance(entry, Reply):
        return entry
    if not asked.exit:
        return BacktestRequest(symbol, entry.timeframe, entry.text, bars=asked.bars)
    leave = await _exit(parser, chat, asked.exit, entry.timeframe)
    if isinstance(leave, Reply):
        return leave
    if leave.timeframe != entry.timeframe:
        return Reply(phrase(chat.language, "backtest-timeframes", entry=escape(entry.text, 500), exit=escape(leave.text, 500)))
    return BacktestRequest(symbol, entry.timeframe, entry.text, leave.text)


async def _exit(parser: ConditionParser, chat: Chat, condition: str, timeframe: str) -> ParsedCondition | Reply:
    """The exit, on the bars of the entry where it names none."""
    leave = await parsed(chat, condition, parser)
    if isinstance(leave, Reply) or leave.timeframe == timeframe:
        return leave
    same = await parsed(chat, f"{condition} on {Timeframe(timeframe).word}", parser)
    return leave if isinstance(same, Reply) else same

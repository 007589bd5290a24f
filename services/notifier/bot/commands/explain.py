"""/explain: what a condition means, and when it was true last."""

from __future__ import annotations

from typing import Final

from services.notifier.bot.commands.parsing import requested
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import condition_replies, replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.conditions import ConditionParser, ConditionTimes, HistoryError
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase

MAX_EXPLAINED: Final = 3
SHOWN_TIMES: Final = 5


async def explain(
    chat: Chat,
    arguments: str,
    watchlists: Watchlists,
    parser: ConditionParser,
    instruments: LatestInstruments,
    condition_times: ConditionTimes | None,
) -> Reply:
    """Say in words what a condition means, and when it was true last for the instruments named, else the first watched ones."""
    if not arguments:
        return Reply(phrase(chat.language, "explain-help"))
    read = await requested(chat, arguments, parser, instruments.current)
    if isinstance(read, Reply):
        return read
    request, condition = read
    lines = [condition_replies.words(condition, chat.language), condition_replies.normal_form(condition.text)]
    index = instruments.current
    if request.names:
        found, missing = index.resolve(request.names, MAX_EXPLAINED)
        if missing:
            lines.append(replies.not_found(missing, index, chat.language))
        symbols = [instrument.symbol for instrument in found]
    else:
        symbols = (await watchlists.watched(chat.address))[:MAX_EXPLAINED]
    if condition_times and symbols:
        try:
            histories = await condition_times.histories(condition.text, symbols, SHOWN_TIMES)
            lines += [condition_replies.history_line(index.get(one.symbol), one, chat) for one in histories]
        except HistoryError as error:
            lines.append(phrase(chat.language, f"explain-{error}"))
    return Reply("\n".join(lines))

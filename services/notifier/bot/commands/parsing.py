"""Parses the condition in a command."""

from __future__ import annotations

from dataclasses import replace

from services.notifier.delivery import metrics
from services.notifier.domain import condition_replies
from services.notifier.domain.conditions import AlertRequest, ParsedCondition, parse_alert
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.conditions import ConditionParser, ParseError
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import phrase
from shared.conditions import ConditionError


async def parsed(chat: Chat, text: str, parser: ConditionParser) -> ParsedCondition | Reply:
    """The condition, or the reply that it is none."""
    try:
        return await parser.parse(text)
    except ConditionError as error:
        return Reply(condition_replies.error_reply(error, chat.language))
    except ParseError:
        metrics.UPDATES.labels("unparsed").inc()
        return Reply(phrase(chat.language, "alert-unparsed"))


async def requested(
    chat: Chat, line: str, parser: ConditionParser, index: InstrumentIndex
) -> tuple[AlertRequest, ParsedCondition] | Reply:
    """The parts of an alert and its condition; the instrument may come first, as in ``TSLA rsi_14 < 30 on 1h``."""
    request = parse_alert(line)
    condition = await parsed(chat, request.condition, parser)
    if not isinstance(condition, Reply):
        return request, condition
    name, _, rest = request.condition.partition(" ")
    instrument = None if request.names or request.industry else index.find(name)
    if instrument is None or not rest.strip():
        return condition
    behind = await parsed(chat, rest.strip(), parser)
    return behind if isinstance(behind, Reply) else (replace(request, condition=rest.strip(), names=instrument.symbol), behind)

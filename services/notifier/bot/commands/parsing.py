"""Parses the condition in a command."""

from __future__ import annotations

from services.notifier.delivery import metrics
from services.notifier.domain import condition_replies
from services.notifier.domain.conditions import ParsedCondition
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

"""/industry: how industries and markets stand."""

from __future__ import annotations

from services.notifier.bot.industries import LatestIndustries
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import industry_replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.recipients import Chat


async def industry(chat: Chat, arguments: str, industries: LatestIndustries, instruments: LatestInstruments) -> Reply:
    """The newest view of an industry or a market; the list of all where none is named."""
    known = industries.current
    if not arguments:
        return Reply(industry_replies.list_text(known, chat.language))
    view = known.find(arguments)
    if view is None:
        return Reply(industry_replies.missing_text(arguments, known, chat.language))
    return Reply(industry_replies.view_text(view, instruments.current, chat))

"""/quality: what followed past signals of a rule."""

from __future__ import annotations

from typing import Final

from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import quality_replies, replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.sequences import vocabulary

ALL_INSTRUMENTS: Final = "*"
"""The group of the records of all instruments together."""


async def quality(chat: Chat, arguments: str, market: MarketStore, instruments: LatestInstruments) -> Reply:
    """What followed past signals of a rule: of all instruments, or as alerts on one instrument show it."""
    rule, _, symbol = arguments.strip().partition(" ")
    rule = rule.lower()
    if rule not in vocabulary():
        text = phrase(chat.language, "rules-unknown", names=escape(rule, 48)) if rule else phrase(chat.language, "quality-help")
        return Reply(text)
    groups = [ALL_INSTRUMENTS]
    if symbol.strip():
        found, missing = instruments.current.resolve(symbol, 1)
        if not found:
            return Reply(replies.not_found(missing, instruments.current, chat.language))
        known = await market.industries_of([found[0].symbol])
        groups += [found[0].symbol, *sorted(known.get(found[0].symbol, ()))]
    records = quality_replies.chosen(await market.quality(rule, groups))
    return Reply(quality_replies.quality_reply(rule, records, chat.language))

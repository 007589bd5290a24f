"""The buttons under an alert: why it came, and the record of its rule."""

from __future__ import annotations

from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain import quality_replies
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.domain.record_chart import record_chart
from services.notifier.domain.why_replies import why_text
from services.notifier.words.catalogue import phrase


async def why(chat: Chat, arguments: str, watchlists: Watchlists, market: MarketStore, instruments: LatestInstruments) -> Reply:
    """Why the chat got a signal. ``arguments``: the signal's id."""
    signal = await market.signal(arguments.strip())
    if signal is None:
        return Reply(phrase(chat.language, "why-unknown"), notice=True)
    mine = set(await watchlists.industries(chat.address))
    of = (await market.industries_of([signal.symbol])).get(signal.symbol, set())
    watched = await watchlists.watched(chat.address)
    return Reply(why_text(signal, instruments.current.get(signal.symbol), chat, watched, mine & of))


async def record(
    chat: Chat, arguments: str, market: MarketStore, instruments: LatestInstruments, pictures: PictureCache | None
) -> Reply:
    """The out-of-sample record of a signal's rule, with a chart. ``arguments``: the signal's id."""
    signal = await market.signal(arguments.strip())
    if signal is None:
        return Reply(phrase(chat.language, "why-unknown"), notice=True)
    known = await market.industries_of([signal.symbol])
    groups = ["*", signal.symbol, *sorted(known.get(signal.symbol, ()))]
    records = [
        each
        for each in quality_replies.chosen(await market.quality(signal.rule, groups))
        if each.timeframe == signal.timeframe and each.direction == signal.direction
    ]
    text = quality_replies.quality_reply(signal.rule, records, chat.language)
    chart = record_chart(records, signal, instruments.current.get(signal.symbol), chat)
    picture = await pictures.record(chart) if pictures is not None and chart is not None else None
    return Reply(text, picture=picture)

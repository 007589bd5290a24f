"""/brief: what the newest session of a market brought, or its week."""

from __future__ import annotations

from services.notifier.delivery.briefings import Briefings, kind_of
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain.briefings.building import MarketPeriod, audience_of, chosen_markets
from services.notifier.domain.briefings.buttons import briefing_buttons
from services.notifier.domain.briefings.text import caption, whole_text
from services.notifier.domain.briefings.universe import Market, Universe
from services.notifier.domain.instruments import search_key
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.briefings import Kind


async def brief(
    chat: Chat, arguments: str, watchlists: Watchlists, briefings: Briefings, instruments: LatestInstruments, clock: TimeAndRandom
) -> Reply:
    """The newest briefing. ``arguments``: ``[MARKET] [weekly] [whole]``; without a market, that of the chat which closed last."""
    words = arguments.split()
    whole, kind = "whole" in words, kind_of("weekly" if "weekly" in words or "주간" in words else "daily")
    named = " ".join(word for word in words if word not in {"whole", "weekly", "daily", "주간", "일간"})
    universe = await briefings.store.universe()
    symbols, industries = (await watchlists.watched_by(chat.channel, [chat.chat_id])).get(chat.chat_id, (set(), set()))
    mine = chosen_markets(chat, universe, symbols, industries)
    market = _named(named, universe) if named else None
    if named and market is None:
        known = ", ".join(f"{escape(each.names.of(chat.language), 40)} (<code>{each.slug}</code>)" for each in universe.briefed())
        return Reply(phrase(chat.language, "brief-no-market", asked=escape(named, 40), names=known or "-"))
    period = await _newest(briefings, [market] if market else mine, kind, universe, clock.now())
    if period is None:
        return Reply(phrase(chat.language, "brief-empty"))
    stored = await briefings.unstored(period, audience_of(chat, period.market, universe, symbols, industries))
    picture = None if whole else await briefings.picture(stored, dark=chat.dark)
    text = (whole_text if picture is None else caption)(stored.briefing, instruments.current)
    buttons = briefing_buttons(stored.briefing, chat.language, short=picture is not None, others=mine)
    return Reply(text, buttons, picture=picture)


async def _newest(briefings: Briefings, markets: list[Market], kind: Kind, universe: Universe, now: int) -> MarketPeriod | None:
    """The period of the market that closed last."""
    closes = [
        (found[1], market) for market in markets if (found := await briefings.store.newest_close(universe.symbols(market), now))
    ]
    newest = max(closes, key=lambda each: each[0], default=None)
    return None if newest is None else await briefings.period(newest[1], kind, universe, now)


def _named(text: str, universe: Universe) -> Market | None:
    wanted = search_key(text)
    return next((each for each in universe.briefed() if wanted in _spellings(each)), None)


def _spellings(market: Market) -> set[str]:
    """What a market is called: also without the word market, as in ``US`` and ``한국``."""
    names = (market.slug, market.names.en, market.names.ko)
    keys = {search_key(name) for name in names}
    return keys | {key.removesuffix(search_key(word)) for key in keys for word in ("market", "시장")} - {""}

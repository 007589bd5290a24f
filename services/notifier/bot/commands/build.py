"""/build: makes an alert step by step, by buttons: the instrument, what should happen, the value."""

from __future__ import annotations

from services.notifier.bot.commands.conditions import alert
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.domain import build_replies
from services.notifier.domain.alert_builder import KINDS, built, parse_value, suggested_values
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.conditions import ConditionParser, ConditionStore
from services.notifier.domain.ports.market import MarketStore, Quotes
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import not_found
from services.notifier.domain.tiers import Tiers

WATCHLIST = "watchlist"


async def build(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    conditions: ConditionStore,
    parser: ConditionParser,
    market: MarketStore,
    quotes: Quotes,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
    tiers: Tiers,
) -> Reply:
    """Show the next step; ``INSTRUMENT KIND VALUE`` makes the alert."""
    index = instruments.current
    first, *rest = arguments.split(" ") if arguments.strip() else [""]
    if not first:
        watched = await watchlists.watched(chat.address)
        return build_replies.instrument_step(chat, [index.get(symbol) for symbol in watched[: build_replies.SHOWN]])
    if not rest or rest[0] not in KINDS:
        instrument = index.find(arguments)
        if first == WATCHLIST or instrument is not None:
            return build_replies.kind_step(chat, instrument, WATCHLIST if instrument is None else instrument.symbol)
        step = build_replies.instrument_step(chat, index.suggestions(arguments, build_replies.SHOWN))
        return Reply(f"{not_found([arguments], index, chat.language)}\n{step.text}", step.buttons, expects=step.expects)
    kind, typed = rest[0], " ".join(rest[1:])
    value = parse_value(typed)
    if value is None or not KINDS[kind].fits(value):
        quote = quotes.get(first)
        values = suggested_values(kind, quote.last_price if quote else None, index.get(first))
        return build_replies.value_step(chat, first, kind, values, index.get(first), typed)
    text = built(kind, value, "" if first == WATCHLIST else first)
    return await alert(chat, text, chats, watchlists, conditions, parser, market, instruments, clock, tiers)

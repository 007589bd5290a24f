"""/analyze, /chart, /compare and /top: what the stored bars, signals and industries say."""

from __future__ import annotations

from typing import Final

from services.notifier.bot.industries import LatestIndustries
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain import analysis_replies, replies
from services.notifier.domain.alert_text import title
from services.notifier.domain.analysis import YEAR, correlation, facts
from services.notifier.domain.charts import SHOWN, ChartBar, ChartRequest, Overlay
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.stories import NewsStore
from services.notifier.domain.premium_replies import needs_premium
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import clean, escape
from services.notifier.domain.tiers import Tiers
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import Timeframe

READ: Final = YEAR + SHOWN
"""Daily bars: a year, and the warm-up of the averages."""
AVERAGES: Final = (Overlay("sma", 20), Overlay("sma", 50), Overlay("sma", 200))


async def analyze(
    chat: Chat,
    arguments: str,
    market: MarketStore,
    news_stories: NewsStore,
    instruments: LatestInstruments,
    industries: LatestIndustries,
    clock: TimeAndRandom,
    pictures: PictureCache | None,
) -> Reply:
    """Trend, indicators in words, patterns, signals with records, news and industries of an instrument, with a picture."""
    instrument = instruments.current.find(arguments)
    if instrument is None:
        return _unknown(chat, arguments, "analyze", instruments)
    bars = await market.bars(instrument.symbol, Timeframe.D1.value, clock.now(), READ)
    found = facts(bars)
    if found is None:
        return Reply(f"{replies.heading(instrument, chat.language)}\n{phrase(chat.language, 'no-price')}")
    signals, patterns = await market.signals([instrument.symbol], 3), await market.patterns(instrument.symbol, 2)
    stories = await news_stories.newest([("symbol", instrument.symbol)], 2)
    views = analysis_replies.industries_with(instrument.symbol, industries.current.views)
    text = analysis_replies.analysis_text(instrument, found, bars[-1], signals, views, patterns, stories, chat)
    more = Button(phrase(chat.language, "alerts-build"), f"build {instrument.symbol}")
    picture = await _picture(chat, instrument, Timeframe.D1, bars, pictures)
    return Reply(text, ((more,),), picture=picture)


async def chart(
    chat: Chat,
    arguments: str,
    market: MarketStore,
    instruments: LatestInstruments,
    clock: TimeAndRandom,
    pictures: PictureCache | None,
    tiers: Tiers,
) -> Reply:
    """The candles of an instrument. ``arguments``: its name, and a timeframe (1d without one)."""
    name, _, last = arguments.rpartition(" ")
    timeframe = next((each for each in Timeframe if last in {each.value, *(names[each] for names in TIMEFRAMES.values())}), None)
    instrument = instruments.current.find(name if timeframe else arguments)
    if instrument is None and instruments.current.find(name) is not None:
        known = ", ".join(each.value for each in Timeframe)
        return Reply(phrase(chat.language, "chart-timeframe", asked=escape(last, 20), known=known))
    if instrument is None:
        return _unknown(chat, name if timeframe else arguments, "chart", instruments)
    frame = timeframe or Timeframe.D1
    if not tiers.allows(chat, frame.value, clock.now()):
        return needs_premium(chat, "premium-chart")
    bars = await market.bars(instrument.symbol, frame.value, clock.now(), SHOWN + 200)
    picture = await _picture(chat, instrument, frame, bars, pictures)
    if not bars:
        nothing = phrase(chat.language, "chart-empty", timeframe=TIMEFRAMES[chat.language][frame])
        return Reply(f"{replies.heading(instrument, chat.language)}\n{nothing}")
    return Reply(replies.bar_text(instrument, bars[-1], chat), picture=picture)


async def compare(chat: Chat, arguments: str, market: MarketStore, instruments: LatestInstruments, clock: TimeAndRandom) -> Reply:
    """Two instruments: changes, how much they swing, and how much they move together."""
    found, missing = instruments.current.resolve(arguments, 2)
    if missing:
        return Reply(replies.not_found(missing, instruments.current, chat.language))
    if len(found) != 2:
        return Reply(phrase(chat.language, "compare-help"))
    bars = [await market.bars(each.symbol, Timeframe.D1.value, clock.now(), READ) for each in found]
    return Reply(analysis_replies.compare_text(found, [facts(each) for each in bars], correlation(*bars), chat))


async def top(chat: Chat, arguments: str, instruments: LatestInstruments, industries: LatestIndustries) -> Reply:  # noqa: ARG001
    """The industries that move most, with their leaders."""
    return Reply(analysis_replies.top_text(industries.current.views, instruments.current, chat))


async def _picture(
    chat: Chat, instrument: KnownInstrument, timeframe: Timeframe, bars: tuple[ChartBar, ...], pictures: PictureCache | None
) -> bytes | None:
    if pictures is None or len(bars) < 2:
        return None
    heading = f"{title(instrument, chat.language)} · {TIMEFRAMES[chat.language][timeframe]}"
    return await pictures.picture(
        ChartRequest(
            title=clean(heading, 160),
            bars=bars,
            overlays=AVERAGES,
            fired_at=0,
            direction="",
            kind=instrument.kind,
            currency=instrument.currency,
            language="ko" if chat.language == "ko" else "en",
            dark=chat.dark,
            note=phrase(chat.language, "alert-replayed") if bars[-1].replayed else "",
        )
    )


def _unknown(chat: Chat, text: str, name: str, instruments: LatestInstruments) -> Reply:
    if not text.strip():
        return Reply(phrase(chat.language, "which", name=name))
    return Reply(replies.not_found([text], instruments.current, chat.language))

"""Every command in both languages: prices with their instrument's decimals, names with their particles, no Korean in English."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.notifier.bot.commands.table import COMMANDS
from services.notifier.domain.alert_text import alert_text
from services.notifier.domain.digest_text import digest_text, group_text
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.recipients import Chat
from shared import wire as encoding
from shared.db import Database
from shared.events import IndustryMember, Mover, Quote, Signal
from shared.kafka import Record
from shared.particles import with_particle
from shared.tables import bars, instruments, signals
from tests.databases import on_sqlite
from tests.notifier.parts import APPLE, NOW, industry, signal
from tests.notifier.test_bot import BotUser, bot_user
from tests.notifier.test_setup import list_industries

DAY = 86_400_000
PRICES = {
    "EURUSD=X": (KnownInstrument("EURUSD=X", "Euro", "유로", "USD", "fx"), 1.08432, "1.08432"),
    "XRP-USD": (KnownInstrument("XRP-USD", "XRP", "리플", "USD", "crypto"), 2.1534, "2.1534"),
    "069500.KS": (KnownInstrument("069500.KS", "KODEX 200", "코덱스 200", "KRW", "etf"), 35_105.0, "35,105"),
    "005930.KS": (KnownInstrument("005930.KS", "Samsung Electronics", "삼성전자", "KRW", "stock"), 71_500.0, "71,500"),
    "IBM": (KnownInstrument("IBM", "IBM", "IBM", "USD", "stock"), 182.5, "182.50"),
}
"""Named by Hangul with and without a final consonant, by a digit and by Latin letters; and how each price is shown."""
LINES = {
    "price": "/price {symbol}", "watch": "/watch {symbol}", "list": "/list", "signals": "/signals {symbol}",
    "news": "/news {symbol}", "alert": "/alert {symbol} above {price}", "alerts": "/alerts", "build": "/build {symbol} above",
    "explain": "/explain close > {price} for {symbol}", "quality": "/quality golden_cross {symbol}", "industry": "/industry phones",
    "top": "/top", "analyze": "/analyze {symbol}", "chart": "/chart {symbol}", "compare": "/compare {symbol}, AAPL",
    "backtest": "/backtest {symbol} close > {price}", "why": "/why {signal}", "record": "/record {signal}",
    "unalert": "/unalert all", "unwatch": "/unwatch {symbol}", "brief": "/brief us", "rules": "/rules", "mute": "/mute 1h",
    "settings": "/settings", "premium": "/premium", "status": "/status", "help": "/help", "link": "/link", "privacy": "/privacy",
    "export": "/export", "paysupport": "/paysupport", "terms": "/terms", "payments": "/payments", "refund": "/refund",
    "grant": "/grant", "flags": "/flags", "stats": "/stats", "broadcast": "/broadcast", "setup": "/setup", "start": "/start",
    "forget": "/forget",
}  # fmt: skip
"""A line of each command."""
OF_CONDITIONS = {"alert", "alerts", "explain"}
"""They repeat the number of the user's condition as it was given."""
BILINGUAL = {"setup"}
"""Where the language is chosen."""
PARTICLES = ("은/는", "이/가", "을/를", "과/와", "으로/로")


def test_every_command_is_asked() -> None:
    assert LINES.keys() | {"lang"} == COMMANDS.keys()


def fired(symbol: str) -> Signal:
    price = PRICES[symbol][1]
    return signal(symbol=symbol, price=price, level=price, evidence={"close": price})


async def fill(database: Database) -> None:
    """The instruments with thirty daily bars at one price, and a signal of each."""
    listed = [
        APPLE | {"symbol": each.symbol, "name_en": each.name_en, "name_ko": each.name_ko, "currency": each.currency,
                 "kind": each.kind, "aliases": "[]"}
        for each, *_ in PRICES.values() if each.symbol != "005930.KS"
    ]  # fmt: skip
    about = {"timeframe": "1d", "session": 20240101, "price_factor": 1.0, "split_factor": 1.0, "source": "test", "replayed": False}
    history = [
        about | {"symbol": symbol, "ts_close": NOW - i * DAY, "ts_open": NOW - i * DAY - 23_400_000, "volume": 1e6}
        | dict.fromkeys(("open", "high", "low", "close"), PRICES.get(symbol, (None, 100.0))[1])
        for symbol in (*PRICES, "AAPL") for i in range(30)
    ]  # fmt: skip
    stored = [
        {"id": each.id, "symbol": each.symbol, "timeframe": "1d", "rule": each.rule, "direction": "up", "ts_event": NOW,
         "body": encoding.encode(each).decode()}
        for each in map(fired, PRICES)
    ]  # fmt: skip
    async with database.begin() as connection:
        for table, rows in ((instruments, listed), (bars, history), (signals, stored)):
            await connection.execute(table.insert(), rows)


def wrong(text: str, symbol: str, language: str, command: str = "") -> list[str]:
    """What is wrong in a text about an instrument; what stands in code is the language of conditions, with plain numbers."""
    instrument, price, shown = PRICES[symbol]
    read = re.sub(r"<(code|pre)>.*?</\1>", "", text, flags=re.DOTALL)
    read = re.sub(r"<[^<>]*>", "", read)
    numbers = [found.strip(",.") for found in re.findall(r"\d[\d,.]*", read)]
    near = [number for number in numbers if _near(number, price)]
    plain = f"{price:,.10g}" if command in OF_CONDITIONS else shown
    found = [f"price {number}" for number in near if number not in {shown, plain}]
    if command in BILINGUAL:
        return found
    if language == "en":
        read = read.replace("한국어", "")
        for known, *_ in PRICES.values():
            read = read.replace(known.name_ko, "")
        found += [f"Korean {word}" for word in re.findall("[가-힣]+", read)]
        return found
    for name in (instrument.name_ko, instrument.name_en, symbol):
        for pair in PARTICLES:
            for form in pair.split("/"):
                if re.search(re.escape(name + form) + r"(?=[\s.,])", read) and with_particle(name, pair) != name + form:
                    found.append(f"particle {name + form}")
    return found


def _near(number: str, price: float) -> bool:
    try:
        return abs(float(number.replace(",", "")) / price - 1) < 1e-3
    except ValueError:
        return False


async def prepare(user: BotUser) -> None:
    await fill(user.parts.database)
    await list_industries(user.parts.database)
    await user.parts.instruments.refresh()
    quotes: list[Record[Any]] = []
    for symbol, (_, price, _) in PRICES.items():
        fields: dict[str, Any] = {
            "last_price": price,
            "prev_close": price,
            "day_low": price,
            "day_high": price,
            "change": 0.0,
            "change_percent": 0.0,
        }
        quote = Quote(symbol=symbol, ts_event=NOW, ts_init=NOW, source="x", replayed=True, **fields)
        quotes.append(Record("market.quotes.v1", 0, 0, NOW, symbol, quote, None))
    await user.quotes.handle(quotes)
    movers = tuple(Mover(symbol=symbol, move=0.01, last_price=price) for symbol, (_, price, _) in PRICES.items())
    members = tuple(IndustryMember(symbol=symbol) for symbol in PRICES)
    await user.industries.handle([industry("phones", "Phones", "휴대폰", median_move=0.01, leaders=movers, members=members)])


@on_sqlite
@pytest.mark.parametrize(
    ("language", "step"),
    [("ko", 2), *(pytest.param(language, 1, marks=pytest.mark.thorough) for language in ("ko", "en"))],
    ids=["ko", "ko-all", "en-all"],
)
async def test_every_command_shows_names_and_prices_right(database_url: str, language: str, step: int) -> None:
    async with bot_user(database_url, operators=frozenset({"7"})) as user:
        await prepare(user)
        await user.ask(f"/lang {language}")
        mistakes, chosen = [], list(PRICES)[::step]
        shown = dict.fromkeys(chosen, 0)
        for symbol in chosen:
            _, price, written = PRICES[symbol]
            about_one = [name for name, line in LINES.items() if "{" in line or name in {"list", "alerts", "top", "industry"}]
            for name in about_one if symbol != "IBM" else LINES:
                answer = await user.ask(LINES[name].format(symbol=symbol, price=price, signal=fired(symbol).id))
                labels = "\n".join(user.telegram.accepted[-1].labels)
                mistakes += [f"/{name} {symbol}: {each}" for each in wrong(f"{answer}\n{labels}", symbol, language, name)]
                shown[symbol] += written in answer + labels
        assert mistakes == [], "\n".join(mistakes)
        assert min(shown.values()) >= 6, shown


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_form_of_an_alert_shows_names_and_prices_right(language: str) -> None:
    chat = Chat("telegram", "7", language=language)
    index = InstrumentIndex(known for known, *_ in PRICES.values())
    for symbol, (known, _, written) in PRICES.items():
        found = fired(symbol)
        for text in (
            alert_text(found, known, language),
            group_text([found, found], known, chat, repeat=False),
            digest_text([found], index, chat, repeat=False),
        ):
            assert wrong(text, symbol, language) == []
            assert written in text or text.startswith("📦"), "a digest has no prices"

"""Replies of the bot that are longer than a phrase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.notifier.domain.alert_text import title
from services.notifier.domain.charts import ChartBar
from services.notifier.domain.commands import FOREVER
from services.notifier.domain.formatting import change, percent, price
from services.notifier.domain.instruments import InstrumentIndex, KnownIndustry, KnownInstrument
from services.notifier.domain.preferences import local_time
from services.notifier.domain.recipients import ALL_RULES, PROVISIONAL, Chat
from services.notifier.domain.rule_texts import name
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import Quote, Signal
from shared.sequences import vocabulary


def heading(instrument: KnownInstrument, language: str) -> str:
    """Names and symbol, bold, escaped."""
    return f"<b>{escape(title(instrument, language), 170)}</b>"


def quote_text(instrument: KnownInstrument, quote: Quote, chat: Chat) -> str:
    """The latest quote; unknown values are left out."""
    language = chat.language
    lines = [heading(instrument, language), f"{phrase(language, 'quote')}: {escape(price(quote.last_price, instrument))}"]
    if quote.change is not None:
        share = "" if quote.change_percent is None else f" ({percent(quote.change_percent)})"
        moved = f"{change(quote.change, quote.last_price, instrument)}{share}"
        lines.append(f"{phrase(language, 'change')}: {moved}")
    for word, low, high in (("day", quote.day_low, quote.day_high), ("year", quote.year_low, quote.year_high)):
        if low is not None and high is not None:
            span = f"{price(low, instrument, currency=False)} - {price(high, instrument)}"
            lines.append(f"{phrase(language, word)}: {escape(span)}")
    lines.append(f"{phrase(language, 'at')}: {local_time(quote.ts_event, chat)}")
    if quote.replayed:
        lines.append(phrase(language, "replayed"))
    return "\n".join(lines)


def bar_text(instrument: KnownInstrument, bar: ChartBar, chat: Chat) -> str:
    """The last close, where there is no quote."""
    language = chat.language
    lines = [
        heading(instrument, language),
        f"{phrase(language, 'last-bar')}: {escape(price(bar.close, instrument))}",
        f"{phrase(language, 'at')}: {local_time(bar.ts_event, chat)}",
    ]
    if bar.replayed:
        lines.append(phrase(language, "replayed"))
    return "\n".join(lines)


def not_found(words: Sequence[str], index: InstrumentIndex, language: str) -> str:
    """The reply for unknown instruments, with suggestions."""
    lines = []
    for word in words[:5]:
        line = phrase(language, "no-such", asked=escape(word, 40))
        near = index.suggestions(word)
        if near:
            names = ", ".join(f"<code>{escape(found.symbol)}</code> {escape(display_name(found, language), 40)}" for found in near)
            line += " " + phrase(language, "did-you-mean", names=names)
        lines.append(line)
    return "\n".join(lines)


def display_name(instrument: KnownInstrument, language: str) -> str:
    """The instrument's name in the reader's language; its symbol where it has none. Not escaped."""
    return (instrument.name_ko if language == "ko" else instrument.name_en) or instrument.symbol


def names(instruments: Sequence[KnownInstrument], language: str) -> str:
    """A list of instruments in a sentence, escaped."""
    return ", ".join(f"{escape(display_name(found, language), 60)} (<code>{escape(found.symbol)}</code>)" for found in instruments)


def industry_name(industry: KnownIndustry, language: str) -> str:
    """The industry's name in the reader's language, escaped."""
    return escape((industry.name_ko if language == "ko" else industry.name_en) or industry.slug, 60)


def list_text(symbols: Sequence[str], industries: Sequence[KnownIndustry], chat: Chat, index: InstrumentIndex) -> str:
    """The watchlist of a chat."""
    language = chat.language
    lines = [phrase(language, "list-all")] if chat.watch_all else []
    if symbols:
        lines.append(phrase(language, "list", count=len(symbols)))
        lines += [f"<code>{escape(symbol)}</code> {escape(display_name(index.get(symbol), language), 60)}" for symbol in symbols]
    if industries:
        lines.append(phrase(language, "list-industries", count=len(industries)))
        lines += [f"<code>{escape(each.slug)}</code> {industry_name(each, language)}" for each in industries]
    return "\n".join(lines) or phrase(language, "list-empty")


def signals_text(signals: Sequence[Signal], index: InstrumentIndex, chat: Chat) -> str:
    """The latest signals, newest first."""
    language = chat.language
    if not signals:
        return phrase(language, "signals-none")
    lines = [phrase(language, "signals")]
    for signal in signals:
        instrument = index.get(signal.symbol)
        arrow = "▲" if signal.direction == "up" else "▼"
        what = f"{escape(display_name(instrument, language), 60)} · {escape(name(signal.rule, language), 48)}"
        mark = " ⏪" if signal.replayed else ""
        paid = escape(price(signal.price, instrument))
        lines.append(
            f"{arrow} {what} · {TIMEFRAMES[language][signal.timeframe]} · {paid}{mark}\n    {local_time(signal.ts_event, chat)}"
        )
    if any(signal.replayed for signal in signals):
        lines.append(phrase(language, "replayed"))
    return "\n".join([*lines, phrase(language, "advice")])


def rules_text(chat: Chat) -> str:
    """All rule types, and whether the chat receives them."""
    lines = [phrase(chat.language, "rules")]
    lines += [f"{rule_mark(chat, rule)} <code>{rule}</code> {escape(name(rule, chat.language))}" for rule in vocabulary()]
    return "\n".join(lines)


def rule_mark(chat: Chat, rule: str) -> str:
    """Whether the chat receives a rule: always, only while its record is validated, or not."""
    chosen = chat.choice(rule)
    known = vocabulary().get(rule)
    event = known is not None and len(known.events) == len(known.instances)
    if chosen or (chosen is None and (event or chat.unvalidated)):
        return "✅"
    return "☑️" if chosen is None else "▫️"


def changed_rules(chat: Chat, words: Sequence[str], *, wanted: bool) -> tuple[dict[str, bool], list[str]]:
    """The chat's rule types after switching some, and the words that are no rule types."""
    rules = dict(chat.rules)
    missing = []
    for word in (word.strip(",").lower() for word in words):
        if word in {"all", "전체", "*"}:
            rules = {ALL_RULES: wanted} | ({PROVISIONAL: True} if chat.wants_provisional else {})
        elif word in vocabulary():
            rules[word] = wanted
        else:
            missing.append(word)
    return rules, missing


def muted_text(chat: Chat, now: int) -> str:
    """Whether alerts are on, or until when they are muted."""
    if chat.muted_until <= now:
        return phrase(chat.language, "on")
    return (
        phrase(chat.language, "off")
        if chat.muted_until >= FOREVER
        else phrase(chat.language, "muted-until", until=local_time(chat.muted_until, chat))
    )


def status_text(chat: Chat, watched: int, tally: Mapping[str, int], now: int) -> str:
    """The status of a chat."""
    language = chat.language
    counts = ", ".join(f"{phrase(language, f'status-{status}')} {count}" for status, count in sorted(tally.items()))
    count = phrase(language, "all") if chat.watch_all else str(watched)
    return phrase(
        language,
        "status",
        count=count,
        muted=muted_text(chat, now) if chat.active else phrase(language, "stopped"),
        deliveries=counts or phrase(language, "none"),
        now=local_time(now, chat),
    )

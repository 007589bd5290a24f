"""The bot's commands: each gathers inputs, calls pure functions, applies the result and returns a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from services.notifier.domain import industry_replies, quality_replies, replies
from services.notifier.domain.commands import mute_span
from services.notifier.domain.formatting import format_time
from services.notifier.domain.messages import Reply
from services.notifier.domain.phrases import LANGUAGES, phrase
from services.notifier.domain.recipients import PROVISIONAL, Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.handlers.bot_context import BotContext
from services.notifier.handlers.condition_commands import alert, alerts, explain, unalert
from services.notifier.handlers.link_command import link
from shared.sequences import vocabulary

DAY: Final = 86_400_000
SHOWN_SIGNALS: Final = 10
SHOWN_PRICES: Final = 5
ALL_INSTRUMENTS: Final = "*"
"""The group of the records of all instruments together."""
EVERYTHING: Final = frozenset({"all", "전체", "*"})

CommandFunction = Callable[[BotContext, Chat, str], Awaitable[Reply]]


async def start(context: BotContext, chat: Chat, arguments: str) -> Reply:  # noqa: ARG001 - a deep link's payload is not used
    """Introduce the bot and activate the chat."""
    await context.chats.save(replace(chat, active=True), context.clock.now())
    return Reply(phrase(chat.language, "start"))


async def show_help(context: BotContext, chat: Chat, arguments: str) -> Reply:  # noqa: ARG001
    """List the commands."""
    return Reply(phrase(chat.language, "help"))


async def price(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """The latest quote from memory; the last stored close where there is none."""
    if not arguments:
        return Reply(phrase(chat.language, "which", name="price"))
    found, missing = context.instruments.current.resolve(arguments, SHOWN_PRICES)
    parts = []
    for instrument in found:
        quote = context.quotes.get(instrument.symbol)
        if quote is not None:
            parts.append(replies.quote_text(instrument, quote, chat.language))
            continue
        bars = await context.market.bars(instrument.symbol, "1d", context.clock.now(), 1)
        known = replies.bar_text(instrument, bars[-1], chat.language) if bars else None
        parts.append(known or f"{replies.heading(instrument, chat.language)}\n{phrase(chat.language, 'no_price')}")
    if missing:
        parts.append(replies.not_found(missing, context.instruments.current, chat.language))
    return Reply("\n\n".join(parts))


async def watch(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Add instruments to the watchlist."""
    if not arguments:
        return Reply(phrase(chat.language, "which", name="watch"))
    now = context.clock.now()
    if arguments.casefold() in EVERYTHING:
        await context.chats.save(replace(chat, watch_all=True, watch_all_thread_id=chat.thread_id, active=True), now)
        return Reply(phrase(chat.language, "watched_all"))
    found, missing = context.instruments.current.resolve(arguments)
    there = await context.chats.watched(chat.address)
    fresh = [instrument for instrument in found if instrument.symbol not in there]
    room = max(0, context.watchlist_most - len(there))
    lines = []
    if found:
        await context.chats.save(replace(chat, active=True), now)
        await context.chats.watch(chat.address, [instrument.symbol for instrument in fresh[:room]], now)
        added = [instrument for instrument in found if instrument not in fresh[room:]]
        if added:
            lines.append(phrase(chat.language, "watched", names=replies.names(added, chat.language)))
    if len(fresh) > room:
        lines.append(phrase(chat.language, "full", most=context.watchlist_most))
    if missing:
        lines.append(replies.not_found(missing, context.instruments.current, chat.language))
    return Reply("\n".join(lines))


async def unwatch(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Remove instruments from the watchlist."""
    if not arguments:
        return Reply(phrase(chat.language, "which", name="unwatch"))
    if arguments.casefold() in EVERYTHING:
        await context.chats.unwatch(chat.address, None)
        await context.chats.save(replace(chat, watch_all=False), context.clock.now())
        return Reply(phrase(chat.language, "unwatched_all"))
    found, missing = context.instruments.current.resolve(arguments)
    lines = []
    if found:
        await context.chats.unwatch(chat.address, [instrument.symbol for instrument in found])
        lines.append(phrase(chat.language, "unwatched", names=replies.names(found, chat.language)))
    if missing:
        lines.append(replies.not_found(missing, context.instruments.current, chat.language))
    return Reply("\n".join(lines))


async def show_list(context: BotContext, chat: Chat, arguments: str) -> Reply:  # noqa: ARG001
    """Show the watchlist."""
    symbols = await context.chats.watched(chat.address)
    return Reply(replies.list_text(symbols, chat, context.instruments.current))


async def signals(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """The latest signals of some instruments; of the watchlist where none is named, of all where that is empty."""
    missing: list[str] = []
    if arguments:
        found, missing = context.instruments.current.resolve(arguments)
        symbols: list[str] | None = [instrument.symbol for instrument in found]
    else:
        symbols = None if chat.watch_all else await context.chats.watched(chat.address) or None
    if arguments and not symbols:
        return Reply(replies.not_found(missing, context.instruments.current, chat.language))
    latest = await context.market.signals(symbols, SHOWN_SIGNALS)
    return Reply(replies.signals_text(latest, context.instruments.current, chat.language))


async def industry(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """The newest view of an industry or a market; the list of all where none is named."""
    known = context.industries.current
    if not arguments:
        return Reply(industry_replies.list_text(known, chat.language))
    view = known.find(arguments)
    if view is None:
        return Reply(industry_replies.missing_text(arguments, known, chat.language))
    return Reply(industry_replies.view_text(view, context.instruments.current, chat.language))


async def mute(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Mute the chat's alerts for some time."""
    span = mute_span(arguments)
    if span is None:
        return Reply(phrase(chat.language, "mute_help"))
    now = context.clock.now()
    await context.chats.save(replace(chat, muted_until=now + span if span else 0), now)
    return Reply(phrase(chat.language, "muted", until=format_time(now + span)) if span else phrase(chat.language, "unmuted"))


async def lang(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Choose the language."""
    wanted = arguments.strip().casefold()[:2]
    if wanted not in LANGUAGES:
        return Reply(phrase(chat.language, "language_help"))
    await context.chats.save(replace(chat, language=wanted), context.clock.now())
    return Reply(phrase(wanted, "language"))


async def rules(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Show or change which rule types the chat receives."""
    words = arguments.split()
    if len(words) < 2 or words[0].lower() not in {"on", "off"}:
        return Reply(replies.rules_text(chat))
    wanted, missing = replies.changed_rules(chat, words[1:], wanted=words[0].lower() == "on")
    changed = replace(chat, rules=wanted)
    await context.chats.save(changed, context.clock.now())
    text = replies.rules_text(changed)
    if missing:
        text = phrase(chat.language, "rules_unknown", names=escape(", ".join(missing))) + "\n" + text
    return Reply(text)


async def quality(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """What followed past signals of a rule: of all instruments, or as alerts on one instrument show it."""
    rule, _, symbol = arguments.strip().partition(" ")
    rule = rule.lower()
    if rule not in vocabulary():
        text = phrase(chat.language, "rules_unknown", names=escape(rule, 48)) if rule else phrase(chat.language, "quality_help")
        return Reply(text)
    groups = [ALL_INSTRUMENTS]
    if symbol.strip():
        found, missing = context.instruments.current.resolve(symbol, 1)
        if not found:
            return Reply(replies.not_found(missing, context.instruments.current, chat.language))
        known = await context.market.industries_of([found[0].symbol])
        groups += [found[0].symbol, *sorted(known.get(found[0].symbol, ()))]
    records = quality_replies.chosen(await context.market.quality(rule, groups))
    return Reply(quality_replies.quality_reply(rule, records, chat.language))


async def settings(context: BotContext, chat: Chat, arguments: str) -> Reply:
    """Show or change the settings."""
    words = arguments.lower().split()
    if not words:
        return replies.settings_reply(chat, context.clock.now())
    if len(words) != 2 or words[0] not in {"unproven", "provisional"} or words[1] not in {"on", "off"}:
        return Reply(phrase(chat.language, "settings_help"))
    wanted = words[1] == "on"
    if words[0] == "unproven":
        changed = replace(chat, unvalidated=wanted)
    else:
        changed = replace(chat, rules=chat.rules | {PROVISIONAL: wanted})
    await context.chats.save(changed, context.clock.now())
    return replies.settings_reply(changed, context.clock.now())


async def status(context: BotContext, chat: Chat, arguments: str) -> Reply:  # noqa: ARG001
    """Show the status of the chat."""
    now = context.clock.now()
    watched = await context.chats.watched(chat.address)
    tally = await context.deliveries.counts_by_status(chat.channel, chat.chat_id, now - DAY)
    return Reply(replies.status_text(chat, len(watched), tally, now))


@dataclass(frozen=True)
class Command:
    """A command's function, and whether it changes the chat's settings."""

    run: CommandFunction
    changes: bool = False
    """It changes settings when it has arguments; without arguments it only shows them."""
    bare: bool = False
    """It changes settings even without arguments."""


COMMANDS: Final[dict[str, Command]] = {
    "start": Command(start, changes=True, bare=True),
    "help": Command(show_help),
    "price": Command(price),
    "watch": Command(watch, changes=True),
    "unwatch": Command(unwatch, changes=True),
    "list": Command(show_list),
    "signals": Command(signals),
    "alert": Command(alert, changes=True),
    "alerts": Command(alerts),
    "unalert": Command(unalert, changes=True),
    "explain": Command(explain),
    "industry": Command(industry),
    "mute": Command(mute, changes=True),
    "lang": Command(lang, changes=True),
    "quality": Command(quality),
    "rules": Command(rules, changes=True),
    "settings": Command(settings, changes=True),
    "status": Command(status),
    "link": Command(link, changes=True),
}

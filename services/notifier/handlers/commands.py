"""The bot's commands: each gathers, calls pure functions, applies, and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from services.notifier.domain import industry_replies, replies
from services.notifier.domain.commands import mute_span
from services.notifier.domain.figures import moment
from services.notifier.domain.markup import escape
from services.notifier.domain.messages import Reply
from services.notifier.domain.phrases import LANGUAGES, say
from services.notifier.domain.recipients import PROVISIONAL, Chat
from services.notifier.handlers.alerts import alert, alerts, unalert
from services.notifier.handlers.desk import Desk

DAY: Final = 86_400_000
SHOWN_SIGNALS: Final = 10
SHOWN_PRICES: Final = 5
EVERYTHING: Final = frozenset({"all", "전체", "*"})

Run = Callable[[Desk, Chat, str], Awaitable[Reply]]


async def start(desk: Desk, chat: Chat, rest: str) -> Reply:  # noqa: ARG001 - a deep link's payload is not used
    """Introduce the bot, and switch the chat on (again)."""
    await desk.chats.save(replace(chat, active=True), desk.clock.now())
    return Reply(say(chat.language, "start"))


async def show_help(desk: Desk, chat: Chat, rest: str) -> Reply:  # noqa: ARG001
    """The commands."""
    return Reply(say(chat.language, "help"))


async def price(desk: Desk, chat: Chat, rest: str) -> Reply:
    """The latest quote from memory; the last stored close where there is none."""
    if not rest:
        return Reply(say(chat.language, "which", name="price"))
    found, missing = desk.book.current.resolve(rest, SHOWN_PRICES)
    parts = []
    for instrument in found:
        quote = desk.quotes.get(instrument.symbol)
        if quote is not None:
            parts.append(replies.quote_text(instrument, quote, chat.language))
            continue
        bars = await desk.market.bars(instrument.symbol, "1d", desk.clock.now(), 1)
        known = replies.bar_text(instrument, bars[-1], chat.language) if bars else None
        parts.append(known or f"{replies.heading(instrument, chat.language)}\n{say(chat.language, 'no_price')}")
    if missing:
        parts.append(replies.not_found(missing, desk.book.current, chat.language))
    return Reply("\n\n".join(parts))


async def watch(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Put instruments on the watchlist."""
    if not rest:
        return Reply(say(chat.language, "which", name="watch"))
    now = desk.clock.now()
    if rest.casefold() in EVERYTHING:
        await desk.chats.save(replace(chat, watch_all=True, watch_all_thread_id=chat.thread_id, active=True), now)
        return Reply(say(chat.language, "watched_all"))
    found, missing = desk.book.current.resolve(rest)
    there = await desk.chats.watched(chat.address)
    fresh = [instrument for instrument in found if instrument.symbol not in there]
    room = max(0, desk.watchlist_most - len(there))
    lines = []
    if found:
        await desk.chats.save(replace(chat, active=True), now)
        await desk.chats.watch(chat.address, [instrument.symbol for instrument in fresh[:room]], now)
        added = [instrument for instrument in found if instrument not in fresh[room:]]
        if added:
            lines.append(say(chat.language, "watched", names=replies.names(added, chat.language)))
    if len(fresh) > room:
        lines.append(say(chat.language, "full", most=desk.watchlist_most))
    if missing:
        lines.append(replies.not_found(missing, desk.book.current, chat.language))
    return Reply("\n".join(lines))


async def unwatch(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Take instruments off the watchlist."""
    if not rest:
        return Reply(say(chat.language, "which", name="unwatch"))
    if rest.casefold() in EVERYTHING:
        await desk.chats.unwatch(chat.address, None)
        await desk.chats.save(replace(chat, watch_all=False), desk.clock.now())
        return Reply(say(chat.language, "unwatched_all"))
    found, missing = desk.book.current.resolve(rest)
    lines = []
    if found:
        await desk.chats.unwatch(chat.address, [instrument.symbol for instrument in found])
        lines.append(say(chat.language, "unwatched", names=replies.names(found, chat.language)))
    if missing:
        lines.append(replies.not_found(missing, desk.book.current, chat.language))
    return Reply("\n".join(lines))


async def show_list(desk: Desk, chat: Chat, rest: str) -> Reply:  # noqa: ARG001
    """The watchlist."""
    symbols = await desk.chats.watched(chat.address)
    return Reply(replies.list_text(symbols, chat, desk.book.current))


async def signals(desk: Desk, chat: Chat, rest: str) -> Reply:
    """The latest signals of some instruments; of the watchlist where none is named, of all where that is empty."""
    missing: list[str] = []
    if rest:
        found, missing = desk.book.current.resolve(rest)
        symbols: list[str] | None = [instrument.symbol for instrument in found]
    else:
        symbols = None if chat.watch_all else await desk.chats.watched(chat.address) or None
    if rest and not symbols:
        return Reply(replies.not_found(missing, desk.book.current, chat.language))
    latest = await desk.market.signals(symbols, SHOWN_SIGNALS)
    return Reply(replies.signals_text(latest, desk.book.current, chat.language))


async def industry(desk: Desk, chat: Chat, rest: str) -> Reply:
    """How an industry or a market stands; all of them where none is named."""
    known = desk.industries.current
    if not rest:
        return Reply(industry_replies.list_text(known, chat.language))
    view = known.find(rest)
    if view is None:
        return Reply(industry_replies.missing_text(rest, known, chat.language))
    return Reply(industry_replies.view_text(view, desk.book.current, chat.language))


async def mute(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Be quiet for a while."""
    span = mute_span(rest)
    if span is None:
        return Reply(say(chat.language, "mute_help"))
    now = desk.clock.now()
    await desk.chats.save(replace(chat, muted_until=now + span if span else 0), now)
    return Reply(say(chat.language, "muted", until=moment(now + span)) if span else say(chat.language, "unmuted"))


async def lang(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Choose the language."""
    wanted = rest.strip().casefold()[:2]
    if wanted not in LANGUAGES:
        return Reply(say(chat.language, "language_help"))
    await desk.chats.save(replace(chat, language=wanted), desk.clock.now())
    return Reply(say(wanted, "language"))


async def rules(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Show or change which rule types the chat gets."""
    words = rest.split()
    if len(words) < 2 or words[0].lower() not in {"on", "off"}:
        return Reply(replies.rules_text(chat))
    wanted, missing = replies.changed_rules(chat, words[1:], wanted=words[0].lower() == "on")
    changed = replace(chat, rules=wanted)
    await desk.chats.save(changed, desk.clock.now())
    text = replies.rules_text(changed)
    if missing:
        text = say(chat.language, "rules_unknown", names=escape(", ".join(missing))) + "\n" + text
    return Reply(text)


async def settings(desk: Desk, chat: Chat, rest: str) -> Reply:
    """Show or change the settings."""
    words = rest.lower().split()
    if not words:
        return replies.settings_reply(chat, desk.clock.now())
    if len(words) != 2 or words[0] not in {"unproven", "provisional"} or words[1] not in {"on", "off"}:
        return Reply(say(chat.language, "settings_help"))
    wanted = words[1] == "on"
    if words[0] == "unproven":
        changed = replace(chat, unvalidated=wanted)
    else:
        changed = replace(chat, rules=chat.rules | {PROVISIONAL: wanted})
    await desk.chats.save(changed, desk.clock.now())
    return replies.settings_reply(changed, desk.clock.now())


async def status(desk: Desk, chat: Chat, rest: str) -> Reply:  # noqa: ARG001
    """How things stand."""
    now = desk.clock.now()
    watched = await desk.chats.watched(chat.address)
    tally = await desk.deliveries.tally(chat.channel, chat.chat_id, now - DAY)
    return Reply(replies.status_text(chat, len(watched), tally, now))


@dataclass(frozen=True)
class Command:
    """What a command does, and whether it changes the chat's settings."""

    run: Run
    changes: bool = False
    """With words after it; bare, it only shows or asks."""
    bare: bool = False
    """Changes them even without words."""


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
    "industry": Command(industry),
    "mute": Command(mute, changes=True),
    "lang": Command(lang, changes=True),
    "rules": Command(rules, changes=True),
    "settings": Command(settings, changes=True),
    "status": Command(status),
}

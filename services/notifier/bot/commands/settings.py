"""/settings: what the chat receives, when and how. ``/settings NAME VALUE`` does what the buttons do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from services.notifier.bot.commands.briefing_choice import choose_briefings
from services.notifier.bot.commands.industry_choice import toggle_industry
from services.notifier.bot.commands.rule_choice import choose_rules
from services.notifier.delivery.briefings import Briefings
from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.messages import Reply
from services.notifier.domain.ports.chats import ChatStore
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.ports.watchlists import Watchlists
from services.notifier.domain.preferences import PACES, find_zone, parse_quiet, parse_timeframes
from services.notifier.domain.recipients import PROVISIONAL, Chat
from services.notifier.domain.settings_replies import MENUS, SWITCHES, main_screen
from services.notifier.domain.stories import parse_importance
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.tiers import Tiers
from services.notifier.words.catalogue import LANGUAGES, phrase


async def settings(
    chat: Chat,
    arguments: str,
    chats: ChatStore,
    watchlists: Watchlists,
    market: MarketStore,
    briefings: Briefings,
    clock: TimeAndRandom,
    tiers: Tiers,
) -> Reply:
    """Show or change the settings."""
    name, _, value = arguments.strip().partition(" ")
    name, value = name.casefold(), value.strip()
    if not name:
        return main_screen(chat, clock.now())
    if name == "industries":
        return await toggle_industry(chat, value, "settings", "", chats, watchlists, market, clock)
    if name == "rules":
        return await choose_rules(chat, value, chats, clock)
    if name == "briefings":
        return await choose_briefings(chat, value, chats, briefings, clock)
    if name in MENUS and not value:
        return MENUS[name](chat)
    reply = await change_setting(chat, name, value, chats, clock)
    chosen = (parse_timeframes(value) or "") if name == "timeframes" else ""
    if chosen and not all(tiers.allows(chat, each, clock.now()) for each in chosen.split(",")):
        return replace(reply, text=f"{phrase(chat.language, 'premium-signals')}\n{reply.text}")
    return reply


async def change_setting(chat: Chat, name: str, value: str, chats: ChatStore, clock: TimeAndRandom) -> Reply:
    """Store a new value of one setting and show its screen."""
    if name not in SETTERS:
        return Reply(phrase(chat.language, "settings-help"))
    changed = SETTERS[name](chat, value)
    if changed is None:
        screen = MENUS[name](chat) if name in MENUS else Reply(phrase(chat.language, "settings-help"))
        wrong = phrase(chat.language, "settings-unknown", value=escape(value, 40))
        return replace(screen, text=f"{wrong}\n{screen.text}", edits=False)
    await chats.save(changed, clock.now())
    return MENUS[name](changed) if name in MENUS else main_screen(changed, clock.now())


def _language(chat: Chat, value: str) -> Chat | None:
    return replace(chat, language=value) if value in LANGUAGES else None


def _zone(chat: Chat, value: str) -> Chat | None:
    zone = find_zone(value)
    return replace(chat, zone=zone) if zone else None


def _quiet(chat: Chat, value: str) -> Chat | None:
    hours = parse_quiet(value)
    return None if hours is None else replace(chat, quiet_from=hours[0], quiet_until=hours[1])


def _pace(chat: Chat, value: str) -> Chat | None:
    return replace(chat, pace=value.casefold()) if value.casefold() in PACES else None


def _news(chat: Chat, value: str) -> Chat | None:
    importance = parse_importance(value)
    return None if importance is None else replace(chat, news_from=importance)


def _timeframes(chat: Chat, value: str) -> Chat | None:
    chosen = parse_timeframes(value)
    return None if chosen is None else replace(chat, timeframes=chosen)


def _briefing(chat: Chat, value: str) -> Chat | None:
    """The earlier form: on or off."""
    chosen = {"on": "daily", "off": "off"}.get(value.casefold())
    return None if chosen is None else replace(chat, briefings=chosen, briefing_thread_id=chat.thread_id)


def _switch(name: str) -> Callable[[Chat, str], Chat | None]:
    def switch(chat: Chat, value: str) -> Chat | None:
        wanted = {"on": True, "off": False}.get(value.casefold())
        if wanted is None:
            return None
        return SWITCHED[name](chat, wanted)

    return switch


SWITCHED: Final[dict[str, Callable[[Chat, bool], Chat]]] = {
    "silent": lambda chat, wanted: replace(chat, silent=wanted),
    "dark": lambda chat, wanted: replace(chat, dark=wanted),
    "unproven": lambda chat, wanted: replace(chat, unvalidated=wanted),
    "provisional": lambda chat, wanted: replace(chat, rules=chat.rules | {PROVISIONAL: wanted}),
}
SETTERS: Final[dict[str, Callable[[Chat, str], Chat | None]]] = {
    "language": _language,
    "zone": _zone,
    "quiet": _quiet,
    "pace": _pace,
    "news": _news,
    "timeframes": _timeframes,
    "briefing": _briefing,
    **{name: _switch(name) for name in SWITCHES},
}
"""A setting's name -> the chat with a new value; None where the text is no value."""

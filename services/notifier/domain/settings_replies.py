"""The screens of the settings: each shows one choice, with buttons that change it and a way back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from services.notifier.domain.briefings.universe import Market
from services.notifier.domain.instruments import KnownIndustry
from services.notifier.domain.messages import ACTION_LENGTH, Button, Buttons, Reply
from services.notifier.domain.preferences import BRIEFINGS, PACES, TIMEFRAMES, ZONES, city, clock_time, local_time, zone_of
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import muted_text, rule_mark
from services.notifier.domain.rule_texts import name
from services.notifier.domain.stories import LEAST
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.timeframe_names import TIMEFRAMES as NAMES
from services.notifier.words.catalogue import LANGUAGES, phrase
from shared.sequences import vocabulary

QUIET: Final = ("22:00-07:00", "23:00-08:00", "00:00-09:00", "off")
NEWS: Final = ("off", f"{LEAST}", "0.5", "0.7", "0.9")
"""The importance of news alerts that has a button."""
CHOSEN: Final = "✅ "
MUTES: Final = ("1h", "8h", "tomorrow", "off")
PAGE: Final = 10
"""Industries on one screen."""
SWITCHES: Final = ("silent", "dark", "unproven", "provisional")
"""The settings that are on or off."""


def switched_on(chat: Chat, name: str) -> bool:
    """Whether one of ``SWITCHES`` is on."""
    states = {
        "silent": chat.silent,
        "dark": chat.dark,
        "unproven": chat.unvalidated,
        "provisional": chat.wants_provisional,
    }
    return states[name]


def main_screen(chat: Chat, now: int) -> Reply:
    """All settings."""
    language = chat.language
    values = {
        "zone": escape(city(zone_of(chat).key, language)),
        "muted": muted_text(chat, now),
        "quiet": _quiet(chat),
        "pace": phrase(language, f"settings-pace-{chat.pace}"),
        "news": _news(chat),
        "timeframes": _timeframes(chat),
        "briefings": phrase(language, f"settings-briefings-{chat.briefings}"),
        **{name: phrase(language, "on" if switched_on(chat, name) else "off") for name in SWITCHES},
    }
    menus = [Button(phrase(language, f"settings-open-{name}"), f"settings {name}") for name in MENUS]
    menus += [
        Button(phrase(language, f"settings-open-{name}"), f"settings {name}") for name in ("industries", "rules", "briefings")
    ]
    buttons = (
        *_rows(menus, 2),
        *(
            (Button(phrase(language, f"settings-switch-{name}", on=_off_on(chat, name)), f"settings {name} {_off_on(chat, name)}"),)
            for name in SWITCHES
        ),
    )
    return Reply(phrase(language, "settings", **values), buttons, edits=True)


def language_screen(chat: Chat) -> Reply:
    """The language."""
    buttons = [
        _choice(phrase(each, "language-name"), f"settings language {each}", chosen=each == chat.language) for each in LANGUAGES
    ]
    return _screen(chat, phrase(chat.language, "settings-language"), (tuple(buttons),))


def zone_screen(chat: Chat) -> Reply:
    """The time zone; its city can be typed."""
    mine = zone_of(chat).key
    buttons = [_choice(city(each, chat.language), f"settings zone {each}", chosen=each == mine) for each in ZONES]
    text = phrase(chat.language, "settings-zone", zone=escape(city(mine, chat.language)))
    return _screen(chat, text, _rows(buttons, 2), expects="settings zone")


def quiet_screen(chat: Chat) -> Reply:
    """The quiet hours; they can be typed."""
    mine, off = _quiet(chat), phrase(chat.language, "off")
    shown = {each: off if each == "off" else each for each in QUIET}
    buttons = [_choice(label, f"settings quiet {each}", chosen=label == mine) for each, label in shown.items()]
    return _screen(chat, phrase(chat.language, "settings-quiet", quiet=mine), _rows(buttons, 2), expects="settings quiet")


def pace_screen(chat: Chat) -> Reply:
    """How alerts come."""
    names = {each: phrase(chat.language, f"settings-pace-{each}") for each in PACES}
    buttons = [_choice(label, f"settings pace {each}", chosen=each == chat.pace) for each, label in names.items()]
    return _screen(chat, phrase(chat.language, "settings-pace", pace=names[chat.pace]), _rows(buttons, 1))


def news_screen(chat: Chat) -> Reply:
    """The importance of news alerts; it can be typed."""
    mine, off = _news(chat), phrase(chat.language, "off")
    shown = {each: off if each == "off" else each for each in NEWS}
    buttons = [
        _choice(label if each == "off" else f"{label} +", f"settings news {each}", chosen=label == mine)
        for each, label in shown.items()
    ]
    text = phrase(chat.language, "settings-news", news=mine, least=f"{LEAST}")
    return _screen(chat, text, _rows(buttons, 3), expects="settings news")


def timeframes_screen(chat: Chat) -> Reply:
    """The timeframes of signals; pressing one adds it, or takes it away. They can be typed."""
    chosen = [each for each in chat.timeframes.split(",") if each in TIMEFRAMES]
    buttons = []
    for each in TIMEFRAMES:
        others = [one for one in chosen if one != each]
        pressed = others if each in chosen else [*chosen, each]
        label = f"{CHOSEN if each in chosen else ''}{NAMES[chat.language][each]}"
        buttons.append(Button(label, f"settings timeframes {','.join(pressed) or 'all'}"))
    every = Button(f"{'' if chosen else CHOSEN}{phrase(chat.language, 'settings-timeframes-all')}", "settings timeframes all")
    text = phrase(chat.language, "settings-timeframes", timeframes=_timeframes(chat))
    return _screen(chat, text, (*_rows(buttons, 3), (every,)), expects="settings timeframes")


def mute_screen(chat: Chat) -> Reply:
    """Mute for some time."""
    buttons = (tuple(Button(phrase(chat.language, f"mute-{each}"), f"mute {each}") for each in MUTES),)
    return _screen(chat, phrase(chat.language, "mute-help"), buttons)


MENUS: Final[dict[str, Callable[[Chat], Reply]]] = {
    "language": language_screen,
    "zone": zone_screen,
    "quiet": quiet_screen,
    "pace": pace_screen,
    "news": news_screen,
    "timeframes": timeframes_screen,
    "mute": mute_screen,
}
"""Settings that have a screen of their own."""


def industries_screen(
    known: Sequence[KnownIndustry], chosen: Collection[str], chat: Chat, page: int, *, base: str = "settings", after: str = ""
) -> Reply:
    """The industries, one page of them; pressing one watches it, or ends that. ``base``: the command; ``after``: the next step."""
    language = chat.language
    pages = max(1, -(-len(known) // PAGE))
    page = min(max(page, 0), pages - 1)
    buttons = []
    for each in known[page * PAGE : (page + 1) * PAGE]:
        action = f"{base} industries {page} {each.slug}"
        if len(action.encode()) <= ACTION_LENGTH:
            name = (each.name_ko if language == "ko" else each.name_en) or each.slug
            buttons.append(Button(f"{CHOSEN if each.slug in chosen else ''}{name}", action))
    around = [Button(sign, f"{base} industries {at}") for sign, at in (("‹", page - 1), ("›", page + 1)) if 0 <= at < pages]
    rows = [*_rows(buttons, 2), *([tuple(around)] if around else [])]
    if after:
        rows.append((Button(phrase(language, "next"), after),))
    rows.append((_back(chat, "setup zone" if after else "settings"),))
    return Reply(phrase(language, "settings-industries", count=len(chosen)), tuple(rows), edits=True)


def rules_screen(chat: Chat, page: int) -> Reply:
    """The kinds of signals, one page of them; pressing one switches it."""
    language, known = chat.language, list(vocabulary())
    page = min(max(page, 0), -(-len(known) // PAGE) - 1)
    buttons = []
    for rule in known[page * PAGE : (page + 1) * PAGE]:
        mark = rule_mark(chat, rule)
        action = f"settings rules {page} {'off' if mark == '✅' else 'on'} {rule}"
        if len(action.encode()) <= ACTION_LENGTH:
            buttons.append(Button(f"{mark} {name(rule, language)}"[:60], action))
    around = [
        Button(sign, f"settings rules {at}") for sign, at in (("‹", page - 1), ("›", page + 1)) if 0 <= at * PAGE < len(known)
    ]
    usual = Button(phrase(language, "settings-rules-usual"), "settings rules 0 usual")
    return _screen(chat, phrase(language, "settings-rules"), (*_rows(buttons, 2), *([tuple(around)] if around else []), (usual,)))


def briefings_screen(chat: Chat, markets: Sequence[Market]) -> Reply:
    """Which briefings come, and of which markets."""
    language, chosen = chat.language, chat.briefing_markets.split(",")
    kinds = [
        Button(
            f"{CHOSEN if each == chat.briefings else ''}{phrase(language, f'settings-briefings-{each}')}",
            f"settings briefings {each}",
        )
        for each in BRIEFINGS
    ]
    named = [
        Button(f"{CHOSEN if each.slug in chosen else ''}{each.names.of(language)}"[:40], action)
        for each in markets
        if len((action := f"settings briefings {each.slug}").encode()) <= ACTION_LENGTH
    ]
    own = Button(f"{'' if chat.briefing_markets else CHOSEN}{phrase(language, 'settings-briefings-own')}", "settings briefings own")
    text = phrase(language, "settings-briefings", briefings=phrase(language, f"settings-briefings-{chat.briefings}"))
    return _screen(chat, text, (*_rows(kinds, 2), (own,), *_rows(named, 2)))


def muted_reply(chat: Chat, now: int) -> Reply:
    """Alerts are muted, or on again, with a button for the other."""
    if chat.muted_until <= now:
        return Reply(phrase(chat.language, "unmuted"), edits=False)
    text = phrase(chat.language, "muted", until=local_time(chat.muted_until, chat))
    return Reply(text, ((Button(phrase(chat.language, "mute-off"), "mute off"),),))


def _screen(chat: Chat, text: str, buttons: Buttons, expects: str = "") -> Reply:
    return Reply(text, (*buttons, (_back(chat, "settings"),)), edits=True, expects=expects)


def _back(chat: Chat, action: str) -> Button:
    return Button(phrase(chat.language, "back"), action)


def _choice(label: str, action: str, *, chosen: bool) -> Button:
    return Button(f"{CHOSEN if chosen else ''}{label}", action)


def _rows(buttons: Sequence[Button], width: int) -> Buttons:
    return tuple(tuple(buttons[i : i + width]) for i in range(0, len(buttons), width))


def _quiet(chat: Chat) -> str:
    if chat.quiet_from < 0:
        return phrase(chat.language, "off")
    return f"{clock_time(chat.quiet_from)}-{clock_time(chat.quiet_until)}"


def _timeframes(chat: Chat) -> str:
    known = NAMES[chat.language]
    names = [known[each] for each in known if each in chat.timeframes.split(",")]
    return ", ".join(names) or phrase(chat.language, "settings-timeframes-all")


def _news(chat: Chat) -> str:
    return f"{chat.news_from:g}" if chat.news_from > 0 else phrase(chat.language, "off")


def _off_on(chat: Chat, name: str) -> str:
    """What pressing the switch does."""
    return "off" if switched_on(chat, name) else "on"

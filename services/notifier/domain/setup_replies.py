"""The steps of a chat's first minute, each with a way back."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.messages import ACTION_LENGTH, Button, Reply
from services.notifier.domain.preferences import ZONES, city
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name, names
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import LANGUAGES, phrase


def language_step(chat: Chat) -> Reply:  # noqa: ARG001 - it is asked in every language
    """The language, asked in all of them."""
    text = "\n".join(phrase(each, "setup-language") for each in LANGUAGES)
    return Reply(text, (tuple(Button(phrase(each, "language-name"), f"setup language {each}") for each in LANGUAGES),), edits=True)


def zone_step(chat: Chat, unknown: str = "") -> Reply:
    """The time zone; its city can be typed. ``unknown``: what was typed and is no zone."""
    zones = [Button(city(each, chat.language), f"setup zone {each}") for each in ZONES]
    rows = tuple(tuple(zones[i : i + 2]) for i in range(0, len(zones), 2))
    back = (Button(phrase(chat.language, "back"), "setup"),)
    text = phrase(chat.language, "setup-zone")
    if unknown:
        text = f"{phrase(chat.language, 'settings-unknown', value=escape(unknown, 40))}\n{text}"
    return Reply(text, (*rows, back), edits=True, expects="setup zone")


def instruments_step(
    chat: Chat, watched: Sequence[str], suggested: Sequence[KnownInstrument], index: InstrumentIndex, note: str
) -> Reply:
    """The instruments; names, tickers and initial consonants can be typed. ``note``: what was found of the last ones."""
    language = chat.language
    lines = [note] if note else []
    lines.append(phrase(language, "setup-instruments"))
    if watched:
        lines.append(phrase(language, "setup-watched", names=names([index.get(symbol) for symbol in watched[:20]], language)))
    rows = [
        (Button(f"+ {display_name(each, language)}"[:40], action),)
        for each in suggested
        if len((action := f"setup watch {each.symbol}").encode()) <= ACTION_LENGTH
    ]
    after = (Button(phrase(language, "back"), "setup industries"), Button(phrase(language, "done"), "setup done"))
    return Reply("\n".join(lines), (*rows, after), edits=True, expects="setup watch")


def finished(chat: Chat, sample: str) -> Reply:
    """What comes next, with a sample of an alert where there is one."""
    language = chat.language
    text = phrase(language, "setup-done")
    if sample:
        text += f"\n\n{phrase(language, 'setup-sample')}\n{sample}"
    return Reply(
        text,
        ((Button(phrase(language, "back"), "setup instruments"), Button(phrase(language, "alert-settings"), "settings")),),
        edits=True,
    )

"""The steps of making an alert by buttons, each with a way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.notifier.domain.alert_builder import KINDS, LARGEST
from services.notifier.domain.alert_text import title
from services.notifier.domain.formatting import number, price
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase

SHOWN: Final = 8
"""Instruments with a button."""
SYMBOL_LENGTH: Final = 24
"""Longest symbol that fits a button with a kind and a value."""


def instrument_step(chat: Chat, instruments: Sequence[KnownInstrument]) -> Reply:
    """Which instrument; another one can be typed."""
    rows = [
        (Button(display_name(each, chat.language)[:40], f"build {each.symbol}"),)
        for each in instruments
        if len(each.symbol.encode()) <= SYMBOL_LENGTH
    ]
    everything = (Button(phrase(chat.language, "build-watchlist"), "build watchlist"),)
    return Reply(phrase(chat.language, "build-instrument"), (*rows, everything), edits=True, expects="build")


def kind_step(chat: Chat, instrument: KnownInstrument | None, name: str) -> Reply:
    """What should happen."""
    kinds = [kind for kind, known in KINDS.items() if instrument is not None or not known.of_price]
    buttons = [Button(phrase(chat.language, f"build-{kind}"), f"build {name} {kind}") for kind in kinds]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    text = phrase(chat.language, "build-kind", name=_shown(chat, instrument))
    return Reply(text, (*rows, (Button(phrase(chat.language, "back"), "build"),)), edits=True)


def value_step(chat: Chat, name: str, kind: str, values: Sequence[str], instrument: KnownInstrument, unusable: str = "") -> Reply:
    """The value; another one can be typed. ``unusable``: what was typed and is no value of this kind."""
    of_price = KINDS[kind].of_price
    buttons = tuple(
        Button(price(float(each), instrument, currency=False) if of_price else number(float(each)), f"build {name} {kind} {each}")
        for each in values
    )
    text = phrase(
        chat.language, "build-value", name=_shown(chat, instrument if instrument.name_en else None),
        kind=phrase(chat.language, f"build-{kind}"),
    )  # fmt: skip
    if unusable:
        text = f"{_why(chat, kind, unusable)}\n{text}"
    back = (Button(phrase(chat.language, "back"), f"build {name}"),)
    return Reply(text, (*([buttons] if buttons else []), back), edits=True, expects=f"build {name} {kind}")


def _why(chat: Chat, kind: str, unusable: str) -> str:
    """Which values there are."""
    known = KINDS[kind]
    limits = "whole" if known.whole else "up-to" if known.most < LARGEST else "positive"
    return phrase(chat.language, f"build-{limits}", value=escape(unusable, 40), most=number(known.most))


def _shown(chat: Chat, instrument: KnownInstrument | None) -> str:
    return phrase(chat.language, "build-watchlist") if instrument is None else escape(title(instrument, chat.language), 120)

"""Stored conditions, and values of a bar, in words."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from services.notifier.words.catalogue import has, phrase
from shared.conditions import ConditionError, describe, describe_value, parse

KEPT: Final = 2048


@lru_cache(maxsize=KEPT)
def condition_words(text: str, language: str) -> str:
    """What a normal form means; the normal form itself where another version of the language wrote it. Not escaped.

    Only for normal forms: those were parsed before, and take milliseconds. What a user types is parsed in another process.

    >>> condition_words("rsi_14 < 30 on 1d", "en")
    'RSI(14) is below 30, on daily bars'
    """
    try:
        return describe(parse(text), language)
    except ConditionError:
        return text


@lru_cache(maxsize=KEPT)
def value_words(name: str, language: str) -> str:
    """What a value of a signal's evidence is; its name where no words are known. Not escaped.

    >>> value_words("prev_session_low", "ko"), value_words("target", "en")
    ('전 거래일 저가', 'price target')
    """
    key = f"value-{name.replace('_', '-')}"
    if has(language, key):
        return phrase(language, key)
    try:
        return describe_value(name, language)
    except ConditionError:
        return name

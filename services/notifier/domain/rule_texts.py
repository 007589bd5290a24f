"""Names and sentences of rules. A rule that is not in the catalogue gets a generic text.

Sentences may contain the signal's parameters (``$fast``) and ``$percent`` (the one that is a fraction, as a percentage), and
nothing else: computed values are in separate lines of the alert.
"""

from __future__ import annotations

from typing import Final, Literal

from services.notifier.domain.condition_words import condition_words
from services.notifier.domain.conditions import RULE as CONDITION
from services.notifier.domain.formatting import number
from services.notifier.words.catalogue import WordsError, has, phrase
from shared.events import Signal
from shared.sequences import parse

LevelKind = Literal["price", "value", "volume"]
LEVELS: Final[dict[str, LevelKind]] = {
    "rsi_overbought": "value",
    "rsi_oversold": "value",
    "rsi_mid": "value",
    "macd_cross": "value",
    "macd_zero": "value",
    "stochastic_cross": "value",
    "adx_trend": "value",
    "squeeze": "value",
    "volume_surge": "volume",
    "volume_dry": "volume",
}
"""What ``Signal.level`` is where it is no price in the instrument's currency: an indicator's value, or a volume."""
FRACTIONS: Final = {
    "bollinger_touch": "distance",
    "volume_surge": "move",
    "price_move": "level",
    "drop_from_high": "drop",
    "gap": "move",
}
"""The parameter of each rule that is a fraction and is shown as ``$percent``."""
OTHERS: Final = (CONDITION, "sequence")
"""Values of ``Signal.rule`` that are no rules: user conditions and sequences."""


def name(rule: str, language: str) -> str:
    """The rule's name; its identifier where the catalogue has none."""
    key = _key(rule)
    return phrase(language, key) if has(language, key) else rule.replace("_", " ")


def sentence(signal: Signal, language: str) -> str:
    """A sentence about what fired. Not escaped."""
    if signal.condition:
        return condition_words(signal.condition, language)
    if signal.sequence:
        return _sequence(signal.sequence, language)
    fields: dict[str, object] = {key: number(value) for key, value in signal.params.items()}
    fraction = signal.params.get(FRACTIONS.get(signal.rule, ""))
    if fraction is not None:
        fields["percent"] = f"{fraction * 100:g}%"
    try:
        return phrase(language, f"{_key(signal.rule)}.{signal.direction}", **fields)
    except WordsError:  # an unknown rule, or another version of it with other parameters
        return _generic(signal, language)


def level_kind(rule: str) -> LevelKind:
    """The kind of level of this rule's signals; ``value`` for an unknown rule."""
    return LEVELS.get(rule, "price" if has("en", _key(rule)) and rule not in OTHERS else "value")


def _key(rule: str) -> str:
    return "rule-" + rule.replace("_", "-")


def _sequence(text: str, language: str) -> str:
    """The steps of a sequence as a sentence."""
    try:
        sequence = parse(text)
    except ValueError:  # another version with other rules wrote it
        return text
    first, *later = (f"{name(step.rule, language)} {'▲' if step.direction == 'up' else '▼'}" for step in sequence.steps)
    links = zip(later, sequence.within, strict=True)
    return first + "".join(phrase(language, "sequence-then", step=step, bars=bars) for step, bars in links)


def _generic(signal: Signal, language: str) -> str:
    parameters = ", ".join(f"{key} {number(value)}" for key, value in sorted(signal.params.items())[:8])
    way = phrase(language, f"signal-{signal.direction}")
    return f"{way} ({parameters})" if parameters else way

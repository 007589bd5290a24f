"""The words of the language, from ``lexicon.toml``: phrases in English and Korean, and what each stands for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any, Final

from shared.conditions.conjugation import forms

Phrases = tuple[str, ...]


def _read() -> dict[str, Any]:
    return tomllib.loads(resources.files("shared.conditions").joinpath("lexicon.toml").read_text("utf-8"))


def _combined(entry: dict[str, Any]) -> Phrases:
    """The phrases of an entry, those of its verbs, and each of its first words before each of the others."""
    then = (*entry.get("then", ()), *_conjugated(entry.get("then_verbs", ())))
    words = (*entry["words"], *_conjugated(entry.get("verbs", ())))
    return (*words, *(f"{one} {other}" for one in entry.get("first", ()) for other in then))


def _conjugated(verbs: Iterable[str]) -> Phrases:
    return tuple(form for verb in verbs for form in forms(verb))


def _table(name: str) -> dict[str, Phrases]:
    return {key: tuple(words) for key, words in _DATA[name].items()}


_DATA: Final = _read()
PHRASES: Final[dict[tuple[str, str], Phrases]] = {(entry["type"], entry["value"]): _combined(entry) for entry in _DATA["phrases"]}
"""What each phrase is: the type and the value of a token."""
NAMES: Final = _table("names")
"""Names of columns and fields."""
RULES: Final = {rule: (*words, *_conjugated(_DATA["rule_verbs"].get(rule, ()))) for rule, words in _table("rules").items()}
"""Rules and patterns, with a direction where the words say one."""
EXPRESSIONS: Final = _table("expressions")
"""What is written as a condition."""
SPELLINGS: Final = {word: right for right, words in _table("spellings").items() for word in words}
"""Other spellings of single words, and short forms."""
RESTATED: Final[tuple[tuple[str, Phrases], ...]] = tuple((entry["value"], _combined(entry)) for entry in _DATA["restated"])
"""What loose phrases may mean, which is only suggested."""
WEEKDAYS: Final = _table("weekdays")
"""Days, from Monday."""
AVERAGES: Final = _table("averages")
"""What may follow a number of bars: ``200 day moving average``, ``20-bar high``, ``200일선``."""
UNITS: Final = {int(factor): words for factor, words in _table("units").items()}
"""What multiplies a number; single letters only without a space before them."""
COLUMNS: Final = {alias: name for name, aliases in _table("columns").items() for alias in aliases}
"""What other programs call columns and fields, without their numbers."""
FUNCTIONS: Final = {alias: name for name, aliases in _table("functions").items() for alias in aliases}
"""What other programs call functions."""
FUNDAMENTALS: Final = frozenset(_table("fundamentals")["words"])
"""Values of companies, which conditions do not know."""
NO_DATA: Final = frozenset(_table("no_data")["words"])
"""Other data of markets and companies that there is none of."""
WRITTEN_RULES: Final[dict[str, str]] = _DATA["written_rules"]
"""Rules with their direction as expressions, for timeframes on which they do not run."""
HEADINGS: Final = frozenset(_table("headings")["words"])
"""Words before a colon that say nothing of their own."""
PERIOD: Final = _table("periods")["words"]
"""What may stand between a number and an average."""
ARGUMENTS: Final[dict[str, int]] = {word: rank for rank, words in enumerate(_table("arguments").values()) for word in words}
"""Names of arguments in other programs, with their place in the usual order."""
AVERAGE_METHODS: Final = {word: name for name, words in _table("average_methods").items() for word in words}
"""What MetaStock and others write behind the number of bars of an average."""
NUMBER_WORDS: Final = {word: str(number) for number, word in enumerate(_table("counting")["numbers"], 1)}
"""``one`` to ``ten``, before what is counted."""
COUNTED_WORDS: Final = frozenset(_table("counting")["counted"])
"""What a number in words may stand before."""
FACTORS: Final = {word: factor for factor, words in _table("factors").items() for word in words}
"""``twice`` and ``half``, before a value."""
SIDES: Final[dict[str, tuple[str, str]]] = {name: (words[0], words[1]) for name, words in _table("sides").items()}
"""What has an upper and a lower line, with both."""
SIDED: Final = _table("sided")
"""Its names."""
LEVELS: Final = {kind: (float(words[0]), float(words[1])) for kind, words in _table("levels").items()}
"""Below which an oscillator is oversold, and above which overbought."""

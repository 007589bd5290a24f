"""The words of the language, from ``lexicon.toml``: phrases in English and Korean, and what each stands for."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any, Final

Phrases = tuple[str, ...]


def _read() -> dict[str, Any]:
    return tomllib.loads(resources.files("shared.conditions").joinpath("lexicon.toml").read_text("utf-8"))


def _combined(entry: dict[str, Any]) -> Phrases:
    """The phrases of an entry, and each of its first words before each of the others."""
    then = entry.get("then", [])
    return (*entry["words"], *(f"{one} {other}" for one in entry.get("first", ()) for other in then))


def _table(name: str) -> dict[str, Phrases]:
    return {key: tuple(words) for key, words in _DATA[name].items()}


_DATA: Final = _read()
PHRASES: Final[dict[tuple[str, str], Phrases]] = {(entry["type"], entry["value"]): _combined(entry) for entry in _DATA["phrases"]}
"""What each phrase is: the type and the value of a token."""
NAMES: Final = _table("names")
"""Names of columns and fields."""
RULES: Final = _table("rules")
"""Rules and patterns, with a direction where the words say one."""
EXPRESSIONS: Final = _table("expressions")
"""What is written as a condition."""
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
PERIOD: Final = _table("periods")["words"]
"""What may stand between a number and an average."""

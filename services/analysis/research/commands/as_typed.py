"""Names arguments as they are typed: errors name the fields of requests, which the API has too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

SIGNAL: Final = "SIGNAL"
"""The placeholder of options that take a signal."""
OF_THEIR_OWN: Final = frozenset({"ranges", "constraints"})
"""What they name are parameters of the grid, which are typed as they are."""


def as_typed(message: str, parameters: Iterable[Any]) -> str:
    """An error whose field is an argument of the command, with the argument in its place: ``--stop-loss: ...``.

    ``parameters``: those of the command, whose names are those of the fields.
    """
    known = list(parameters)
    typed = {each.name.rstrip("_"): each.metavar if each.param_type_name == "argument" else each.opts[0] for each in known}
    typed |= {"place": "--data or --tape", "research_artefacts": "RESEARCH_ARTEFACTS"}
    if signals := [each.opts[0] for each in known if each.metavar == SIGNAL]:
        typed["signal"] = " or ".join(signals)
    field, sign, rest = message.partition(": ")
    if not sign or field not in typed:
        return message
    if field in OF_THEIR_OWN:
        return f"{typed[field]}: {rest}"
    line, end, more = rest.partition("\n")
    return f"{typed[field]}: {' '.join(_word(each, typed) for each in line.split(' '))}{end}{more}"


def _word(word: str, typed: dict[str, str]) -> str:
    """A word of an error; one with an underscore can be nothing but a field."""
    name = word.rstrip(",;.")
    return typed[name] + word[len(name) :] if "_" in name and name in typed else word

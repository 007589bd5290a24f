"""Which error a value has, by the message of the library that checks values."""

from __future__ import annotations

from typing import Final, NamedTuple

EXPECTED: Final = "Expected `"
LISTS: Final = ("array", "object")
BOUNDS: Final = (
    (" of length >= ", "text-short", "items-few"),
    (" of length <= ", "text-long", "items-many"),
    (" >= ", "value-least", "value-least"),
    (" <= ", "value-most", "value-most"),
    (" > ", "value-above", "value-above"),
    (" < ", "value-below", "value-below"),
)
"""What a message has before a bound, and its code: of a text or a number, and of a list."""
STARTS: Final = (
    ("Object missing required field", "value-missing"),
    ("Object contains unknown field", "field-unknown"),
    ("Invalid RFC3339", "value-date"),
)


class WrongValue(NamedTuple):
    """The code of an error, and what fills its sentence."""

    code: str
    values: dict[str, str] = {}  # noqa: RUF012 - never changed


def wrong_value(message: str) -> WrongValue:
    """The error that a message of msgspec is about, without the path at its end.

    >>> wrong_value("Expected `int` <= 100"), wrong_value("Expected `array` of length >= 1").code
    (WrongValue(code='value-most', values={'bound': '100'}), 'items-few')
    >>> wrong_value("Expected `int | null`, got `str`")
    WrongValue(code='value-kind', values={'kind': 'int'})
    """
    for start, code in STARTS:
        if message.startswith(start):
            return WrongValue(code)
    if not message.startswith(EXPECTED):
        return WrongValue("value-wrong")
    kind, _, rest = message.removeprefix(EXPECTED).partition("`")
    kind = kind.removesuffix(" | null")
    if rest.startswith(" matching"):
        return WrongValue("value-form")
    for words, code, of_list in BOUNDS:
        if rest.startswith(words):
            return WrongValue(of_list if kind in LISTS else code, {"bound": rest.removeprefix(words)})
    return WrongValue("value-kind", {"kind": kind})

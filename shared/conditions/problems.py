"""The errors of conditions, with their position."""

from __future__ import annotations

from typing import Final

from shared.text import with_caret

PROBLEMS: Final[dict[str, str]] = {
    "empty": "there is no condition",
    "long": "the condition has {length} characters, at most {most} are read",
    "instead": "write {instead}, not {found}",
    "unexpected": "{found} cannot stand here",
    "unfinished": "something is missing at the end",
    "name": "{found} is no column and no bar field",
    "meant": "{found} is no column and no bar field; did you mean {near}?",
    "parameters": "{found} does not fit {form}, as in {example}",
    "range": "{found}: {parameter} must be from {least} to {most}",
    "whole": "{found}: {parameter} must be a whole number from {least} to {most}",
    "order": "{found}: {lower} must be {than} {higher}",
    "function": "{found} is no function; there are prev(x), crosses_above(a, b) and crosses_below(a, b)",
    "call": "{found} must be called, as in {example}",
    "arguments": "{found} takes {wanted} values, not {given}",
    "timeframe": "{found} is no timeframe; there are {known}",
    "magnitude": "{found} is beyond {most}",
    "chained": "comparisons cannot be chained: write a < b and b < c",
    "number": "'{sign}' needs a number here, and this is true or false",
    "truth": "'{sign}' needs something true or false here, and this is a number",
    "condition": "this is a number; a condition is true or false, as in close > 100",
    "past": "only one bar back is known: {sign} cannot stand inside {outer}",
    "constant": "no column and no bar field is named: it would always say the same",
    "operations": "more than {most} operations",
    "deep": "nested too deeply",
    "columns": "more than {most} columns",
}
"""The English text of every error code; the error supplies the values in braces."""


class ConditionError(ValueError):
    """A text is not a condition.

    ``code`` is a key of ``PROBLEMS``, ``values`` fill its braces, ``position`` is an index into ``text``.
    """

    def __init__(self, code: str, text: str, position: int, **values: object) -> None:
        self.code, self.text, self.position, self.values = code, text, position, values
        super().__init__(f"{self.message} (at character {position + 1})")

    @property
    def message(self) -> str:
        """The error in English."""
        return PROBLEMS[self.code].format(**self.values)

    def caret(self) -> str:
        r"""The text with a caret below the position, for a monospaced font.

        >>> print(ConditionError("unfinished", "close >", 7).caret())
        close >
               ^
        """
        return with_caret(self.text, self.position)

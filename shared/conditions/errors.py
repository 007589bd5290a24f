"""The errors of conditions, with their position."""

from __future__ import annotations

from typing import Final

from shared.text import with_caret

PROBLEMS: Final[dict[str, str]] = {
    "empty": "there is no condition",
    "long": "the condition has {length} characters, at most {most} are read",
    "instead": "write {instead}, not {found}",
    "restated": "this is not read as it stands; did you mean {instead}?",
    "unexpected": "{found} cannot stand here",
    "unfinished": "something is missing at the end",
    "name": "{found} is no column and no bar field",
    "meant": "{found} is no column and no bar field; did you mean {near}?",
    "parameters": "{found} does not fit {form}, as in {example}",
    "range": "{found}: {parameter} must be from {least} to {most}",
    "whole": "{found}: {parameter} must be a whole number from {least} to {most}",
    "order": "{found}: {lower} must be {than} {higher}",
    "sum": "{found}: {first} and {second} must be at most {most} together",
    "function": "{found} is no function; there are {known}",
    "call": "{found} must be called, as in {example}",
    "arguments": "{found} takes {wanted} values, not {given}, as in {example}",
    "timeframe": "{found} is no timeframe; there are {known}",
    "magnitude": "{found} is beyond {most}",
    "chained": "only comparisons in one direction can be chained, as in 30 < rsi_14 < 70; otherwise write a < b and b > c",
    "number": "'{sign}' needs a number here, and this is true or false",
    "truth": "'{sign}' needs something true or false here, and this is a number",
    "condition": "this is a number; a condition is true or false, as in {example}",
    "nested": "more than {most} functions of the past within each other",
    "windows": "the functions of the past within each other look back more than {most} bars together",
    "derived": "more than {most} values of the past, of other timeframes, of other instruments and of events",
    "bars": "{found}: at most {most} bars back are known",
    "window": "{found} cannot be the number of bars of {sign}: a whole number from 1 to {most}, as in {example}",
    "unit": "{found}: bars on {frame} are counted in bars, as in {example}",
    "never": "{found} is never true, because the newest bar is one of the {bars}; write {example}",
    "session": "{found} is never true, because the newest bar belongs to the session; write {example}",
    "drawdown": "{found} is never true, because a drawdown is 0 or less; write {example}",
    "direction": "write {example}, or the same with 'below'",
    "written": "{found} is no column; write {example}",
    "fundamental": "{found}: there are no fundamentals; conditions know prices, volumes and what is computed from them",
    "no_data": "{found} is not known here; conditions know prices, volumes and what is computed from them",
    "selects": "{found}: conditions do not select instruments; write {example}, for industry:NAME or for the instruments that "
    "are meant",
    "two_instruments": "{found} is no column and no bar field; all of it for that instrument is: {own}; that value alone is: "
    "{example}",
    "instrument": "{found} is no column and no bar field; an instrument is named at the end: {own}",
    "elsewhere": "{found} is another instrument; write {example}",
    "of_close": "{found}: this indicator is known of the instrument's own bars alone, as in {example}",
    "subject": "what is compared? A value is missing before it, as in rsi_14 > 30 and < 70",
    "percent": "{found} of what? Write 'change_pct({series}, 1)' for a change, or a number",
    "clock": "{found} is no time of day",
    "beside": "{found} can only be compared with {series}",
    "useless": "{found} says nothing on {frame}; write a shorter timeframe, as in '{example}'",
    "level": "'{sign}' is known of {known}; of another value write a comparison with a number",
    "way": "{found} fires {known} alone",
    "event": "'{found}' cannot stand behind {name}",
    "no_instance": "{found} does not run; there is {known}",
    "fires": "{found} does not fire on {frame}, only on {known}",
    "fires_written": "{found} does not fire on {frame}, only on {known}; write {example}",
    "bracket": "{found}: write a number of bars [5], a timeframe [1h] or an instrument [^VIX, 1d]",
    "daily": "{instrument}: of another instrument only daily values are known, not {found}; write 1d",
    "twice": "this is on another timeframe or of another instrument already",
    "frames": "the other parts need a timeframe as well: write {example}, and one 'on' at the end for the rest",
    "industry": "{found} is no value of an industry; there are {known}",
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
        super().__init__(code, text, position)

    def __str__(self) -> str:
        return f"{self.message} (at character {self.position + 1})"

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

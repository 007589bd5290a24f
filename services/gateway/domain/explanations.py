"""What /v1/conditions/explain is asked and answers: a condition in words, and where it last held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from services.gateway.domain.bodies import parse_body
from services.gateway.domain.parameter_types import Symbol
from services.gateway.domain.problems import RequestError
from services.gateway.domain.timeframes import NAME_BY_TIMEFRAME, TimeframeName
from services.gateway.domain.times import Time, rfc3339
from shared.conditions import Condition, ConditionError, describe, parse
from shared.conditions.condition import LONGEST
from shared.conditions.words import LANGUAGES
from shared.events import SymbolHistory

Language = Literal["en", "ko"]
MOST_SYMBOLS: Final = 20


class ExplainRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition, and the instruments on whose stored bars it is evaluated."""

    condition: Annotated[
        str, msgspec.Meta(max_length=10 * LONGEST, description=f"As in docs/conditions.md; at most {LONGEST} characters are read.")
    ]
    symbols: Annotated[list[Symbol], msgspec.Meta(max_length=MOST_SYMBOLS)] = []
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="Times for each instrument, newest first.")] = 10
    language: Annotated[Language, msgspec.Meta(description="Only these words; without it, all.")] | None = None


class HeldTimes(msgspec.Struct, frozen=True):
    """Where a condition held on the stored bars of an instrument."""

    symbol: str
    bars: int
    """Bars that were evaluated; 0 where none are stored."""
    first_bar: Time | None
    """Close of the oldest of them."""
    last_bar: Time | None
    """Close of the newest of them."""
    held: int
    """Bars on which it held."""
    unknown: int
    """Bars on which it was neither true nor false, because a value was not known."""
    dates: list[Time]
    """Closes of the newest bars on which it held, newest first."""


class Explanation(msgspec.Struct, frozen=True):
    """A condition in words, and where it last held."""

    condition: str
    """The normal form."""
    timeframe: TimeframeName
    words: dict[str, str]
    """What it means, by language: ``en``, ``ko``."""
    history: list[HeldTimes] | None
    """For each instrument of the request; null where it could not be evaluated, and a warning says why."""
    history_code: str | None
    """Where it is null: the ``code`` of the problem that /v1/conditions/history would answer."""


class ConditionWords(msgspec.Struct, frozen=True):
    """A condition that was read, with its words by language."""

    condition: Condition
    words: dict[str, str]


def parse_request(body: bytes) -> ExplainRequest:
    """The request in a body. Raises RequestError."""
    return parse_body(body, ExplainRequest)


def read_condition(text: str, language: Language | None) -> ConditionWords:
    """The condition with its words; takes up to 50 ms.

    Raises:
        RequestError: the text is no condition; it has the parser's code and position.
    """
    try:
        condition = parse(text)
    except ConditionError as error:
        raise condition_problem(text, error) from error
    chosen = (language,) if language else LANGUAGES
    return ConditionWords(condition, {each: describe(condition, each) for each in chosen})


def condition_problem(text: str, error: ConditionError) -> RequestError:
    """The problem with the parser's code and position."""
    return RequestError(
        "invalid-condition",
        f"condition: {error}",
        field="condition",
        value=text,
        code=error.code,
        values=error.values,
        position=error.position,
        caret=error.caret(),
    )


def explanation(read: ConditionWords, history: Sequence[SymbolHistory] | None, code: str | None = None) -> Explanation:
    """The answer. ``code``: why there is no history."""
    condition = read.condition
    shown = None if history is None else [held_times(each) for each in history]
    return Explanation(condition.text, NAME_BY_TIMEFRAME[condition.timeframe], read.words, shown, code)


def held_times(found: SymbolHistory) -> HeldTimes:
    """The view of the history of one instrument."""
    first, last = (None if ts is None else rfc3339(ts) for ts in (found.first_bar, found.last_bar))
    return HeldTimes(found.symbol, found.bars, first, last, found.held, found.unknown, [*map(rfc3339, found.newest)])

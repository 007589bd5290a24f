"""What /v1/conditions/check and /v1/conditions/history are asked, and what the first answers."""

from __future__ import annotations

from typing import Annotated

import msgspec

from services.gateway.domain.bodies import parse_body
from services.gateway.domain.explanations import MOST_SYMBOLS
from services.gateway.domain.parameter_types import Symbol
from services.gateway.domain.timeframes import NAME_BY_TIMEFRAME, TimeframeName
from shared.conditions import Condition, ConditionError
from shared.conditions.condition import LONGEST

ConditionText = Annotated[
    str, msgspec.Meta(max_length=10 * LONGEST, description=f"As in docs/conditions.md; at most {LONGEST} characters are read.")
]


class CheckRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that may be a condition."""

    condition: ConditionText


class HistoryRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition, and the instruments on whose stored bars it is evaluated."""

    condition: ConditionText
    symbols: Annotated[list[Symbol], msgspec.Meta(min_length=1, max_length=MOST_SYMBOLS)]
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="Times for each instrument, newest first.")] = 10


class ConditionFault(msgspec.Struct, frozen=True):
    """Why a text is no condition."""

    code: str
    """The error's code in docs/conditions.md."""
    message: str
    position: int
    """In characters from 0."""
    caret: str
    """The text, and a caret below the position, for a monospaced font."""
    values: dict[str, str]
    """What ``code`` says, to say it in another language."""


class CheckedCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was read."""

    valid: bool
    id: str | None
    """The same for all spellings of a condition; null where the text is none."""
    condition: str | None
    """The normal form."""
    timeframe: TimeframeName | None
    columns: list[str]
    """The columns of indicators in it."""
    fields: list[str]
    """The bar fields in it."""
    errors: list[ConditionFault]
    """Empty where it is valid."""


def parse_check(body: bytes) -> CheckRequest:
    """The request in a body. Raises RequestError."""
    return parse_body(body, CheckRequest)


def parse_history(body: bytes) -> HistoryRequest:
    """The request in a body. Raises RequestError."""
    return parse_body(body, HistoryRequest)


def checked(condition: Condition) -> CheckedCondition:
    """The view of a condition."""
    return CheckedCondition(
        valid=True,
        id=condition.id,
        condition=condition.text,
        timeframe=NAME_BY_TIMEFRAME[condition.timeframe],
        columns=list(condition.columns),
        fields=list(condition.fields),
        errors=[],
    )


def refused(error: ConditionError) -> CheckedCondition:
    """The view of a text that is no condition."""
    fault = ConditionFault(
        error.code, str(error), error.position, error.caret(), {name: str(each) for name, each in error.values.items()}
    )
    return CheckedCondition(valid=False, id=None, condition=None, timeframe=None, columns=[], fields=[], errors=[fault])

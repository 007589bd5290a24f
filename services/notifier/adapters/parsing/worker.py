"""The parsing process: a condition as UTF-8 in, ``ParsedCondition`` or ``InvalidCondition`` as JSON out."""

from __future__ import annotations

import msgspec

from services.notifier.domain.conditions import InvalidCondition, ParsedCondition
from services.notifier.words.catalogue import LANGUAGES
from shared.children.loop import serve
from shared.conditions import ConditionError, describe, parse
from shared.conditions.user_limits import extra_columns


def answer(body: bytes) -> bytes:
    """The parsed condition, or its error."""
    try:
        condition = parse(body.decode())
    except ConditionError as error:
        values = {name: value if isinstance(value, int) else str(value) for name, value in error.values.items()}
        return msgspec.json.encode(InvalidCondition(error.code, error.text, error.position, values))
    words = {language: describe(condition, language) for language in LANGUAGES}
    return msgspec.json.encode(ParsedCondition(condition.text, condition.timeframe, extra_columns(condition), words))


if __name__ == "__main__":
    parse("close > open")  # loads the grammar before the first request
    serve(answer)

"""Types of parameters, with their patterns and what the document says of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final

import msgspec

from shared.sequences import vocabulary


def _text(shortest: int, longest: int, *examples: str) -> dict[str, Any]:
    """Lengths and examples for the document; the pattern beside them is what is checked."""
    return {"minLength": shortest, "maxLength": longest, "examples": [*examples]}


Symbol = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Z0-9.^=_-]{1,32}$",
        description="As Yahoo writes it: AAPL, 005930.KS, ^GSPC, BTC-USD.",
        extra_json_schema=_text(1, 32, "AAPL"),
    ),
]
Symbols = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Z0-9.^=_-]{1,32}(,[A-Z0-9.^=_-]{1,32}){0,199}$",
        description="One to 200 symbols, separated by commas.",
        extra_json_schema=_text(1, 6599, "AAPL,NVDA"),
    ),
]
Slug = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$",
        description="An industry of /v1/industries.",
        extra_json_schema=_text(1, 48, "semiconductors"),
    ),
]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,48}$", extra_json_schema=_text(1, 48, "NASDAQ"))]
FileName = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,128}(\.[a-z0-9]{1,8})?$", extra_json_schema=_text(1, 137, "manifest.json"))
]
RULES: Final = (*vocabulary(), "sequence")
AlertNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}$", extra_json_schema=_text(1, 9, "1"))]
RuleSlug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,48}$", extra_json_schema=_text(1, 48, "golden_cross"))]
PATTERNS: Final = tuple(name for name, fires in vocabulary().items() if fires.pattern)
RuleName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*RULES]})]
PatternName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*PATTERNS]})]
ColumnNames = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9_.]{1,64}(,[a-z0-9_.]{1,64}){0,31}$",
        description="One to 32 columns with any parameters, as conditions name them, separated by commas; else the default ones.",
        extra_json_schema=_text(1, 2079, "rsi_21,bb_upper_20_2.5"),
    ),
]
Timestamp = Annotated[
    dt.datetime,
    msgspec.Meta(
        description="RFC 3339; a bare date is its midnight in UTC.",
        examples=["2026-07-02T20:00:00Z", "2026-07-02"],
        extra_json_schema={
            "format": None,
            "anyOf": [
                {"format": "date-time", "minLength": 20, "maxLength": 40},
                {"format": "date", "minLength": 10, "maxLength": 10},
            ],
        },
    ),
]
AsOf = Annotated[
    dt.datetime,
    msgspec.Meta(
        description="What was known then, and nothing later: bars closed by then, as they were before later restatements.",
        examples=["2026-07-02T20:00:00Z"],
        extra_json_schema={
            "format": None,
            "anyOf": [
                {"format": "date-time", "minLength": 20, "maxLength": 40},
                {"format": "date", "minLength": 10, "maxLength": 10},
            ],
        },
    ),
]
PageLimit = Annotated[int, msgspec.Meta(ge=1, le=10_000, description="At most this many results.")]
PageToken = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9_-]{1,200}$", description="next_page_token of the page before.", extra_json_schema=_text(1, 200)
    ),
]
IdempotencyKey = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}$", extra_json_schema=_text(1, 64, "3f1c8a6e"))]
EntityTags = Annotated[str, msgspec.Meta(extra_json_schema=_text(1, 1000, "*"))]
SelectorList = Annotated[
    str,
    msgspec.Meta(
        max_length=4096, description="Symbols, `*` or `industry:NAME`, separated by commas.", examples=["AAPL,industry:ai", "*"]
    ),
]

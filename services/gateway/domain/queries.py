"""The parameters of each resource, one struct each: parsed, checked and documented from the same declaration."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from services.gateway.domain.problems import RequestError, unknown_value_error
from services.gateway.domain.timeframes import TimeframeName
from services.gateway.domain.times import milliseconds
from shared.sequences import vocabulary
from shared.text import normalize


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


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class InstrumentsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which instruments."""

    industry: Slug | None = None
    kind: Literal["index", "future", "stock", "etf", "fx", "crypto"] | None = None
    exchange: Identifier | None = None
    q: (
        Annotated[str, msgspec.Meta(max_length=100, description="Words of a symbol, an English or Korean name, or an alias.")]
        | None
    ) = None
    limit: PageLimit = 1000
    page_token: PageToken | None = None


class QuotesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which quotes; all known ones without parameters."""

    symbols: Symbols | None = None
    industry: Slug | None = None
    as_of: AsOf | None = None


class CorporateActionsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which splits and dividends, oldest first."""

    symbol: Symbol
    start: Timestamp | None = None
    end: Timestamp | None = None
    as_of: AsOf | None = None


class TradingQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which instruments, and when: now without ``as_of``."""

    symbols: Symbols
    as_of: AsOf | None = None


class BarsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which bars; the newest without ``start``."""

    symbol: Symbol
    timeframe: TimeframeName = "1Day"
    start: Timestamp | None = None
    end: Timestamp | None = None
    limit: PageLimit = 1000
    adjustment: Annotated[
        Literal["raw", "all"], msgspec.Meta(description="all: prices adjusted for splits and dividends, volume for splits.")
    ] = "raw"
    sort: Literal["asc", "desc"] = "asc"
    as_of: AsOf | None = None
    page_token: PageToken | None = None


class IndicatorsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows of indicators; the newest without ``start``."""

    symbol: Symbol
    timeframe: TimeframeName = "1Day"
    columns: ColumnNames | None = None
    start: Timestamp | None = None
    end: Timestamp | None = None
    limit: PageLimit = 1000
    sort: Literal["asc", "desc"] = "asc"
    page_token: PageToken | None = None


class SignalsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which signals, newest first."""

    symbol: Symbol | None = None
    industry: Slug | None = None
    rule: RuleName | None = None
    direction: Literal["up", "down"] | None = None
    timeframe: TimeframeName | None = None
    start: Timestamp | None = None
    end: Timestamp | None = None
    limit: PageLimit = 100
    page_token: PageToken | None = None


class QualityQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which records of past signals."""

    rule: RuleName | None = None
    direction: Literal["up", "down"] | None = None
    timeframe: TimeframeName | None = None
    level: Literal["instrument", "industry", "all"] | None = None
    symbol: Symbol | None = None
    """The instrument's own records alone."""
    industry: Slug | None = None
    """The industry's own records alone."""
    horizon: Annotated[int, msgspec.Meta(ge=1, le=250, description="Bars that a position is held.")] | None = None
    validated: bool | None = None
    limit: PageLimit = 100
    page_token: PageToken | None = None


class PatternsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which chart patterns, by their newest status, newest first."""

    symbol: Symbol | None = None
    industry: Slug | None = None
    pattern: PatternName | None = None
    status: Literal["forming", "confirmed", "failed", "target"] | None = None
    direction: Literal["up", "down", "either"] | None = None
    timeframe: TimeframeName | None = None
    start: Timestamp | None = None
    end: Timestamp | None = None
    limit: PageLimit = 100
    page_token: PageToken | None = None


class SnapshotQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of an instrument."""

    timeframe: TimeframeName = "1Day"
    bars: Annotated[int, msgspec.Meta(ge=1, le=1000, description="Newest bars.")] = 250
    adjustment: Literal["raw", "all"] = "all"
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="Newest signals, and newest patterns.")] = 10


class AuditQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries of the audit log, newest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=1000, description="At most this many results.")] = 100
    page_token: PageToken | None = None


class DatasetsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which data sets, newest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="At most this many results.")] = 20
    page_token: PageToken | None = None


class JobsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which jobs of analysis research, newest first."""

    kind: Literal["backtest", "grid", "discovery", "dataset", "audit", "quality"] | None = None
    state: (
        Annotated[Literal["queued", "running", "done", "failed", "refused", "cancelled"], msgspec.Meta(description="As it is now.")]
        | None
    ) = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="At most this many results.")] = 20
    page_token: PageToken | None = None


class RowsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows of a job, in their order."""

    limit: PageLimit = 1000
    page_token: PageToken | None = None


class StreamQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What /v1/events sends: the selectors of a subscription, separated by commas."""

    ticks: SelectorList = ""
    quotes: SelectorList = ""
    bars: SelectorList = ""
    signals: SelectorList = ""
    provisional: SelectorList = ""
    patterns: SelectorList = ""
    news: SelectorList = ""
    industries: SelectorList = ""
    last_event_id: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=r"^[0-9]{1,16}$",
                description="Resume after this id; the header Last-Event-ID has the same meaning.",
                extra_json_schema=_text(1, 16, "1764000000000001"),
            ),
        ]
        | None
    ) = None


MAX_VALUE_CHARACTERS: Final = 8192
"""Characters of a normalized parameter that are kept: more than 200 symbols need."""
Q = TypeVar("Q", bound=msgspec.Struct)

_DATE: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_LOST_PLUS: Final = re.compile(r" (\d{2}:\d{2})$")
_AT: Final = re.compile(r"`\$\.(\w+)`")
_FIELD: Final = re.compile(r"field `(\w+)`")
_PATTERN: Final = "matching regex"
_ENUM: Final = "Invalid enum value"
EXPECTED: Final = MappingProxyType(
    {
        "symbols": "1 to 200 symbols separated by commas",
        "symbol": "a symbol as Yahoo writes it: AAPL, 005930.KS, ^GSPC, BTC-USD",
        "columns": "1 to 32 columns separated by commas, as in rsi_21,sma_100",
        "industry": "an industry of /v1/industries",
        "exchange": "1 to 48 letters, digits, - or _",
        "market": "the id of a market, as in us: 1 to 48 small letters, digits, - or _",
        "last_event_id": "the id of an event: 1 to 16 digits",
        "page_token": "the next_page_token of the page before",
    }
)
"""What a parameter with a pattern must be, for error messages."""
NAMES_BY_FIELD: Final = MappingProxyType({"rule": RULES, "pattern": PATTERNS})
"""The allowed values of parameters that are checked after parsing."""


def parse_query(parameters: Mapping[str, str], query_type: type[Q]) -> Q:
    """The query that the parameters of a URL ask for.

    Raises:
        RequestError: an unknown parameter, a missing one, a value that is not allowed, or a start after the end; it names field
            and value.
    """
    fields = query_type.__struct_fields__
    for name in parameters:
        if name not in fields:
            allowed = ", ".join(fields) or "none"
            raise RequestError(
                "unknown-parameter",
                f"{name!r:.80} is not a parameter of this resource; there are: {allowed}",
                field=name[:80],
                value=parameters[name],
            )
    times = time_fields(query_type)
    try:
        found = msgspec.convert(
            {name: _normalized(value, is_time=name in times) for name, value in parameters.items()}, query_type, strict=False
        )
    except msgspec.ValidationError as error:
        raise _invalid_parameter(str(error), parameters, query_type) from error
    for name, value in parameters.items():
        _check_text(name, value, getattr(found, name))
    for name, known in NAMES_BY_FIELD.items():
        chosen = getattr(found, name, None)
        if chosen is not None and chosen not in known:
            raise unknown_value_error(name, parameters[name], known)
    _check_order(parameters, getattr(found, "start", None), getattr(found, "end", None))
    return found


@cache
def time_fields(query_type: type[msgspec.Struct]) -> frozenset[str]:
    """The names of the fields that are times.

    >>> sorted(time_fields(BarsQuery)), sorted(time_fields(QuotesQuery))
    (['as_of', 'end', 'start'], ['as_of'])
    """
    return frozenset(name for name, hint in get_type_hints(query_type).items() if dt.datetime in (hint, *get_args(hint)))


def _check_text(name: str, text: str, value: object) -> None:
    """Refuse what msgspec takes beside the documented values: ``null`` for no value, ``1`` and ``TRUE`` for true."""
    if value is None:
        raise RequestError("invalid-parameter", f"{name}: null is not a value; leave the parameter out", field=name, value=text)
    if isinstance(value, dt.datetime) and text[4:5] != "-":  # a number would be seconds since the epoch
        raise RequestError("invalid-parameter", f"{name}: expected RFC 3339 or a date, as in 2026-07-02", field=name, value=text)
    if isinstance(value, bool) and text not in {"true", "false"}:
        raise RequestError("invalid-parameter", f"{name}: expected true or false", field=name, value=text)


def _check_order(parameters: Mapping[str, str], start: object, end: object) -> None:
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime) and milliseconds(start) > milliseconds(end):
        raise RequestError(
            "invalid-parameter",
            f"start: {parameters['start']!r:.80} is after the end, {parameters['end']!r:.80}",
            field="start",
            value=parameters["start"],
            fits=True,
        )


def _normalized(raw: str, *, is_time: bool) -> str:
    value = normalize(raw, MAX_VALUE_CHARACTERS)
    if not is_time:
        return value
    if _DATE.match(value):
        return f"{value}T00:00:00Z"
    return _LOST_PLUS.sub(r"+\1", value)  # an unescaped + arrives as a space


def _invalid_parameter(message: str, parameters: Mapping[str, str], query_type: type[msgspec.Struct]) -> RequestError:
    found = _AT.search(message) or _FIELD.search(message)
    field = found.group(1) if found else ""
    if message.startswith(_ENUM) and field:
        return unknown_value_error(field, parameters[field], _choices(query_type, field))
    text = f"expected {EXPECTED[field]}" if _PATTERN in message and field in EXPECTED else message.split(" - at ", maxsplit=1)[0]
    return RequestError("invalid-parameter", f"{field}: {text}" if field else text, field=field, value=parameters.get(field, ""))


def _choices(query_type: type[msgspec.Struct], field: str) -> tuple[str, ...]:
    """The values of a field with a ``Literal`` type, in the order of its declaration."""
    hint = get_type_hints(query_type)[field]
    return tuple(value for part in (hint, *get_args(hint)) if get_origin(part) is Literal for value in get_args(part))


def page_token(kind: str, *parts: Any) -> str:
    """An opaque token of where a page ended.

    >>> parse_page_token("b", page_token("b", 1700000000000), int)
    [1700000000000]
    """
    return base64.urlsafe_b64encode("|".join([kind, *map(str, parts)]).encode()).decode().rstrip("=")


def parse_page_token(kind: str, token: str, *types: type) -> list[Any]:
    """The parts of a page token.

    Raises:
        RequestError: the token was not issued for such a query.
    """
    found = _parts(token)
    if len(found) == len(types) + 1 and found[0] == kind:
        try:
            values = [make(part) for make, part in zip(types, found[1:], strict=True)]
        except ValueError:
            values = []
        if values and all(not isinstance(value, int) or abs(value) <= 2**53 for value in values):
            return values
    raise RequestError("invalid-parameter", "page_token: this is not a token of this resource", field="page_token", value=token)


def _parts(token: str) -> list[str]:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode().split("|")
    except (ValueError, binascii.Error):
        return []

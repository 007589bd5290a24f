"""What each resource may be asked, one struct each: parsed, checked and documented from the same declaration."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from services.gateway.domain.problems import RequestError, not_among
from services.gateway.domain.timeframes import Name
from services.gateway.domain.times import milliseconds
from shared.sequences import vocabulary
from shared.text import normalize

Symbol = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Z0-9.^=_-]{1,32}$", description="As Yahoo writes it: AAPL, 005930.KS, ^GSPC, BTC-USD.")
]
Symbols = Annotated[
    str,
    msgspec.Meta(pattern=r"^[A-Z0-9.^=_-]{1,32}(,[A-Z0-9.^=_-]{1,32}){0,199}$", description="One to 200 symbols, between commas."),
]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$", description="An industry of /v1/industries.")]
Word = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,48}$")]
RULES: Final = (*vocabulary(), "sequence")
PATTERNS: Final = tuple(name for name, fires in vocabulary().items() if fires.pattern)
Rule = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*RULES]})]
PatternName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*PATTERNS]})]
Moment = Annotated[dt.datetime, msgspec.Meta(description="RFC 3339; a bare date is its midnight in UTC.")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=10_000, description="At most this many results.")]
Token = Annotated[str, msgspec.Meta(max_length=200, description="next_page_token of the page before.")]


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class InstrumentsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which instruments."""

    industry: Slug | None = None
    kind: Literal["index", "future", "stock", "etf", "fx", "crypto"] | None = None
    exchange: Word | None = None
    q: (
        Annotated[str, msgspec.Meta(max_length=100, description="Words of a symbol, an English or Korean name, or an alias.")]
        | None
    ) = None
    limit: Limit = 1000
    page_token: Token | None = None


class QuotesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which quotes; all that are known where nothing is said."""

    symbols: Symbols | None = None
    industry: Slug | None = None


class BarsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which bars. Without ``start`` the newest ones."""

    symbol: Symbol
    timeframe: Name = "1Day"
    start: Moment | None = None
    end: Moment | None = None
    limit: Limit = 1000
    adjustment: Annotated[
        Literal["raw", "all"], msgspec.Meta(description="all: splits and dividends taken out of prices, splits out of volume.")
    ] = "raw"
    sort: Literal["asc", "desc"] = "asc"
    page_token: Token | None = None


class IndicatorsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows of indicators. Without ``start`` the newest ones."""

    symbol: Symbol
    timeframe: Name = "1Day"
    start: Moment | None = None
    end: Moment | None = None
    limit: Limit = 1000
    sort: Literal["asc", "desc"] = "asc"
    page_token: Token | None = None


class SignalsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which signals, the newest first."""

    symbol: Symbol | None = None
    industry: Slug | None = None
    rule: Rule | None = None
    direction: Literal["up", "down"] | None = None
    timeframe: Name | None = None
    start: Moment | None = None
    end: Moment | None = None
    limit: Limit = 100
    page_token: Token | None = None


class PatternsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which chart patterns, by their newest status, the newest first."""

    symbol: Symbol | None = None
    industry: Slug | None = None
    pattern: PatternName | None = None
    status: Literal["forming", "confirmed", "failed", "target"] | None = None
    direction: Literal["up", "down", "either"] | None = None
    timeframe: Name | None = None
    start: Moment | None = None
    end: Moment | None = None
    limit: Limit = 100
    page_token: Token | None = None


class StreamQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What /v1/events sends; the same words as in a subscription, between commas."""

    ticks: str = ""
    quotes: str = ""
    bars: str = ""
    signals: str = ""
    provisional: str = ""
    patterns: str = ""
    news: str = ""
    industries: str = ""
    last_event_id: (
        Annotated[
            str, msgspec.Meta(pattern=r"^\d{1,16}$", description="Resume after this id; the header Last-Event-ID says the same.")
        ]
        | None
    ) = None


LONGEST_VALUE: Final = 8192
"""Characters of a parameter in normal form: more than 200 symbols have."""
Q = TypeVar("Q", bound=msgspec.Struct)

_DATE: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_LOST_PLUS: Final = re.compile(r" (\d{2}:\d{2})$")
_AT: Final = re.compile(r"`\$\.(\w+)`")
_FIELD: Final = re.compile(r"field `(\w+)`")
_PATTERN: Final = "matching regex"
_ENUM: Final = "Invalid enum value"
WORDS: Final = MappingProxyType(
    {
        "symbols": "1 to 200 symbols separated by commas",
        "symbol": "a symbol as Yahoo writes it: AAPL, 005930.KS, ^GSPC, BTC-USD",
        "industry": "an industry of /v1/industries",
        "exchange": "1 to 48 letters, digits, - or _",
        "last_event_id": "the id of an event: 1 to 16 digits",
    }
)
"""What a parameter with a pattern has to be, for people."""
MOMENTS: Final = frozenset({"start", "end"})
KNOWN: Final = MappingProxyType({"rule": RULES, "pattern": PATTERNS})
"""What a parameter can be of which there is a list."""


def parse(given: Mapping[str, str], wanted: type[Q]) -> Q:
    """The query in the parameters of an address.

    Raises:
        RequestError: an unknown parameter, a missing one, a value that is not allowed, or a start after the end; it names both.
    """
    fields = wanted.__struct_fields__
    for name in given:
        if name not in fields:
            allowed = ", ".join(fields) or "none"
            raise RequestError(
                "unknown-parameter", f"{name!r:.80} is no parameter here; there are: {allowed}", field=name[:80], value=given[name]
            )
    try:
        found = msgspec.convert({name: _tidy(name, value) for name, value in given.items()}, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise _refused(str(error), given, wanted) from error
    for name, known in KNOWN.items():
        chosen = getattr(found, name, None)
        if chosen is not None and chosen not in known:
            raise not_among(name, given[name], known)
    _check_order(given, getattr(found, "start", None), getattr(found, "end", None))
    return found


def _check_order(given: Mapping[str, str], start: dt.datetime | None, end: dt.datetime | None) -> None:
    if start is not None and end is not None and milliseconds(start) > milliseconds(end):
        raise RequestError(
            "invalid-parameter",
            f"start: {given['start']!r:.80} is after the end, {given['end']!r:.80}",
            field="start",
            value=given["start"],
        )


def _tidy(name: str, typed: str) -> str:
    value = normalize(typed, LONGEST_VALUE)
    if name not in MOMENTS:
        return value
    if _DATE.match(value):
        return f"{value}T00:00:00Z"
    return _LOST_PLUS.sub(r"+\1", value)  # an unescaped + arrives as a space


def _refused(message: str, given: Mapping[str, str], wanted: type[msgspec.Struct]) -> RequestError:
    found = _AT.search(message) or _FIELD.search(message)
    field = found.group(1) if found else ""
    if message.startswith(_ENUM) and field:
        return not_among(field, given[field], _choices(wanted, field))
    text = f"expected {WORDS[field]}" if _PATTERN in message and field in WORDS else message.split(" - at ", maxsplit=1)[0]
    return RequestError("invalid-parameter", f"{field}: {text}" if field else text, field=field, value=given.get(field, ""))


def _choices(wanted: type[msgspec.Struct], field: str) -> tuple[str, ...]:
    """What a field with a ``Literal`` type can be, in the order of its declaration."""
    hint = get_type_hints(wanted)[field]
    return tuple(value for part in (hint, *get_args(hint)) if get_origin(part) is Literal for value in get_args(part))


def page_token(kind: str, *parts: Any) -> str:
    """An opaque mark of where a page ended.

    >>> after("b", page_token("b", 1700000000000), int)
    [1700000000000]
    """
    return base64.urlsafe_b64encode("|".join([kind, *map(str, parts)]).encode()).decode().rstrip("=")


def after(kind: str, token: str, *types: type) -> list[Any]:
    """The parts of a page token.

    Raises:
        RequestError: this token was not given out for such a query.
    """
    found = _parts(token)
    if len(found) == len(types) + 1 and found[0] == kind:
        try:
            values = [make(part) for make, part in zip(types, found[1:], strict=True)]
        except ValueError:
            values = []
        if values and all(not isinstance(value, int) or abs(value) <= 2**53 for value in values):
            return values
    raise RequestError("invalid-parameter", "page_token: this is no token of this resource", field="page_token", value=token)


def _parts(token: str) -> list[str]:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode().split("|")
    except (ValueError, binascii.Error):
        return []

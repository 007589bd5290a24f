"""The parameters of each resource, one struct each: parsed, checked and documented from the same declaration."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from services.gateway.domain.parameter_types import (
    AsOf,
    ColumnNames,
    Identifier,
    PageLimit,
    PageToken,
    PatternName,
    RuleName,
    Slug,
    Symbol,
    Symbols,
    Timestamp,
)
from services.gateway.domain.timeframes import TimeframeName


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

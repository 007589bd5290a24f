"""Views of industries and whole markets."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from shared.events.event import Event, SafeInt


class RelativeStrength(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """(1 + own return) / (1 + return of the reference) - 1, on adjusted daily closes; absent when the history is too short."""

    over_20: float | None = None
    """Over the last 20 sessions."""
    over_63: float | None = None
    over_126: float | None = None


class Comovement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Beta and correlation of daily moves with those of the benchmark; absent when unknown."""

    beta_63: float | None = None
    """Covariance by the variance of the benchmark, over the last 63 sessions."""
    beta_126: float | None = None
    correlation_63: float | None = None
    """From -1 to 1."""
    correlation_126: float | None = None


class IndustryMember(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One member; unknown values are absent."""

    symbol: str
    session: SafeInt = 0
    """Session date (yyyymmdd) of its quote; 0: none yet."""
    last_price: float | None = None
    move: float | None = None
    """Change of the last price from the previous session's close; absent if it has not traded in its exchange's newest session."""
    above_sma_50: bool | None = None
    above_sma_200: bool | None = None
    against_industry: RelativeStrength | None = None
    """Against the equally weighted other members. Absent in a market's view."""
    benchmark: str = ""
    """The index that ``against_market`` and ``with_market`` are measured with."""
    against_market: RelativeStrength | None = None
    with_market: Comovement | None = None


class Mover(msgspec.Struct, frozen=True, kw_only=True):
    """One of the members with the largest or smallest move."""

    symbol: str
    move: float
    last_price: float


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a rule fired on the members today."""

    rule: str
    up: SafeInt
    down: SafeInt


class IndustryView(Event, frozen=True, kw_only=True, tag="industry"):
    """The current state of an industry or a whole market: breadth, leaders, signals of today, relative strength.

    Today is, for each exchange, the newest session date among its members' quotes. Fractions are rounded to six decimals.
    """

    industry: str
    """Slug, as in ``semiconductors``; of a market ``us`` or ``all``."""
    kind: Literal["industry", "market"]
    name_en: str
    name_ko: str
    ts_event: SafeInt
    """Newest event time among the inputs of the view."""
    ts_init: SafeInt
    session: SafeInt
    """Newest session date among the members' quotes (yyyymmdd)."""
    advances: SafeInt
    declines: SafeInt
    unchanged: SafeInt
    missing: SafeInt
    """Members without a move today: not traded yet, or no previous close. The four counts add up to the number of members."""
    median_move: float | None = None
    """Median of the moves against the previous session's close."""
    above_sma_50: float | None = None
    """Share of the members above their SMA 50 on daily bars, with the current price as today's close."""
    sma_50_of: SafeInt = 0
    """Members that traded today and have an SMA 50: the denominator of the share."""
    above_sma_200: float | None = None
    sma_200_of: SafeInt = 0
    leaders: tuple[Mover, ...] = ()
    """Up to three largest moves, the largest first."""
    laggards: tuple[Mover, ...] = ()
    """Up to three smallest moves of the other members, the smallest first."""
    signals_up: SafeInt = 0
    """Signals of today on closed bars."""
    signals_down: SafeInt = 0
    signals_by_rule: tuple[RuleCount, ...] = ()
    members: tuple[IndustryMember, ...] = ()
    source: str = ""
    replayed: bool = False
    """True when any of the prices is replayed recorded data."""

    @property
    def event_id(self) -> str:
        digest = hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]
        return f"industry:{self.industry}:{self.ts_event}:{digest}"

"""A briefing as it is stored: what a market did in a session or a week, in one language.

The notifier writes briefings, the gateway reads them. Moves are fractions, times milliseconds since the epoch, dates yyyymmdd.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

Kind = Literal["daily", "weekly"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class BriefingMove(msgspec.Struct, frozen=True, kw_only=True):
    """What an instrument did."""

    symbol: str
    name: str
    close: float
    """Adjusted."""
    move: float | None
    """From the last close before the period; None where there is none."""


class BriefingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A market or an industry: how many of its members rose and fell."""

    slug: str
    name: str
    advances: int
    declines: int
    unchanged: int
    missing: int
    """Members without a move. The four counts add up to the number of members."""
    median_move: float | None
    leaders: tuple[BriefingMove, ...]
    """Up to three largest moves, the largest first."""
    laggards: tuple[BriefingMove, ...]
    """Up to three smallest moves of the other members, the smallest first."""


class BriefingSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that fired in the period."""

    id: str
    symbol: str
    name: str
    rule: str
    direction: str
    timeframe: str
    ts_event: int
    validated: bool
    """Whether its record is validated."""
    record: str
    """Its out-of-sample record as a sentence."""


class BriefingOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a signal of the week before."""

    id: str
    symbol: str
    name: str
    rule: str
    direction: str
    ts_event: int
    move: float
    """From the open of the next session to the last close, whatever the direction of the signal."""


class BriefingOutcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the signals of the seven days before the period."""

    signals: int
    known: int
    """Those with a stored open after them."""
    favourable: int
    """Of the known ones, those whose move has the direction of the signal."""
    mean_move: float | None
    """Mean of the moves in the direction of the signal; None where none is known."""
    newest: tuple[BriefingOutcome, ...]
    """Known ones, validated records first, then the newest."""


class BriefingReaction(msgspec.Struct, frozen=True, kw_only=True):
    """What an instrument did after a story."""

    symbol: str
    name: str
    hour: float | None
    day: float | None


class BriefingStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story of the period."""

    id: str
    title: str
    url: str
    publishers: int
    importance: float
    reactions: tuple[BriefingReaction, ...]
    """Known ones."""


class BriefingSession(msgspec.Struct, frozen=True, kw_only=True):
    """The next session of exchanges that trade at the same hours."""

    exchanges: tuple[str, ...]
    day: int
    open: int
    close: int
    early: bool
    """Whether it is shorter than usual."""


class BriefingHoliday(msgspec.Struct, frozen=True, kw_only=True):
    """A coming weekday without a session."""

    exchanges: tuple[str, ...]
    day: int


class Briefing(msgspec.Struct, frozen=True, kw_only=True):
    """A briefing for one audience."""

    kind: Kind
    market: str
    market_name: str
    day: int
    """The session; of a weekly briefing the last one."""
    since: int
    """The last close before the period."""
    until: int
    """The close of the session."""
    language: str
    zone: str
    """In which its text states times."""
    indices: tuple[BriefingMove, ...]
    breadth: BriefingGroup
    industries: tuple[BriefingGroup, ...]
    """Those of the audience; without a choice, those with the largest median moves."""
    watched: tuple[BriefingMove, ...]
    """Instruments of the audience, the largest moves first."""
    signals: int
    """How many fired on the audience's instruments."""
    newest_signals: tuple[BriefingSignal, ...]
    """Validated records first, then the newest."""
    outcomes: BriefingOutcomes
    stories: tuple[BriefingStory, ...]
    """The most important first."""
    sessions: tuple[BriefingSession, ...]
    holidays: tuple[BriefingHoliday, ...]
    replayed: bool
    index_closes: tuple[float, ...] = ()
    """Closes of the first index up to the session, for the picture."""
    industry_moves: tuple[tuple[str, float], ...] = ()
    """Names and median moves of the market's industries, for the picture, which is the same for every audience."""
    text: str = ""
    """All of it in words, without markup."""

"""The current values of each member of a group: its move, its averages, its relative strength, its beta."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from services.analysis.industries.domain.market_state import MarketState
from services.analysis.kernels.groups.aligned import AlignedCloses, Floats, aligned, carried, newest_of
from services.analysis.kernels.groups.comovement import SESSIONS as MOVES
from services.analysis.kernels.groups.comovement import comovement
from services.analysis.kernels.groups.roster import Group
from services.analysis.kernels.groups.strength import SESSIONS, strength
from shared.events import Comovement, IndustryMember, RelativeStrength

DIGITS: Final = 6
"""Decimals of the fractions in a view."""


def members_of(
    group: Group, state: MarketState, moves: Mapping[str, float], above: Mapping[int, Mapping[str, float]]
) -> tuple[IndustryMember, ...]:
    """The members in the group's order. ``moves`` has those that moved today; ``above``: average -> symbol -> 1, 0 or NaN."""
    choices = state.roster.benchmarks
    wanted = dict.fromkeys([*group.members, *(symbol for member in group.members for symbol in choices.get(member, ()))])
    series = {symbol: ([c.session for c in own], [c.price for c in own]) for symbol in wanted if (own := state.closes.of(symbol))}
    side = aligned(series)
    filled = carried(side.days, side.closes)
    place = {symbol: column for column, symbol in enumerate(side.symbols)}
    peers = [place[symbol] for symbol in group.members if symbol in place]
    found = []
    for symbol in group.members:
        quote, at = state.quotes.get(symbol), place.get(symbol)
        others = [column for column in peers if column != at] if group.kind == "industry" else []
        measure = [place[one] for one in choices.get(symbol, ()) if one != symbol and one in place]
        benchmark = next((one for one in measure if at is not None and _covers(side, filled, at, one)), None)
        found.append(
            IndustryMember(
                symbol=symbol,
                session=quote.session if quote else 0,
                last_price=quote.last_price if quote else None,
                move=round_or_none(moves.get(symbol, math.nan)),
                above_sma_50=_flag(above[50][symbol]),
                above_sma_200=_flag(above[200][symbol]),
                against_industry=_strength(side, filled, at, others),
                benchmark="" if benchmark is None else side.symbols[benchmark],
                against_market=_strength(side, filled, at, [] if benchmark is None else [benchmark]),
                with_market=_comovement(side, filled, at, benchmark),
            )
        )
    return tuple(found)


def round_or_none(value: float) -> float | None:
    """The value, rounded; None if it is not a finite number."""
    return round(float(value), DIGITS) if math.isfinite(value) else None


def _covers(side: AlignedCloses, filled: Floats, member: int, benchmark: int) -> bool:
    """Whether the benchmark has a close, its own or a carried one, for the date of the member's newest close."""
    newest = np.flatnonzero(np.isfinite(side.closes[:, member]))[-1]
    return bool(np.isfinite(filled[newest, benchmark]))


def _strength(side: AlignedCloses, filled: Floats, member: int | None, others: Sequence[int]) -> RelativeStrength | None:
    if member is None or not others:
        return None
    values = [newest_of(side, member, strength(side.closes, filled, member, others, n, newest=True)) for n in SESSIONS]
    if not any(map(math.isfinite, values)):
        return None
    return RelativeStrength(over_20=round_or_none(values[0]), over_63=round_or_none(values[1]), over_126=round_or_none(values[2]))


def _comovement(side: AlignedCloses, filled: Floats, member: int | None, benchmark: int | None) -> Comovement | None:
    if member is None or benchmark is None:
        return None
    pairs = [comovement(side.closes, filled, member, [benchmark], n, newest=True) for n in MOVES]
    betas, correlations = ([newest_of(side, member, pair[i]) for pair in pairs] for i in (0, 1))
    if not any(map(math.isfinite, betas)):
        return None
    short, long = map(round_or_none, betas)
    return Comovement(
        beta_63=short, beta_126=long, correlation_63=round_or_none(correlations[0]), correlation_126=round_or_none(correlations[1])
    )


def _flag(value: float) -> bool | None:
    return None if math.isnan(value) else value > 0

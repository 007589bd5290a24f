"""Computes the current view of an industry or a market."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from services.analysis.industries.domain.aligned import aligned, newest_of
from services.analysis.industries.domain.averages import above_average
from services.analysis.industries.domain.breadth import breadth, fraction_of_ones
from services.analysis.industries.domain.market_state import MarketState
from services.analysis.industries.domain.members import DIGITS, members_of, round_or_none
from services.analysis.industries.domain.movers import movers
from services.analysis.industries.domain.roster import Group
from services.analysis.industries.domain.signals_today import by_rule, ended_before
from shared.events import IndustryView, Mover, Quote

AVERAGES: Final = (50, 200)


def view(group: Group, state: MarketState, ends: Mapping[str, Mapping[int, int]]) -> IndustryView | None:
    """The view of a group; None while no member has a quote. ``ends`` is ``state.closes.ends(...)``."""
    quotes = {symbol: quote for symbol in group.members if (quote := state.quotes.get(symbol)) and quote.session > 0}
    if not quotes:
        return None
    exchanges = state.roster.exchanges
    today: dict[str, int] = {}
    for symbol, quote in quotes.items():
        today[exchanges[symbol]] = max(today.get(exchanges[symbol], 0), quote.session)
    trading = {symbol: quote for symbol, quote in quotes.items() if quote.session == today[exchanges[symbol]]}
    moved = np.array([[_move(trading.get(symbol)) for symbol in group.members]])
    above = _above(group, state, trading)
    counts = breadth(moved)
    shares = [fraction_of_ones(np.array([[above[n][symbol] for symbol in group.members]])) for n in AVERAGES]
    moves = {symbol: move for symbol, move in zip(group.members, moved[0].tolist(), strict=True) if math.isfinite(move)}
    leaders, laggards = movers(moves)
    begins = {exchange: ended_before(ends.get(exchange, {}), session) for exchange, session in today.items()}
    fired = [
        s for symbol in group.members if exchanges[symbol] in begins for s in state.fired.since(symbol, begins[exchanges[symbol]])
    ]
    rules = by_rule(fired)
    newest = max(quotes.values(), key=lambda quote: (quote.ts_event, quote.symbol))
    closed = [closes[-1].ts_close for symbol in group.members if (closes := state.closes.of(symbol))]
    return IndustryView(
        industry=group.industry,
        kind=group.kind,
        name_en=group.name_en,
        name_ko=group.name_ko,
        ts_event=max([newest.ts_event, *closed, *(signal.ts_event for signal in fired)]),
        ts_init=max([*(quote.ts_init for quote in quotes.values()), *(signal.ts_init for signal in fired)]),
        session=max(today.values()),
        advances=int(counts.advances[0]),
        declines=int(counts.declines[0]),
        unchanged=int(counts.unchanged[0]),
        missing=int(counts.missing[0]),
        median_move=round_or_none(counts.median[0]),
        above_sma_50=round_or_none(shares[0][0][0]),
        sma_50_of=int(shares[0][1][0]),
        above_sma_200=round_or_none(shares[1][0][0]),
        sma_200_of=int(shares[1][1][0]),
        leaders=tuple(_mover(symbol, moves, quotes) for symbol in leaders),
        laggards=tuple(_mover(symbol, moves, quotes) for symbol in laggards),
        signals_up=sum(rule.up for rule in rules),
        signals_down=sum(rule.down for rule in rules),
        signals_by_rule=rules,
        members=members_of(group, state, moves, above),
        source=newest.source,
        replayed=any(quote.replayed for quote in quotes.values()),
    )


def _move(quote: Quote | None) -> float:
    move = None if quote is None else quote.change_percent
    return math.nan if move is None or not math.isfinite(move) else move


def _above(group: Group, state: MarketState, trading: Mapping[str, Quote]) -> dict[int, dict[str, float]]:
    """Average -> symbol -> 1 above, 0 not, NaN unknown or not trading. The current price counts as the close of its session."""
    series = {}
    for symbol in group.members:
        quote = trading.get(symbol)
        before = [] if quote is None else [close for close in state.closes.of(symbol) if close.session < quote.session]
        now = [] if quote is None else [(quote.session, quote.last_price)]
        rows = [(close.session, close.price) for close in before] + now
        series[symbol] = [session for session, _ in rows], [price for _, price in rows]
    found = aligned(series)
    averages = {n: above_average(found.closes, n, newest=True) for n in AVERAGES}
    return {n: {s: newest_of(found, i, values[:, i]) for i, s in enumerate(found.symbols)} for n, values in averages.items()}


def _mover(symbol: str, moves: Mapping[str, float], quotes: Mapping[str, Quote]) -> Mover:
    return Mover(symbol=symbol, move=round(moves[symbol], DIGITS), last_price=quotes[symbol].last_price)

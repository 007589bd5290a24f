"""Signals of the period, and what became of those of the week before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from services.notifier.domain.briefings.moves import Bars, change
from services.notifier.domain.quality_text import record
from shared.briefings import BriefingOutcome, BriefingOutcomes, BriefingSignal
from shared.events import Signal

MOST = 20
"""Signals and outcomes that are listed."""
Named = Callable[[str], str]
"""The name of a symbol."""


def newest_signals(signals: Sequence[Signal], named: Named, language: str) -> tuple[BriefingSignal, ...]:
    """The signals to list, with their records."""
    return tuple(
        BriefingSignal(
            id=each.id,
            symbol=each.symbol,
            name=named(each.symbol),
            rule=each.rule,
            direction=each.direction,
            timeframe=each.timeframe.value,
            ts_event=each.ts_event,
            validated=_validated(each),
            record=record(each, language),
        )
        for each in sorted(signals, key=_order)[:MOST]
    )


def outcomes(signals: Sequence[Signal], bars: Bars, day: int, named: Named) -> BriefingOutcomes:
    """What became of signals: the move from the open of the next session to the close of ``day``. Unknown moves are not counted."""
    known: list[tuple[Signal, float]] = []
    for signal in signals:
        later = [bar for bar in bars.get(signal.symbol, ()) if bar.ts_open >= signal.ts_event and bar.session <= day]
        move = change(later[0].open, later[-1].close) if later else None
        if move is not None:
            known.append((signal, move))
    directed = [move if signal.direction == "up" else -move for signal, move in known]
    return BriefingOutcomes(
        signals=len(signals),
        known=len(known),
        favourable=sum(move > 0 for move in directed),
        mean_move=round(fmean(directed), 6) if directed else None,
        newest=tuple(
            BriefingOutcome(
                id=signal.id,
                symbol=signal.symbol,
                name=named(signal.symbol),
                rule=signal.rule,
                direction=signal.direction,
                ts_event=signal.ts_event,
                move=move,
            )
            for signal, move in sorted(known, key=lambda each: _order(each[0]))[:MOST]
        ),
    )


def _validated(signal: Signal) -> bool:
    return signal.quality is not None and signal.quality.validated


def _order(signal: Signal) -> tuple[bool, int, str]:
    return not _validated(signal), -signal.ts_event, signal.id

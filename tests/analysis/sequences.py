"""A reference for sequences, written from docs/sequences.md alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

from shared.events import Signal, Timeframe
from shared.sequences import SignalSequence, Step

Fits = tuple[str, Timeframe, int, str]
"""Symbol, timeframe, close of the bar, id."""


def is_step(signal: Signal, step: Step) -> bool:
    named = all(signal.params.get(name) == value for name, value in step.params)
    return (signal.rule, signal.direction) == (step.rule, step.direction) and named


def complete(sequence: SignalSequence, fired: Mapping[int, Sequence[Signal]], at: int, step: int | None = None) -> bool:
    """Whether the step (the last one) fires on bar ``at`` with all steps before it; ``fired``: number of a bar -> its signals."""
    step = len(sequence.steps) - 1 if step is None else step
    if not any(is_step(signal, sequence.steps[step]) for signal in fired.get(at, ())):
        return False
    return step == 0 or any(complete(sequence, fired, at - back, step - 1) for back in range(1, sequence.within[step - 1] + 1))


def due(
    sequences: Sequence[SignalSequence], closes: Mapping[tuple[str, Timeframe], Sequence[int]], signals: Sequence[Signal]
) -> set[Fits]:
    """The final signals that are due; ``closes``: of each bar of a series, ``signals``: those of rules and patterns."""
    by_series: dict[tuple[str, Timeframe], dict[int, list[Signal]]] = defaultdict(lambda: defaultdict(list))
    numbers = {series: {close: n for n, close in enumerate(times)} for series, times in closes.items()}
    for signal in signals:
        if not signal.provisional:
            series = signal.symbol, signal.timeframe
            by_series[series][numbers[series][signal.ts_event]].append(signal)
    return {
        (symbol, timeframe, closes[symbol, timeframe][at], identity(sequence, symbol, closes[symbol, timeframe][at]))
        for (symbol, timeframe), fired in by_series.items()
        for sequence in sequences
        if sequence.timeframe == timeframe
        for at in list(fired)
        if complete(sequence, fired, at)
    }


def identity(sequence: SignalSequence, symbol: str, close: int) -> str:
    name = hashlib.sha256(sequence.text.encode()).hexdigest()[:32]
    text = "|".join((f"sequence:{name}", "1", "", sequence.steps[-1].direction, symbol, str(sequence.timeframe), str(close)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]

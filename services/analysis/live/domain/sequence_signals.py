"""Finds the followed sequences that a signal completes, and makes their signals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from msgspec.structs import replace

from services.analysis.kernels.sequences.kinds import Kinds, kind_of, matching_kinds
from services.analysis.live.domain.state import PartitionState, Records
from shared.events import Signal, signal_id
from shared.sequences import SignalSequence

RULE: Final = "sequence"
VERSION: Final = 1
"""Goes up when the same signals complete another sequence."""

BarSignal = tuple[int, Signal]
"""The index of a bar, and a signal on it."""


@dataclass(frozen=True)
class FollowedSequence:
    """A sequence, and the instruments for which it is followed."""

    sequence: SignalSequence
    symbols: frozenset[str] | None = None
    """None: every instrument."""


@dataclass(frozen=True)
class _NumberedSequence:
    """A sequence with its steps as numbers of kinds."""

    followed: FollowedSequence
    before: tuple[tuple[int, ...], ...]
    """For each step but the last: the kinds that match it."""
    last: tuple[int, ...]
    """The kinds that match the last step."""


class SequenceFollower:
    """Checks whether signals complete a sequence. Has no state: what fired is in ``PartitionState.recent_signals``."""

    def __init__(self, followed: tuple[FollowedSequence, ...], kinds: Kinds) -> None:
        self.followed = followed
        self._numbers = {kind: n for n, kind in enumerate(kinds)}
        self._ending: dict[int, list[_NumberedSequence]] = defaultdict(list)
        for each in followed:
            *before, last = (tuple(matching_kinds(step, kinds)) for step in each.sequence.steps)
            for kind in last:
                self._ending[kind].append(_NumberedSequence(each, tuple(before), last))

    def follow(self, state: PartitionState, closed: Records, signals: Sequence[BarSignal]) -> list[BarSignal]:
        """The signals of the sequences that ``signals`` complete. Records ``signals`` as steps of later ones.

        ``closed``: the bars (dtype CLOSED). Signals of one bar are never two steps of a sequence. A forming
        bar completes a sequence at most once.
        """
        found: list[BarSignal] = []
        for place, here in groupby(sorted(signals, key=itemgetter(0)), key=itemgetter(0)):
            x, fired = closed[place], [(self._numbers.get(kind_of(signal)), signal) for _, signal in here]
            completed = {done.id: done for kind, signal in fired for done in self._completed(state, x, kind, signal)}
            found += ((place, done) for done in completed.values())
            remember = state.recent_signals.mark_provisional if x["provisional"] else state.recent_signals.mark
            for kind, _ in fired:
                if kind is not None:
                    remember(int(x["row"]), int(x["timeframe"]), kind, int(x["number"]))
        return found

    def _completed(self, state: PartitionState, x: Any, kind: int | None, signal: Signal) -> Iterator[Signal]:
        for numbered in self._ending.get(-1 if kind is None else kind, ()):
            sequence, symbols = numbered.followed.sequence, numbered.followed.symbols
            wanted = signal.timeframe == sequence.timeframe and (symbols is None or signal.symbol in symbols)
            if wanted and not (x["provisional"] and _already_reported(state, x, numbered)):
                since = _since(state, x, numbered)
                if since:
                    yield _signal(sequence, signal, since, int(x["close_at"]))


def _already_reported(state: PartitionState, x: Any, numbered: _NumberedSequence) -> bool:
    """Whether the last step has fired on this forming bar already. The earlier steps have not changed since."""
    row, code, number = int(x["row"]), int(x["timeframe"]), int(x["number"])
    return any(state.recent_signals.fired_provisionally(row, code, kind, number) for kind in numbered.last)


def _since(state: PartitionState, x: Any, numbered: _NumberedSequence) -> list[int]:
    """Bars from each earlier step to this one, for the newest steps that match; empty if the sequence is not complete."""
    row, code, number = int(x["row"]), int(x["timeframe"]), int(x["number"])
    reached: list[int] = []  # for each step, the bars on which it and all steps before it are matched, as bits
    for kinds, within in zip(numbered.before, (None, *numbered.followed.sequence.within), strict=False):
        matched = 0
        for kind in kinds:
            matched |= state.recent_signals.bars_before(row, code, kind, number)
        reached.append(matched if within is None else matched & _after(reached[-1], within))
    since, at = list[int](), 0
    for bars, within in zip(reversed(reached), reversed(numbered.followed.sequence.within), strict=True):
        at = next((n for n in range(at + 1, at + within + 1) if bars >> n & 1), -1)
        if at < 0:
            return []
        since.insert(0, at)
    return since


def _after(bars: int, within: int) -> int:
    """The bars one to ``within`` bars after one of these."""
    found = 0
    for _ in range(within):
        bars >>= 1
        found |= bars
    return found


def _signal(sequence: SignalSequence, last: Signal, since: Sequence[int], close_at: int) -> Signal:
    """The signal of a sequence: a copy of its last step's, with the number of bars since the other steps."""
    ago = {f"bars_since_{n}": float(bars) for n, bars in enumerate(since, 1)}
    rule, timeframe = f"{RULE}:{sequence.id}", str(sequence.timeframe)
    return replace(
        last,
        id=signal_id(rule, VERSION, {}, last.direction, last.symbol, timeframe, close_at, provisional=last.provisional),
        rule=RULE,
        rule_version=VERSION,
        params={},
        level=None,
        evidence={**last.evidence, **ago},
        sequence=sequence.text,
    )

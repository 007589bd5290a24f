"""What is compared: a signal after another one, together with others, or under a state of the market."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.research.discovery.past import Past
from shared.events import Timeframe
from shared.sequences import SignalSequence, Step

Bools = npt.NDArray[np.bool_]
TWO_SIDED = frozenset(each.name for each in PATTERNS if each.direction == 0)
"""Chart patterns that fire up and down: a condition cannot say which."""
_ONE_SIDED = frozenset(each.name for each in PATTERNS) - TWO_SIDED


@dataclass(frozen=True, order=True)
class Candidate:
    """Fires on the bars on which all of its parts are true; in the direction of ``last``. Numbers are places in ``Past``."""

    last: int
    """The signal that fires on the bar."""
    before: int | None = None
    """A signal that fired on one of the bars before."""
    together: tuple[int, ...] = ()
    """Signals that fire on the same bar, ascending."""
    states: tuple[int, ...] = ()
    """States of the market, ascending."""

    @property
    def is_sequence(self) -> bool:
        """Whether the language of sequences can say it."""
        return self.before is not None and not self.together and not self.states

    def fires(self, past: Past) -> Bools:
        """The bars (bars,)."""
        found: Bools = past.fired[self.last].copy()
        if self.before is not None:
            found &= past.before[self.before]
        for each in self.together:
            found &= past.fired[each]
        for each in self.states:
            found &= past.states[each]
        return found


def can_be_written(candidate: Candidate, steps: tuple[Step, ...]) -> bool:
    """Whether a sequence or a condition can say what a candidate means."""
    parts = [steps[each] for each in (candidate.last, candidate.before, *candidate.together) if each is not None]
    return candidate.is_sequence or all(each.rule not in TWO_SIDED for each in parts)


def signal_text(candidate: Candidate, steps: tuple[Step, ...], states: tuple[str, ...], within: int, timeframe: Timeframe) -> str:
    """The name of the signal that fires on the same bars: a sequence, or a condition."""
    last = steps[candidate.last]
    if candidate.is_sequence and candidate.before is not None:
        return SignalSequence((steps[candidate.before], last), (within,), timeframe).text
    parts = [_event(steps[each]) for each in (candidate.last, *candidate.together)]
    if candidate.before is not None:
        parts.append(f"prev(within({_event(steps[candidate.before])}, {within}))")
    return f"{' and '.join([*parts, *(states[each] for each in candidate.states)])} on {timeframe.word}"


def _event(step: Step) -> str:
    return f"{step.rule} confirmed" if step.rule in _ONE_SIDED else step.text

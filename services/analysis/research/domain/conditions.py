"""Which conditions can be evaluated over history, and what they read."""

from __future__ import annotations

from services.analysis.kernels.conditions.derived import needs_of
from services.analysis.kernels.conditions.other_instruments import BENCHMARK
from services.analysis.kernels.conditions.required_indicators import required_indicators
from services.analysis.kernels.groups.condition_values import reads_group
from services.analysis.research.domain.jobs import RefusedJobError
from shared.conditions import Condition, ConditionError, Node, SeriesName, parse
from shared.conditions.expression import TIME_FIELDS, Elsewhere, Fired, walk
from shared.events import PERIODS, Timeframe


def read(text: str) -> Condition:
    """The condition of a job.

    Raises:
        RefusedJobError: the text is no condition, or it cannot be evaluated.
    """
    try:
        condition = parse(text)
    except ConditionError as error:
        raise RefusedJobError("invalid-condition", f"condition: {text[:500]!r}: {error}") from error
    check(condition)
    return condition


def check(condition: Condition) -> None:
    """Raises RefusedJobError for a condition that cannot be evaluated over history."""
    try:
        required_indicators(condition)
        needs_of(condition)
    except ValueError as error:
        why = f"condition: {condition.text!r} cannot be evaluated over history: {error}"
        raise RefusedJobError("not-supported", why) from error


def timeframes(condition: Condition) -> frozenset[Timeframe]:
    """The timeframes whose bars are needed: its own, those that it names, and the days that give the 52-week range."""
    own = {condition.timeframe, *needs_of(condition)}
    return frozenset(own | {Timeframe.D1} if own - {*PERIODS} else own)


def references(condition: Condition, benchmark: str) -> dict[str, list[Node]]:
    """The expressions over other instruments, by symbol; ``benchmark``: that of the instrument, empty if it has none."""
    found: dict[str, list[Node]] = {}
    for node in _elsewhere(condition):
        symbol = benchmark if node.instrument == BENCHMARK else node.instrument
        if symbol and not reads_group(node):
            found.setdefault(symbol, []).append(node.operand)
    return found


def group_nodes(condition: Condition) -> frozenset[Elsewhere]:
    """The expressions over the industry of the instrument and over its relative strength."""
    return frozenset(filter(reads_group, _elsewhere(condition)))


def reads_benchmark(condition: Condition) -> bool:
    """Whether it reads bars of the benchmark."""
    return any(node.instrument == BENCHMARK and not reads_group(node) for node in _elsewhere(condition))


def reads_sessions(condition: Condition) -> bool:
    """Whether it needs the sessions of exchanges."""
    names = (node.name for node in walk(condition.root) if isinstance(node, SeriesName))
    return bool(_elsewhere(condition)) or any(name in TIME_FIELDS for name in names)


def sequence_ids(condition: Condition) -> frozenset[str]:
    """The ids of the sequences that it names."""
    return frozenset(node.name for node in walk(condition.root) if isinstance(node, Fired) and node.source == "sequence")


def _elsewhere(condition: Condition) -> list[Elsewhere]:
    """The expressions over another instrument or a group."""
    return [node for node in walk(condition.root) if isinstance(node, Elsewhere) and node.instrument]

"""Finds the record of past signals that belongs to a signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from shared.events import Signal, SignalQuality, parameters_text
from shared.sequences import rule_of

LEAST: Final = 30
"""Effective signals that make a level specific enough."""

Key = tuple[str, str, str, str]
"""Rule (of a sequence ``SignalSequence.rule``), parameters_text, direction, timeframe."""


class SignalRecords:
    """The newest records. Made anew when the table has changed; not changed afterwards."""

    def __init__(
        self, rows: Iterable[tuple[Key, SignalQuality]] = (), industries: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """``industries``: those of each symbol, in the order of preference."""
        self._industries = industries or {}
        self._rows: dict[Key, dict[tuple[str, str], SignalQuality]] = {}
        for key, quality in rows:
            self._rows.setdefault(key, {})[quality.level, quality.group] = quality

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def of(self, signal: Signal) -> SignalQuality | None:
        """The record: that of the instrument, of one of its industries, or of all instruments, the first with enough evidence.

        Among industries the validated one with the lowest q-value counts, then the one with the most effective signals. None
        without a record, and where the newest one was made of bars that closed after the signal.
        """
        rule = rule_of(signal.sequence) if signal.sequence else signal.rule
        found = self._rows.get((rule, parameters_text(signal.params), signal.direction, str(signal.timeframe)))
        if found is None:
            return None
        specific = ([("instrument", signal.symbol)], [("industry", name) for name in self._industries.get(signal.symbol, ())])
        for places, least in (*((each, LEAST) for each in specific), ([("all", "*")], 0)):
            known = [found[place] for place in places if place in found]
            enough = [each for each in known if each.as_of <= signal.ts_event and each.effective_n >= least]
            if enough:
                return min(
                    enough, key=lambda each: (not each.validated, each.q_value if each.validated else 0.0, -each.effective_n)
                )
        return None

    def annotated(self, signals: Sequence[Signal]) -> list[Signal]:
        """The signals with their records."""
        if not self._rows:
            return list(signals)
        return [msgspec.structs.replace(each, quality=self.of(each)) for each in signals]

    def completed(self, signals: Sequence[Signal]) -> list[Signal]:
        """The signals, those without a record with the one that they would get now."""
        return [each if each.quality else msgspec.structs.replace(each, quality=self.of(each)) for each in signals]


def _order(record: SignalQuality) -> tuple[bool, float, int]:
    return not record.validated, record.q_value if record.validated else 0.0, -record.effective_n

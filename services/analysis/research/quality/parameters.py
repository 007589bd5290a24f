"""What a run of the kind ``quality`` is asked for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import msgspec

from services.analysis.research.domain.every_rule import every_rule
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.quality.records import LEVELS
from services.analysis.research.quality.rows import StoredQuality
from services.analysis.research.quality.windows import HORIZONS
from shared.events import Timeframe
from shared.run_options.quality import Level, QualityOptions
from shared.sequences import vocabulary


class QualityParameters(QualityOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which records are computed, and which of them are given."""

    horizons: tuple[Annotated[int, msgspec.Meta(ge=1, le=250)], ...] = HORIZONS
    """Bars that a position is held, of the records that are computed and corrected for together."""
    levels: tuple[Level, ...] = LEVELS
    """Those of the same records."""

    def check(self, timeframe: Timeframe) -> None:
        """Raises RunError, which names the field and the value."""
        if not self.horizons or len(set(self.horizons)) < len(self.horizons):
            raise RunError(f"horizons: {list(self.horizons)} must be different numbers of bars, at least one", "numbers-differ")
        if self.horizon and self.horizon not in self.horizons:
            raise RunError(
                f"horizon: {self.horizon} is none of {', '.join(map(str, self.horizons))}",
                "name-unknown",
                value=self.horizon,
                known=", ".join(map(str, self.horizons)),
            )
        every_rule(timeframe)
        if self.rule:
            _check_rule(self.rule, timeframe)

    def wants(self, row: StoredQuality) -> bool:
        """Whether a record that was computed is one of those that are given."""
        return self.rule in {"", row.rule} and self.level in {None, row.level} and self.horizon in {0, row.horizon}


def _check_rule(rule: str, timeframe: Timeframe) -> None:
    known = vocabulary()
    if rule not in known:
        near = get_close_matches(rule[:48], known, n=3, cutoff=0.45)
        remedy = f"did you mean {' or '.join(near)}?" if near else "docs/signals.md and docs/patterns.md list them"
        code, values = ("name-near", {"near": near[0]}) if near else ("signal-unknown", {})
        raise RunError(f"rule: {rule[:48]!r} is no rule or chart pattern; {remedy}", code, value=rule[:48], **values)
    if timeframe not in known[rule].timeframes:
        runs = ", ".join(each.word for each in known[rule].timeframes)
        raise RunError(
            f"rule: {rule} does not run on {timeframe.word}; it runs on {runs}",
            "timeframe-unfit",
            name=rule,
            timeframe=timeframe.word,
            known=runs,
        )

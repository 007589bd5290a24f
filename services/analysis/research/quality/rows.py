"""Records as they are stored and shown."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from services.analysis.research.quality.evidence import LEAST
from services.analysis.research.quality.panel import SignalKind
from services.analysis.research.quality.records import QualityRecord
from shared.events import SignalQuality, Timeframe, parameters_text
from shared.run_options.quality import Level

USUAL_HORIZON: Final = 5
"""The horizon that is shown where none is validated: chosen before the figures are known."""


@dataclass(frozen=True)
class StoredQuality:
    """A row of the table ``signal_quality``."""

    rule: str
    params: dict[str, float]
    direction: Literal["up", "down"]
    timeframe: Timeframe
    level: Level
    group: str
    horizon: int
    shown: bool
    """Of the horizons of one key and group the one that alerts show."""
    quality: SignalQuality

    @property
    def id(self) -> str:
        """A hash of what the row is about."""
        parts = (self.rule, parameters_text(self.params), self.direction, self.timeframe, self.level, self.group, self.horizon)
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def stored(
    found: Iterable[QualityRecord], kinds: Sequence[SignalKind], timeframe: Timeframe, as_of: int
) -> Iterator[StoredQuality]:
    """The rows: of instruments and industries those with enough evidence to be shown, of all instruments together every one."""
    by_key = sorted(found, key=lambda each: (each.key.rule, each.key.direction, each.level, each.group, each.horizon))
    for _, same in groupby(by_key, key=lambda each: (each.key.rule, each.key.direction, each.level, each.group)):
        several = list(same)
        validated = [each for each in several if each.validated]
        usual = next((each for each in several if each.horizon == USUAL_HORIZON), several[0])
        shown = min(validated, key=lambda each: each.q_value) if validated else usual
        for each in several:
            if each.level == "all" or each.validated or each.figures.effective >= LEAST:
                kind, up = kinds[each.key.rule], each.key.direction > 0
                yield StoredQuality(
                    kind.rule,
                    dict(kind.params),
                    "up" if up else "down",
                    timeframe,
                    each.level,
                    each.group,
                    each.horizon,
                    each is shown,
                    signal_quality(each, as_of),
                )


def signal_quality(record: QualityRecord, as_of: int) -> SignalQuality:
    """A record as it stands in a signal."""
    f = record.figures
    return SignalQuality(
        n=int(f.signals),
        years=round(float(f.years), 2),
        horizon_bars=record.horizon,
        win_rate=float(f.win_rate),
        win_rate_low=float(f.win_low),
        win_rate_high=float(f.win_high),
        mean_return=float(f.mean),
        worst=float(f.worst),
        base_rate=float(f.base),
        q_value=record.q_value,
        validated=record.validated,
        dates=int(f.dates),
        effective_n=int(f.effective),
        level=record.level,
        group=record.group,
        mean_low=_finite(float(f.mean_low)),
        mean_high=_finite(float(f.mean_high)),
        adverse=float(f.adverse),
        worst_adverse=float(f.worst_adverse),
        tried=record.tried,
        last_year_n=int(f.year_signals),
        last_year_mean=float(f.year_mean) if f.year_signals else None,
        as_of=as_of,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

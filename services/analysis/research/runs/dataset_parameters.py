"""What a data set is asked for."""

from __future__ import annotations

import msgspec

from services.analysis.research.datasets.transforms import Scaling
from services.analysis.research.domain.run_record import RunError

MOST_EMBARGO = 1_000


class DatasetParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Features and labels by name, and how bars are split."""

    features: tuple[str, ...] = ()
    """Groups, expressions, conditions and signals; none: the usual groups."""
    labels: tuple[str, ...] = ()
    train: float = 0.7
    """Share of the rows, in the order of their close times."""
    validation: float = 0.15
    """Likewise; the rest is test. 0: no validation."""
    embargo: int | None = None
    """Bars; None: as many as the longest label reads."""
    scaling: Scaling = "standard"

    def check(self) -> None:
        """Raises RunError."""
        if self.embargo is not None and not 0 <= self.embargo <= MOST_EMBARGO:
            raise RunError(f"embargo: {self.embargo} bars are not from 0 to {MOST_EMBARGO}")

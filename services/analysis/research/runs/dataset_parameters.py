"""What a data set is asked for."""

from __future__ import annotations

from services.analysis.research.datasets.parts import check_shares
from services.analysis.research.domain.run_record import RunError
from shared.run_options.dataset import DatasetOptions

MOST_EMBARGO = 1_000


class DatasetParameters(DatasetOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Features and labels by name, and how bars are split."""

    def check(self) -> None:
        """Raises RunError."""
        if self.embargo is not None and not 0 <= self.embargo <= MOST_EMBARGO:
            raise RunError(
                f"embargo: {self.embargo} bars are not from 0 to {MOST_EMBARGO}",
                "value-within",
                value=self.embargo,
                least=0,
                most=MOST_EMBARGO,
            )
        check_shares(self.train, self.validation)

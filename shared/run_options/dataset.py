"""The options of a data set."""

from __future__ import annotations

from typing import Literal

import msgspec

Scaling = Literal["standard", "robust"]


class DatasetOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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

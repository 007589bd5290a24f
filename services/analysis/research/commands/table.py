"""The commands. A new one needs a line here. Its module must be cheap to import: it loads kernels and pandas when it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import typer

from services.analysis.research.commands import audit, backtest, dataset, discover, grid, jobs, quality, rerun

COMMANDS: Final[Mapping[str, Callable[..., int] | typer.Typer]] = MappingProxyType(
    {
        "backtest": backtest.main,
        "grid": grid.main,
        "quality": quality.main,
        "discover": discover.main,
        "audit": audit.main,
        "dataset": dataset.main,
        "rerun": rerun.main,
        "jobs": jobs.app,
    }
)
"""By name; a Typer is a group of commands. The docstring of a function is its help."""

"""The kinds of runs. A new one needs a line here; the worker, the command line and ``rerun`` find it by its name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from services.analysis.research.domain.run_record import RunError

if TYPE_CHECKING:  # loads the kernels, which the process that waits for jobs does not need
    from services.analysis.research.domain.runs import RunKind

KindTable = Mapping[str, str]
"""The name of a kind -> ``module:name`` of its RunKind, imported when it is first used."""

RUN_KINDS: Final[KindTable] = MappingProxyType(
    {
        "audit": "services.analysis.research.audit.run:AUDIT",
        "backtest": "services.analysis.research.runs.backtest:KIND",
        "dataset": "services.analysis.research.runs.dataset:KIND",
        "discovery": "services.analysis.research.discovery.run:DISCOVERY",
        "grid": "services.analysis.research.runs.grid:KIND",
        "quality": "services.analysis.research.quality.run:QUALITY",
    }
)


def run_kind(name: str, kinds: KindTable | None = None) -> RunKind[Any]:
    """A kind by its name; ``kinds``: without them RUN_KINDS. Raises RunError."""
    kinds = RUN_KINDS if kinds is None else kinds
    if name not in kinds:
        raise RunError(
            f"kind: {name[:32]!r} is not known; there are {', '.join(kinds) or 'none'}",
            "name-unknown",
            value=name[:32],
            known=", ".join(kinds),
        )
    module, _, attribute = kinds[name].partition(":")
    found: RunKind[Any] = getattr(import_module(module), attribute)
    return found

"""The compiled kernels that signals run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.analysis.kernels import machine_code
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.signatures import PatternKernels


@dataclass(frozen=True)
class SignalKernels:
    """The compiled kernels that signals run."""

    code: MachineCode
    patterns: Callable[[], PatternKernels]
    """Loads those of the chart patterns, which few signals need."""

    @classmethod
    def of(cls, folder: Path) -> SignalKernels:
        """Those of a folder (setting ``kernels``). What is not there yet is compiled when it is first run."""
        return cls(machine_code.load(folder), lambda: machine_code.load_patterns(folder))

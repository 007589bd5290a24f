"""Runs two bars through the kernels of whole series, or of one kind, so that their machine code is there."""

from __future__ import annotations

import numpy as np

from services.analysis.kernels.indicators.kind import Bars, Kind
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.plan import Plan, plan
from services.analysis.kernels.whole_series import history


def rehearse_history(whole: Plan, code: MachineCode) -> None:
    """Runs two bars through the kernels for whole series, with the rules."""
    field = np.ones(2)
    history(code, whole, Bars(field, field, field, field, field, np.ones(2, np.int64), field, field))


def rehearse_kind(kind: Kind, code: MachineCode) -> None:
    """Runs two bars through the module of a kind of indicator."""
    kernels, of_kind = code.of_kind(kind.name), plan([(kind.name, kind.examples[0])], [])
    field, state, width = np.ones(2), np.zeros(of_kind.state_width), len(of_kind.columns)
    bars = Bars(field, field, field, field, field, np.ones(2, np.int64), field, field)
    kernels.values(of_kind.arrays, bars, state, np.empty((width, 2)))
    kernels.advance_bar(of_kind.arrays, bars, 1, state, False, np.empty(width))

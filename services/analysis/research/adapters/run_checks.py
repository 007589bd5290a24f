"""Checks requests of runs in a thread. The kernels, whose names signals are made of, are loaded for the first one."""

from __future__ import annotations

import asyncio

from services.analysis.research.domain.refusals import Refusal, RefusedError
from services.analysis.research.domain.run_rows import RunRequest
from services.analysis.research.runs.checks import CheckTable


class RunChecks:
    """The checks of all kinds."""

    def __init__(self, checks: CheckTable) -> None:
        self._checks = checks

    async def refusal(self, request: RunRequest) -> Refusal | None:
        """Why a request cannot be done: the field, the value and the remedy. None: nothing is wrong so far."""
        if request.kind not in self._checks:
            return None
        return await asyncio.to_thread(self._refusal, request)

    def _refusal(self, request: RunRequest) -> Refusal | None:
        from services.analysis.research.adapters.tape_series import check_tape

        try:
            if request.data.source == "tape":
                check_tape(request.data.place, request.data.symbols)
            self._checks[request.kind](request.parameters, request.data.timeframe)
        except RefusedError as error:
            return error.refusal()
        return None

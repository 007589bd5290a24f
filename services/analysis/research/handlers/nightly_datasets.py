"""Asks for a data set of all stored instruments once a day, and removes old ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import structlog

from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_rows import NIGHTLY, RunRequest, RunRow
from services.analysis.research.handlers.old_runs import RunFolders, remove_run

log = structlog.get_logger("analysis.research.nightly")


class RunStore(Protocol):
    """The methods of the table of runs that are used; all raise TransientError."""

    async def add(self, row: RunRow) -> bool: ...

    async def ended_of(self, requested_by: str) -> list[RunRow]: ...

    async def remove(self, run_id: str) -> None: ...


class NightlyDatasets:
    """The id of a run has its date: however many processes look, and however often, a night has one run."""

    def __init__(
        self,
        store: RunStore,
        folders: RunFolders,
        at: dt.time,
        parameters: Mapping[str, Any],
        keep: int,
        clock: Callable[[], int],
        wake: Callable[[], None],
    ) -> None:
        """``at``: in UTC. ``keep``: runs that are kept. ``clock``: milliseconds since the epoch. ``wake``: called for a new run."""
        self._store = store
        self._folders = folders
        self._at = at
        self._parameters = dict(parameters)
        self._keep = keep
        self._clock = clock
        self._wake = wake

    async def look(self) -> None:
        """Ask for the newest data set that is due unless it was asked for, and remove those that are too old.

        A time that was missed is made up for, the newest one alone. Raises TransientError.
        """
        now = self._clock()
        request = RunRequest(kind="dataset", data=DataRequest(), parameters=self._parameters)
        row = RunRow(id=f"nightly-{self._due(now):%Y%m%d}", request=request, requested_by=NIGHTLY, state="queued", created_at=now)
        if await self._store.add(row):
            log.info("data set requested", run=row.id)
            self._wake()
        await self._remove_old()

    def _due(self, now: int) -> dt.date:
        """The date of the newest time that has passed."""
        moment = dt.datetime.fromtimestamp(now / 1000, dt.UTC)
        return moment.date() if moment.time() >= self._at else moment.date() - dt.timedelta(days=1)

    async def _remove_old(self) -> None:
        for row in (await self._store.ended_of(NIGHTLY))[self._keep :]:
            await remove_run(self._store, self._folders, row)
            log.info("data set removed", run=row.id)

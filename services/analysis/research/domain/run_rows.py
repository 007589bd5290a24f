"""A run as the table of runs has it."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.refusals import Reason

RunState = Literal["queued", "running", "done", "failed", "refused", "cancelled"]
OPEN: Final[tuple[RunState, ...]] = ("queued", "running")
"""The states of runs that have no outcome yet."""
NIGHTLY: Final = "nightly"
"""The requester of the data set of each night."""
MOST_TRIES: Final = 3
"""A run whose process was killed this often is not begun again: it may be what kills it."""


class RunRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked to do."""

    kind: str
    data: DataRequest
    parameters: dict[str, Any] = {}


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row. Times are milliseconds since the epoch."""

    id: str
    request: RunRequest
    requested_by: str
    state: RunState
    done: float = 0.0
    total: float = 0.0
    """0: not known yet."""
    note: str = ""
    tries: int = 0
    claim: str = ""
    cancel: bool = False
    created_at: int
    started_at: int | None = None
    finished_at: int | None = None
    error_code: str = ""
    error: str = ""
    error_reason: Reason | None = None
    """What ``error`` says, for other languages; None where it is not known."""
    location: str = ""

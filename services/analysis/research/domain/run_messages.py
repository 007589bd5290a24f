"""What a worker and the process that does its runs tell each other. Loads no kernels."""

from __future__ import annotations

from dataclasses import dataclass

from services.analysis.research.domain.refusals import Reason
from services.analysis.research.domain.run_record import EncodedRecord
from services.analysis.research.domain.run_rows import RunRequest


class ProcessEndedError(Exception):
    """The process ended in the middle of a run."""


@dataclass(frozen=True)
class RunTask:
    """A run, and the folder for its files."""

    id: str
    folder: str
    request: RunRequest


@dataclass(frozen=True)
class ProgressMessage:
    """How far a run is."""

    done: float
    total: float
    note: str


@dataclass(frozen=True)
class DoneMessage:
    """A run is done; its files are at ``location``."""

    record: EncodedRecord
    location: str


@dataclass(frozen=True)
class FailedMessage:
    """A run has no result: it cannot be done as requested (``refused``), or there is a defect."""

    refused: bool
    error: str
    code: str
    """As ``ResearchError.code``."""
    trace: str = ""
    reason: Reason | None = None


Message = ProgressMessage | DoneMessage | FailedMessage

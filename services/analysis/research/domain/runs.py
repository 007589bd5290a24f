"""What a run of research is: the kinds, what they are given, and what they give back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from services.analysis.research.domain.data_request import DataProblem, DataRequest
from services.analysis.research.domain.firings import KnownMarket, SignalKernels
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_names import SignalSpec

P = TypeVar("P", bound=msgspec.Struct)
MOST_SUMMARY: Final = 256 * 1024
"""Bytes of a summary as JSON: it is stored in a row. Longer lists belong in an artefact."""


class RunError(ValueError):
    """A run cannot be done as requested; the message names the field, the value and the remedy."""


class Progress(Protocol):
    """Called as often as a kind likes; it takes a microsecond."""

    def __call__(self, done: float, total: float, note: str = "") -> None: ...


class RunData(Protocol):
    """The bars of a run. What is read is hashed: the hash stands in the result."""

    @property
    def request(self) -> DataRequest:
        """What was asked for."""

    @property
    def kernels(self) -> SignalKernels:
        """The kernels that signals run."""

    def series(self, *signals: SignalSpec) -> Iterator[ResearchSeries]:
        """The series of the request, one at a time, by symbol, with all timeframes that some signals read.

        Raises DataRequestError.
        """

    def market(self, *signals: SignalSpec) -> KnownMarket:
        """Sessions and other instruments that some signals read. Raises DataRequestError."""


@dataclass(frozen=True)
class RunResult:
    """What a kind gives back. The same request on the same bars by the same code gives the same bytes."""

    summary: Mapping[str, Any]
    """As JSON at most MOST_SUMMARY bytes. Not a number is null."""
    artefacts: Mapping[str, bytes] = field(default_factory=dict)
    """Files by name, as ``trades.json``: lower-case letters, digits, ``-``, ``_`` and one dot."""


@dataclass(frozen=True)
class RunKind(Generic[P]):
    """A kind of run. A row of ``runs/table.py`` names it."""

    name: str
    parameters: type[P]
    """What is asked for, checked on the way in: ``forbid_unknown_fields``, and every field with a default that is usual."""
    run: Callable[[P, RunData, Progress], RunResult]
    """Raises RunError, SignalNameError or DataRequestError for a request that cannot be done; anything else is a defect."""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run: what was asked for, what it depended on, and the result. It is ``result.json`` of the run."""

    id: str
    kind: str
    data: DataRequest
    """With the range that was used: the same bars are read again though newer ones have come."""
    parameters: dict[str, Any]
    """With the defaults filled in."""
    data_hash: str
    """SHA-256 of the bars."""
    parameters_hash: str
    """SHA-256 of the parameters."""
    plan_version: str
    """Of the default rules and indicators, with their compiled code."""
    code_version: str
    """Of the code of research and its libraries."""
    summary: dict[str, Any]
    artefacts: dict[str, str] = {}
    """SHA-256 of each file by its name."""
    problems: tuple[DataProblem, ...] = ()
    """Rows and files that were left out."""


def canonical(value: Any) -> bytes:
    """The JSON of a value with sorted keys: equal values have equal bytes."""
    return msgspec.json.encode(value, order="deterministic", enc_hook=_plain)


def hashed(value: Any) -> str:
    """SHA-256 (64 hex digits) of ``canonical``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy as Python's."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise NotImplementedError(f"{type(value).__name__} cannot be part of a result")

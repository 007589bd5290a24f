"""What a run of research is: the kinds, what they are given, and what they give back. ``run_record`` has the finished run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.news_history import NewsHistory
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.run_parts import PartStore, Workers
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import SignalSpec

P = TypeVar("P", bound=msgspec.Struct)
COMPILING: Final = "compiling"
"""The note of a run that compiles what no run before it has needed: it takes seconds to minutes, and is always reported."""


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

    def news(self, industries: Mapping[str, Sequence[str]], until: int, *, vectors: bool) -> Mapping[str, NewsHistory]:
        """What was known by ``until`` (milliseconds since the epoch) of stories about each instrument and its industries.

        ``vectors``: with the embeddings of stories.

        Raises DataRequestError.
        """

    @property
    def workers(self) -> Workers:
        """What does the parts of a long run."""

    @property
    def parts(self) -> PartStore:
        """Where they are kept until the run is done."""


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

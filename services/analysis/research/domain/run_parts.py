"""Parts of a run: where they are done, and where they are kept until the run is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.signal_kernels import SignalKernels

S = TypeVar("S")
P = TypeVar("P")
Work = Callable[[S, P, SignalKernels], bytes]
"""Does one part: of what all parts share, and its own input. A function of a module, so that another machine can run it."""


class WorkersError(RunError):
    """Those that do the parts cannot; the message says what to check."""


class Workers(Protocol):
    """Does the parts of a run, on this machine or on others."""

    def each(self, work: Work[S, P], shared: S, parts: Mapping[str, P]) -> Iterator[tuple[str, bytes]]:
        """The results by name as they are done, in any order. Closing the iterator ends the rest. Raises WorkersError."""


class PartStore(Protocol):
    """Keeps finished parts, so that a run that was killed goes on where it was. A part is there whole or not at all."""

    def load(self, run: str, name: str) -> bytes | None:
        """A part; None if it is not there, or not as it was saved."""

    def save(self, run: str, name: str, body: bytes) -> None:
        """Keep a part."""

    def remove(self, run: str) -> None:
        """Forget the parts of a run that is done."""


def done_parts(
    workers: Workers, store: PartStore, run: str, work: Work[S, P], shared: S, parts: Mapping[str, P]
) -> Iterator[tuple[str, bytes]]:
    """The results of all parts by name, in any order. A part that is kept is not done again; one that is done is kept first.

    Raises:
        WorkersError: some parts cannot be done. Those that are done stay.
    """
    left = dict(parts)
    for name in parts:
        if (body := store.load(run, name)) is not None:
            del left[name]
            yield name, body
    for name, body in workers.each(work, shared, left):
        store.save(run, name, body)
        yield name, body

"""Does the parts of a run in threads of this process. Their kernels release the GIL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

from services.analysis.research.domain.run_parts import P, S, Work
from services.analysis.research.domain.signal_kernels import SignalKernels


class ThreadWorkers:
    """``Workers`` of one process."""

    def __init__(self, kernels: SignalKernels, threads: int) -> None:
        self._kernels = kernels
        self._threads = threads

    def each(self, work: Work[S, P], shared: S, parts: Mapping[str, P]) -> Iterator[tuple[str, bytes]]:
        """The first error of a part ends the others."""
        executor = ThreadPoolExecutor(self._threads, "research parts")
        try:
            running = {executor.submit(work, shared, part, self._kernels): name for name, part in parts.items()}
            for future in as_completed(running):
                yield running.pop(future), future.result()
        finally:
            executor.shutdown(cancel_futures=True)

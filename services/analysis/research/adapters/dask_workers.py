"""Does the parts of a run on a Dask cluster. Each worker has this code, its packages and a folder of compiled kernels."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from services.analysis.research.domain.run_parts import P, S, Work, WorkersError
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.runs.versions import code_version
from services.analysis.research.settings import ResearchSettings
from shared.settings import read_settings

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS: Final = 10.0
PART_SECONDS: Final = 600.0
"""If no part is done for so long, the cluster does not work."""
MOST_TRIES: Final = 3
"""How often what is left is given to the cluster: a worker that is lost takes its parts and its bars with it."""


class DaskWorkers:
    """``Workers`` of a cluster."""

    def __init__(self, address: str, part_seconds: float = PART_SECONDS) -> None:
        """``address``: of the scheduler, ``tcp://HOST:PORT`` or ``tls://HOST:PORT``. Raises WorkersError."""
        if not address.startswith(("tcp://", "tls://")):
            raise WorkersError(f"cluster: {address[:64]!r} is no address of a scheduler; write it as tcp://HOST:8786")
        if find_spec("distributed") is None:
            raise WorkersError("cluster: the package distributed is not installed: pip install -r requirements/cluster.txt")
        self.address = address
        self._part_seconds = part_seconds

    def each(self, work: Work[S, P], shared: S, parts: Mapping[str, P]) -> Iterator[tuple[str, bytes]]:
        """A part that fails ends the others; one whose worker is lost is done by another."""
        from distributed import Client

        left = dict(parts)
        try:
            with Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False) as client:
                for _ in range(MOST_TRIES):
                    if left:
                        for name, body in self._once(client, work, shared, dict(left)):
                            del left[name]
                            yield name, body
        except (OSError, TimeoutError) as error:
            raise WorkersError(f"cluster: {self.address} does not answer: {error}") from error
        if left:
            raise WorkersError(f"cluster: {len(left)} of {len(parts)} parts were lost with their workers {MOST_TRIES} times")

    def _once(self, client: Client, work: Work[S, P], shared: S, parts: Mapping[str, P]) -> Iterator[tuple[str, bytes]]:
        """The parts that are done before something is lost."""
        from distributed import wait

        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        run, version = uuid.uuid4().hex, code_version()
        data = client.scatter(shared, broadcast=True, hash=False)
        running = {
            client.submit(do_part, work, data, part, version, key=f"finstage-{run}-{name}"): name for name, part in parts.items()
        }
        try:
            while running:
                with client.as_current():
                    done, _ = wait(list(running), timeout=self._part_seconds, return_when="FIRST_COMPLETED")
                for future in done:
                    name = running.pop(future)
                    if not _is_lost(future):
                        yield name, future.result(timeout=self._part_seconds)
        finally:
            client.cancel(list(running))


def _is_lost(future: Any) -> bool:
    """Whether the worker that had a part or its bars is gone."""
    from distributed import KilledWorker

    return future.status in {"lost", "cancelled"} or (
        future.status == "error" and isinstance(future.exception(timeout=CONNECT_SECONDS), KilledWorker)
    )


def do_part(work: Work[S, P], shared: S, part: P, version: str) -> bytes:
    """On a worker. Raises WorkersError if it has other code than the process that asks: its answer could differ."""
    if code_version() != version:
        raise WorkersError(f"cluster: a worker runs other code ({code_version()}) than this process ({version})")
    return work(shared, part, SignalKernels.of(read_settings(ResearchSettings).kernels))

"""The life of a process: event loop, signals, named tasks, probes, drain, exit code.

Exit codes: 0 after a clean stop (SIGTERM or SIGINT, everything drained), 1 when a task failed, ended unexpectedly, or had to be cancelled
because the drain took too long; a second signal ends the process at once with 130 or 143.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import NoReturn, TypeVar

from shared.probes import Checks
from shared.settings import MeshSettings

Task = Callable[[], Awaitable[None]]
S = TypeVar("S", bound=MeshSettings)


class Life(Checks):
    """Handed to ``build``: when to stop, and what health and readiness depend on (``on_ready``, ``on_alive``)."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = asyncio.Event()
        """Set on SIGTERM or SIGINT: stop polling, finish what you began, return."""


Build = Callable[[S, Life], AbstractAsyncContextManager[Mapping[str, Task]]]


def run(name: str, settings: S, build: Build[S], *, own_probes: bool = True) -> NoReturn:
    """Run a service to its end and exit with its code.

    ``build`` opens what the service needs, wires it and yields its tasks by name. ``own_probes=False`` leaves the probes to the service,
    which then calls ``shared.probes.add_routes(app, life)``.

    Raises:
        SystemExit: always; 0 after a clean stop, 1 otherwise.
    """
    raise NotImplementedError

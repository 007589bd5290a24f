"""``python -m bench.idle_loop``: a service that does nothing. Its event loop runs the timers that every service has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from shared.runtime import Lifecycle, Task, run
from shared.settings import MeshSettings, read_settings


@asynccontextmanager
async def build(_settings: MeshSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Yield one task, which waits for the end."""

    async def wait() -> None:
        await lifecycle.stopping.wait()

    yield {"wait": wait}


if __name__ == "__main__":
    run("bench-idle", read_settings(MeshSettings), build)

"""Builds the first of several gateway processes: it starts the others, which share a port, and has their probes and metrics."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from services.gateway.adapters.gateway_process import GatewayProcess
from services.gateway.adapters.shared_counts import create_counts
from services.gateway.adapters.shared_port import reserved_port
from services.gateway.settings import Settings
from shared import metrics
from shared.runtime import CLOSE_SECONDS, Lifecycle, Task

log: Final = structlog.get_logger("gateway.processes")
STARTS: Final = metrics.gauge("gateway_process_starts_count", "Starts of each of several gateway processes.", ["number"])


@asynccontextmanager
async def build(settings: Settings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    """Reserve the port and yield one task for each process. Raises ListenError: the port is in use."""
    async with AsyncExitStack() as stack:
        port = stack.enter_context(reserved_port(settings.host, settings.port))
        counts = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="finstage-gateway-"))) / "counts"
        create_counts(counts, settings.gateway_processes, time.monotonic())
        environment = {"PORT": str(port), "GATEWAY_COUNTS": str(counts), "GATEWAY_PARENT": str(os.getpid())}
        processes = [
            GatewayProcess(number, environment, settings.drain_seconds + CLOSE_SECONDS)
            for number in range(settings.gateway_processes)
        ]
        lifecycle.on_ready("one of the processes", lambda: any(process.ready for process in processes))
        lifecycle.add_detail("processes", lambda: [_detail(process) for process in processes])
        lifecycle.render_metrics = lambda: _metrics(processes)
        log.info("gateway processes share a port", address=f"http://{settings.host}:{port}", processes=len(processes))
        yield {f"process {process.number}": partial(process.run, lifecycle.stopping) for process in processes}


def with_time_to_stop(settings: Settings) -> Settings:
    """The settings of the first process: it waits until the others have stopped."""
    return settings.model_copy(update={"drain_seconds": settings.drain_seconds + CLOSE_SECONDS + 1})


def _detail(process: GatewayProcess) -> Mapping[str, object]:
    return {"process": process.number, "pid": process.pid, "ready": process.ready, "starts": process.starts}


def _metrics(processes: list[GatewayProcess]) -> tuple[bytes, str]:
    for process in processes:
        STARTS.labels(str(process.number)).set(process.starts)
    rendered = {str(process.number): process.metrics for process in processes if process.metrics}
    return metrics.joined({"first": metrics.render()[0], **rendered})

"""Append the sequence numbers of the ticks read to a file: ``python -m tests.shared.consumer_process GROUP FILE``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from shared.events import Tick
from shared.kafka import Record, open_group_consumer, open_producer
from shared.runtime import Lifecycle, Task, run
from shared.settings import MeshSettings
from shared.topics import TICKS


def append(path: Path, numbers: list[int]) -> None:
    with path.open("a") as file:
        file.writelines(f"{number}\n" for number in numbers)


@asynccontextmanager
async def build(settings: MeshSettings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    group, path = sys.argv[1], Path(sys.argv[2])

    async def handle(records: Sequence[Record[Tick]]) -> None:
        await asyncio.sleep(0.01)  # so that a signal comes while something is being handled
        append(path, [record.event.seq for record in records if record.event.source == group])

    async with (
        open_producer(settings, "consumer-process") as producer,
        open_group_consumer(settings, [TICKS], group, producer, max_records=20) as consumer,
    ):
        lifecycle.on_ready("ticks", lambda: consumer.ready)
        lifecycle.on_alive("ticks", lambda: consumer.alive)

        async def consume() -> None:
            await consumer.run(handle, lifecycle.stopping)

        yield {"consume": consume}


if __name__ == "__main__":
    run("consumer-process", MeshSettings(), build)

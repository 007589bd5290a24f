from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

from shared.events import Tick
from shared.kafka import open_producer
from shared.settings import MeshSettings
from shared.topics import TICKS
from tests.until import until


async def test_sigterm_drains_and_the_next_process_continues(settings: MeshSettings, tmp_path: Path) -> None:
    """Handled once and committed: two clean stops in the middle lose nothing, and double nothing."""
    group, path = f"drain-{uuid.uuid4().hex[:8]}", tmp_path / "seen"
    path.touch()
    command = [sys.executable, "-m", "tests.shared.consumer_process", group, str(path)]
    environment = {**os.environ, "KAFKA_BOOTSTRAP": settings.kafka_bootstrap, "LOG_LEVEL": "error"}

    def received() -> list[int]:
        return [int(line) for line in path.read_text().split()]

    def has_received(count: int) -> Callable[[], bool]:
        return lambda: len(received()) >= count

    events = [
        (f"S{i % 6}", Tick(symbol=f"S{i % 6}", price=1.0, ts_event=i, ts_init=i, source=group, seq=i + 1)) for i in range(3000)
    ]
    async with open_producer(settings, "drain") as producer:
        await producer.publish_many(TICKS, events)
    for enough in (300, 1200, 3000):
        process = await asyncio.create_subprocess_exec(*command, env=environment)
        try:
            await until(has_received(enough), seconds=60)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 30) == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert sorted(received()) == list(range(1, 3001))

"""When analysis is called silent, and when not."""

from __future__ import annotations

import aiohttp
import pytest

from services.gateway.domain.progress import SILENT_MS, Progress
from tests.gateway.running import Running

LOG = {0: (0, 10), 1: (5, 10)}
ALL = {0: 10, 1: 10}


@pytest.mark.parametrize(
    ("later", "positions", "heard", "silent"),
    [
        (LOG, {}, 0, True),  # it never began
        (LOG, {0: 7}, 0, True),
        (LOG, ALL, 0, False),  # markets are closed, and so is the log
        ({0: (0, 12), 1: (5, 12)}, ALL, 0, True),  # heartbeats of a closed market, and nobody takes them
        (LOG, {0: 8}, 0, False),  # it is behind, but it moves
        (LOG, {0: 7}, SILENT_MS, False),  # it cannot store where it is, but it tells
        ({0: (8, 10), 1: (10, 10)}, {0: 7}, 0, False),  # retention has taken what waited: that is a move too
    ],
)
def test_silent_is_who_takes_nothing_and_tells_nothing(
    later: dict[int, tuple[int, int]], positions: dict[int, int], heard: int, silent: bool
) -> None:
    progress = Progress()
    progress.measure(LOG, ALL if positions == ALL else {0: 7} if positions else {}, 0)
    progress.measure(later, positions, SILENT_MS)
    assert progress.silent(heard, SILENT_MS) == silent
    assert progress.silent(heard, SILENT_MS + 10) == silent
    progress.unknown()
    assert progress.silent(heard, SILENT_MS) is None


async def test_the_status_says_since_when(up: Running, client: aiohttp.ClientSession) -> None:
    async def status() -> dict[str, object]:
        async with client.get("/v1/status") as response:
            (found,) = (await response.json())["results"]
        return dict(found)

    assert await status() == {"ticks_grew": None, "analysis_heard": None, "waiting": None, "silent": None, "sources": []}
    now = up.gateway.clock()
    up.gateway.market.heard = 1_764_000_000_000
    for end, at in ((4, now - 2 * SILENT_MS), (5, now - SILENT_MS)):
        up.gateway.progress.measure({0: (0, end)}, {0: 3}, at)
    found = await status()
    assert found.pop("ticks_grew") is not None
    assert found == {"analysis_heard": "2025-11-24T16:00:00Z", "waiting": 2, "silent": True, "sources": []}

"""When analysis is reported as silent."""

from __future__ import annotations

import aiohttp
import pytest

from services.gateway.domain.analysis_progress import SILENT_MS, AnalysisProgress
from tests.gateway.running_gateway import RunningGateway

LOG = {0: (0, 10), 1: (5, 10)}
ALL = {0: 10, 1: 10}


@pytest.mark.parametrize(
    ("later", "positions", "last_output_at", "silent"),
    [
        (LOG, {}, 0, True),  # it never started
        (LOG, {0: 7}, 0, True),
        (LOG, ALL, 0, False),  # markets are closed and no message waits
        ({0: (0, 12), 1: (5, 12)}, ALL, 0, True),  # heartbeats wait while markets are closed
        (LOG, {0: 8}, 0, False),  # it is behind and makes progress
        (LOG, {0: 7}, SILENT_MS, False),  # it cannot store its offsets but publishes
        ({0: (8, 10), 1: (10, 10)}, {0: 7}, 0, False),  # retention removed the waiting messages: this counts as progress
    ],
)
def test_analysis_is_silent_where_it_reads_and_publishes_nothing(
    later: dict[int, tuple[int, int]], positions: dict[int, int], last_output_at: int, silent: bool
) -> None:
    progress = AnalysisProgress()
    progress.measure(LOG, ALL if positions == ALL else {0: 7} if positions else {}, 0)
    progress.measure(later, positions, SILENT_MS)
    assert progress.is_silent(last_output_at, SILENT_MS) == silent
    assert progress.is_silent(last_output_at, SILENT_MS + 10) == silent
    progress.mark_unknown()
    assert progress.is_silent(last_output_at, SILENT_MS) is None


async def test_the_status_has_the_times_of_the_last_progress(server: RunningGateway, client: aiohttp.ClientSession) -> None:
    async def status() -> dict[str, object]:
        async with client.get("/v1/status") as response:
            (found,) = (await response.json())["results"]
        assert [each["state"] for each in found.pop("services")][-1] == "running", "the gateway answers"
        return dict(found)

    unknown = dict.fromkeys(("ticks_grew", "analysis_heard", "waiting", "silent", "quarantined", "dead_letters"))
    assert await status() == unknown | {"sources": []}
    now = server.gateway.clock()
    server.gateway.market.last_analysis_at = 1_764_000_000_000
    for end, at in ((4, now - 2 * SILENT_MS), (5, now - SILENT_MS)):
        server.gateway.progress.measure({0: (0, end)}, {0: 3}, at)
    found = await status()
    assert found.pop("ticks_grew") is not None
    rejected = {"quarantined": None, "dead_letters": None}
    assert found == {"analysis_heard": "2025-11-24T16:00:00Z", "waiting": 2, "silent": True, "sources": []} | rejected
    server.gateway.rejected = {"market.quarantine.v1": 3, "market.bars.v1.dlq": 0, "market.ticks.v1.dlq": 2}
    found = await status()
    assert (found["quarantined"], found["dead_letters"]) == (3, {"market.ticks.v1.dlq": 2})

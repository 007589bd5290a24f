"""When records are computed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.analysis.research.domain.quality_changes import QualityChange, QualityProcessError
from services.analysis.research.handlers.quality import QualityRefresh
from shared.events import QualityChanged, Timeframe
from shared.topics import RESEARCH_RESULTS


class Mesh:
    """Bars that change, a computation that takes time, and what is published."""

    def __init__(self) -> None:
        self.bars: object = ()
        self.now, self.took, self.computed = 0, 2_000, 0
        self.changes: list[QualityChange] = []
        self.fails = False
        self.published: list[Any] = []
        self.refresh = QualityRefresh(self, self, self, (Timeframe.D1,), 120.0, lambda: self.now)

    async def signature(self, _timeframe: Timeframe) -> object:
        return self.bars

    async def compute(self, _timeframe: Timeframe) -> Sequence[QualityChange]:
        self.now += self.took
        self.computed += 1
        if self.fails:
            raise QualityProcessError("no memory")
        return self.changes

    async def publish(self, topic: Any, event: Any, *, key: str) -> None:
        assert (topic, key) == (RESEARCH_RESULTS, event.job_id)
        self.published.append(event)


async def test_records_are_computed_when_bars_have_changed_and_rest() -> None:
    mesh = Mesh()
    await mesh.refresh.refresh()
    assert (mesh.computed, mesh.refresh.seconds) == (0, 5)
    for bars in ("a part of the history", "half of it", "all of it"):
        mesh.bars = (bars,)
        await mesh.refresh.refresh()
        assert (mesh.computed, mesh.refresh.seconds) == (0, 5), "a part would replace the records of all"
    await mesh.refresh.refresh()
    assert (mesh.computed, mesh.refresh.seconds) == (1, 8)
    mesh.took = 60_000
    mesh.bars = ("a new day",)
    await mesh.refresh.refresh()
    await mesh.refresh.refresh()
    assert (mesh.computed, mesh.refresh.seconds) == (2, 120)
    await mesh.refresh.refresh()
    assert (mesh.computed, mesh.refresh.seconds) == (2, 120)


async def test_bars_that_never_rest_are_computed_all_the_same() -> None:
    mesh = Mesh()
    for second in range(0, 31, 5):
        mesh.now, mesh.bars = second * 1000, (second,)
        await mesh.refresh.refresh()
    assert mesh.computed == 1


async def test_an_edge_that_is_gone_is_an_event_and_a_failed_computation_is_tried_again() -> None:
    mesh = Mesh()
    mesh.bars, mesh.fails = ("bars",), True
    mesh.changes = [QualityChange("gap", {"move": 0.01}, "up", Timeframe.D1, "all", "*", 5, False, None, 100)]
    for _ in range(2):
        await mesh.refresh.refresh()
    assert (mesh.published, mesh.refresh.seconds) == ([], 5)
    mesh.fails = False
    await mesh.refresh.refresh()
    (event,) = mesh.published
    assert isinstance(event, QualityChanged)
    assert (event.rule, event.params, event.validated, event.quality, event.ts_event) == ("gap", {"move": 0.01}, False, None, 100)
    await mesh.refresh.refresh()
    assert len(mesh.published) == 1

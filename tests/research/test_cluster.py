"""Batches of a grid on a Dask cluster: the same bytes, though a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from distributed import LocalCluster

from services.analysis.research.adapters.dask_workers import DaskWorkers, do_part
from services.analysis.research.adapters.thread_workers import ThreadWorkers
from services.analysis.research.backtest.orders import Costs, Orders
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from services.analysis.research.domain.run_parts import WorkersError
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import SignalNameError
from services.analysis.research.runs.grid_batch import GridSet, GridWork, trade_batch
from services.analysis.research.runs.versions import code_version
from shared.events import Timeframe
from tests.research.role import ROOT

pytestmark = [pytest.mark.kill, pytest.mark.thorough]
BARS, BATCHES, BATCH = 1500, 6, 100


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two processes with one thread each, and none that replaces a killed one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CACHE", str(ROOT / ".cache"))
        patch.setenv("PYTHONPATH", str(ROOT))
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as found:
            for nanny in found.workers.values():
                nanny.auto_restart = False
            yield found


def series(symbol: str, seed: int) -> ResearchSeries:
    rng = np.random.default_rng(seed)
    bars = np.zeros(BARS, SERIES_RECORD)
    bars["close"] = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, BARS)))
    bars["open"] = bars["close"] * np.exp(rng.normal(0, 0.005, BARS))
    bars["high"], bars["low"] = np.maximum(bars["open"], bars["close"]), np.minimum(bars["open"], bars["close"])
    bars["price_factor"] = bars["split_factor"] = 1.0
    bars["session"] = bars["ts_close"] = np.arange(BARS)
    return ResearchSeries(symbol, "stock", "NYSE", Timeframe.D1, {Timeframe.D1: bars})


WORK = GridWork(
    (series("A", 1), series("B", 2)), (np.arange(BARS), np.arange(BARS)), BARS, KnownMarket(), Timeframe.D1, Costs(), 252.0
)
PARTS = {
    f"{n}": tuple(
        GridSet(f"sma_{5 + k % 10} crosses above sma_{30 + n + 10 * (k // 10)}", f"rsi_14 > {50 + n}", Orders())
        for k in range(BATCH)
    )
    for n in range(BATCHES)
}


def test_the_same_bytes_though_a_worker_is_killed(cluster: LocalCluster) -> None:
    kernels = SignalKernels.of(ROOT / ".cache" / "kernels")
    here = dict(ThreadWorkers(kernels, 1).each(trade_batch, WORK, PARTS))
    there: dict[str, bytes] = {}
    for name, body in DaskWorkers(cluster.scheduler_address).each(trade_batch, WORK, PARTS):
        if not there:  # what this worker does, and what it has done and holds, is lost
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        there[name] = body
    assert there == here
    assert len({*there.values()}) == BATCHES


def test_a_part_that_fails_is_reported(cluster: LocalCluster) -> None:
    wrong: tuple[GridSet, ...] = (GridSet("luck_7 > 1", "rsi_14 > 50", Orders()),)
    with pytest.raises(SignalNameError, match="luck_7"):
        list(DaskWorkers(cluster.scheduler_address).each(trade_batch, WORK, {"0": wrong}))


def test_a_worker_with_other_code_is_refused() -> None:
    with pytest.raises(WorkersError, match=rf"a worker runs other code \({code_version()}\) than this process \(other\)"):
        do_part(trade_batch, WORK, (), "other")


def test_a_cluster_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.analysis.research.adapters.dask_workers.CONNECT_SECONDS", 0.3)
    with pytest.raises(WorkersError, match=r"cluster: tcp://127\.0\.0\.1:9 does not answer"):
        list(DaskWorkers("tcp://127.0.0.1:9").each(trade_batch, WORK, PARTS))

"""Signal quality: its speed, and how often it and simpler tests find an edge where none is: ``python -m bench --only quality``."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final

import numpy as np
from scipy.stats import false_discovery_control, t

from bench.result import BenchmarkResult
from services.analysis.research.quality.cells import Axis, Cells, axis, cells, fired
from services.analysis.research.quality.forked import forked
from services.analysis.research.quality.machine_code import Floats
from services.analysis.research.quality.records import RATE, records
from services.analysis.research.quality.walk_forward import first_decision
from services.analysis.research.quality.windows import HORIZONS
from tests.research.quality.markets import KERNELS, NULLS, PLANTED, RULES, Market, planted, walks

SEEDS: Final = 200
BARS, INSTRUMENTS = 2520, 10
PLANTED_EDGE: Final = 0.015


def rows() -> list[BenchmarkResult]:
    """All rules on 500 instruments; markets without an edge, and with one."""
    return [_speed(), *(_rates(name) for name in NULLS), _power()]


def _speed() -> BenchmarkResult:
    market = [
        replace(each, symbol=f"{each.symbol}-{seed}", industries=(f"i{n % 20}",))
        for seed in range(50)
        for n, each in enumerate(walks(seed, BARS, 10))
    ]
    with ThreadPoolExecutor(1) as pool:
        done = Event()
        memory = pool.submit(_most_memory, done)
        began, cpu = time.perf_counter(), sum(os.times()[:4])
        found = records(market, RULES, KERNELS, run=forked)
        wall, cpu = time.perf_counter() - began, sum(os.times()[:4]) - cpu
        done.set()
    work = f"records of all rules, {len(market)} instruments x {BARS} bars, 20 industries, {found[0].tried} tests, two processes"
    return BenchmarkResult(work, f"{wall:.1f} s by the clock, {cpu:.1f} s CPU, {memory.result():.0f} MB", "", "", "< 10 s, < 1 GB")


def _most_memory(done: Event) -> float:
    """The most MB that this process and its children have had at a time; what they share counts once. Looks four times a second."""
    most = 0.0
    while not done.wait(0.25):
        most = max(most, sum(map(_memory, (os.getpid(), *(child.pid or 0 for child in multiprocessing.active_children())))))
    return most


def _memory(process: int) -> float:
    """MB of a process, of shared ones its part; 0 if it has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0


def _rates(name: str) -> BenchmarkResult:
    ours, validated, tested = 0, 0, 0
    peers = dict.fromkeys(PEERS, 0)
    for seed in range(SEEDS):
        market = NULLS[name](seed, BARS, INSTRUMENTS)
        found = records(market, RULES, KERNELS, levels=("all",))
        count = sum(each.validated for each in found)
        ours, validated, tested = ours + (count > 0), validated + count, tested + found[0].tried
        p = naive(market)
        for peer in PEERS:
            peers[peer] += bool((false_discovery_control(p[peer]) < RATE).any())
    simpler = ", ".join(f"{peer} in {peers[peer]}" for peer in PEERS)
    return BenchmarkResult(
        f"no edge: {name}, {INSTRUMENTS} instruments x {BARS} bars, sets of {SEEDS} in which something is validated",
        f"{ours} ({validated} of {tested} tests)",
        simpler,
        "",
        f"<= {RATE * SEEDS:.0f}",
    )


def _power() -> BenchmarkResult:
    seeds = range(50)
    found = [records(planted(seed, BARS, INSTRUMENTS, PLANTED_EDGE), (*RULES, PLANTED), KERNELS, levels=("all",)) for seed in seeds]
    hits = sum(each.validated for many in found for each in many if each.key == PLANTED and each.horizon == 5)
    work = f"an edge of {PLANTED_EDGE:.1%} in 5 bars at random on 2 % of the bars, {INSTRUMENTS} instruments x {BARS} bars"
    return BenchmarkResult(work, f"validated in {hits} of {len(seeds)} sets", "", "", ">= 80 %")


def naive(market: Market) -> dict[str, Floats]:
    """One-sided p-values of simpler tests over the same signals, one for each rule, direction and horizon with 30 signals."""
    on, found = axis(market), {peer: list[float]() for peer in PEERS}
    for horizon in HORIZONS:
        for direction in (1, -1):
            rules = [key.rule for key in RULES if key.direction == direction]
            held = [cells(KERNELS, each.prices, fired(each, rules, direction), horizon, on) for each in market]
            first = first_decision(on, held)
            for key in range(len(rules)):
                for peer, test in PEERS.items():
                    p = test(held, key, on, first)
                    if p is not None:
                        found[peer].append(p)
    return {peer: np.array(values) for peer, values in found.items()}


def _signals(held: Sequence[Cells], key: int, first: int) -> tuple[Floats, Floats, np.ndarray]:
    """Gains of the signals, the base rate of each, and their dates."""
    gain, base, date = [], [], []
    for of in held:
        late = of.year >= first
        chosen = of.cell[(of.key == key) & late[of.cell]]
        gain.append(of.gain[chosen])
        base.append(np.full(len(chosen), of.gain[late].mean() if late.any() else 0.0))
        date.append(of.date[chosen])
    return np.concatenate(gain), np.concatenate(base), np.concatenate(date)


def _independent(held: Sequence[Cells], key: int, _on: Axis, first: int) -> float | None:
    gain, base, _ = _signals(held, key, first)
    return _t_test(gain - base)


def _above_zero(held: Sequence[Cells], key: int, _on: Axis, first: int) -> float | None:
    return _t_test(_signals(held, key, first)[0])


def _by_date(held: Sequence[Cells], key: int, _on: Axis, first: int) -> float | None:
    gain, base, date = _signals(held, key, first)
    if len(gain) < 30:
        return None
    totals = np.bincount(date, gain - base)
    totals = totals[np.bincount(date) > 0]
    error = np.sqrt(np.square(totals).sum())
    return float(t.sf(totals.sum() / error, len(totals) - 1)) if error > 0 else None


def _t_test(values: Floats) -> float | None:
    if len(values) < 30 or not values.std() > 0:
        return None
    return float(t.sf(values.mean() / (values.std(ddof=1) / np.sqrt(len(values))), len(values) - 1))


PEERS: Final[dict[str, Callable[[Sequence[Cells], int, Axis, int], float | None]]] = {
    "t-test of single signals": _independent,
    "t-test against zero": _above_zero,
    "t-test of dates": _by_date,
}

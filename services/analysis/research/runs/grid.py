"""The kind of run ``grid``: many sets of parameters of an entry and an exit, what is chosen, and what the choice is worth."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.backtest.orders import Orders
from services.analysis.research.domain.named_signals import named_signal
from services.analysis.research.domain.research_series import data_hash
from services.analysis.research.domain.run_parts import done_parts
from services.analysis.research.domain.run_record import canonical, hashed
from services.analysis.research.domain.runs import Progress, RunData, RunKind, RunResult
from services.analysis.research.domain.signal_names import SignalSpec
from services.analysis.research.grid.layout import Counts
from services.analysis.research.grid.ranges import GridError
from services.analysis.research.grid.search import returns_of
from services.analysis.research.grid.sets import ParameterSets
from services.analysis.research.report.heat_map import heat_map, heat_picture
from services.analysis.research.runs.backtest_input import BacktestInput, instrument_input, joined
from services.analysis.research.runs.grid_batch import GridSet, GridWork, read_accounts, trade_batch
from services.analysis.research.runs.grid_parameters import ORDERS, GridParameters
from services.analysis.research.runs.grid_search import searched
from services.analysis.research.runs.grid_signals import known_signal
from services.analysis.research.runs.grid_summary import instrument_list, set_list, summary
from services.analysis.research.runs.versions import code_version
from shared.events import Timeframe

BATCH: Final = 100
"""Sets that are traded at a time."""
MOST_CELLS: Final = 60_000_000
"""Sets x bars: their returns are about 600 MB."""
TRADED: Final = (
    "entry",
    "exit",
    "direction",
    "ranges",
    "constraints",
    *ORDERS,
    "both_hit",
    "commission_bp",
    "slippage_bp",
    "borrow",
)
"""The parameters that accounts depend on; the others choose among them."""


@dataclass(frozen=True)
class Traded:
    """Every set, traded."""

    key: str
    """Of the parts that are kept."""
    returns: Floats
    """(sets, bars - 1)."""
    entries: Counts
    """(sets, bars - 1): positions that were opened, from the second bar on."""
    held: Int64s
    """(sets, 2): bars held, and the longest."""


def run(asked: GridParameters, data: RunData, progress: Progress) -> RunResult:
    """Files: ``sets.json``, ``heatmap.json``, ``heatmap.png``, ``instruments.json``.

    Raises:
        RunError, SignalNameError, DataRequestError: the field, the value and the count at fault, before anything is traded.
    """
    asked.check()
    sets = asked.sets()
    ready = _ready(asked, sets)
    progress(0, len(sets), "reading signals")
    signals = read_signals(ready, data.request.timeframe)
    work, given = _work(asked, data, signals, len(sets))
    traded = _traded(asked, data, work, sets.tiles(BATCH), ready, progress)
    found = searched(asked, sets, traded.returns, traded.entries, traded.held, work.periods)
    instruments = instrument_list(work, ready[found.chosen], data.kernels, found)
    facts = summary(asked, sets, found, given, instruments, data.kernels)
    values = np.where(np.isfinite(found.final.values), found.final.values, np.nan)
    drawn = heat_map(sets, values, found.chosen, asked.objective)
    files = {
        "sets.json": canonical(set_list(sets, found)),
        "heatmap.json": canonical(drawn),
        "heatmap.png": heat_picture(drawn),
        "instruments.json": canonical(instruments),
    }
    data.parts.remove(traded.key)
    return RunResult(facts, files)


def read_signals(ready: Sequence[GridSet], timeframe: Timeframe) -> list[SignalSpec]:
    """The signals of all sets, each once. Raises SignalNameError, which names the text with the values of the set."""
    texts = dict[str, str]()
    for each in ready:
        for option, text in (("entry", each.entry), ("exit", each.exit)):
            if text:
                texts.setdefault(text, option)
    return [named_signal(option, text, timeframe, known_signal) for text, option in texts.items()]


def _ready(asked: GridParameters, sets: ParameterSets) -> list[GridSet]:
    known: dict[tuple[float, ...], Orders] = {}
    ready = []
    for number in range(len(sets)):
        chosen = sets.of(number)
        key = tuple(chosen[name] for name in ORDERS if name in chosen)
        if key not in known:
            known[key] = asked.orders(chosen)
        ready.append(GridSet(*asked.signals(chosen), known[key]))
    return ready


def _work(asked: GridParameters, data: RunData, signals: Sequence[SignalSpec], sets: int) -> tuple[GridWork, BacktestInput]:
    market = data.market(*signals)
    series = tuple(data.series(*signals))
    nothing = [np.zeros(len(each), np.int8) for each in series]
    given = joined(
        (instrument_input(each, none, none, raw=False) for each, none in zip(series, nothing, strict=True)), data.request.timeframe
    )
    bars = len(given.session)
    if sets * bars > MOST_CELLS:
        raise GridError(
            f"ranges: {sets:,} sets on {bars:,} bars are {sets * bars:,} returns, at most {MOST_CELLS:,} are compared",
            "sets-many-bars",
            count=f"{sets:,}",
            bars=f"{bars:,}",
        )
    return GridWork(series, given.places, bars, market, data.request.timeframe, asked.costs(), given.periods), given


def _traded(
    asked: GridParameters, data: RunData, work: GridWork, order: Int64s, ready: Sequence[GridSet], progress: Progress
) -> Traded:  # fmt: skip
    """``order``: sets of one batch share their indicators."""
    numbers = {f"{at // BATCH:05}": order[at : at + BATCH] for at in range(0, len(order), BATCH)}
    batches = {name: tuple(ready[number] for number in own.tolist()) for name, own in numbers.items()}
    run_key = hashed((
        {name: getattr(asked, name) for name in TRADED}, data_hash(work.series), str(work.timeframe), code_version(), BATCH,
        hashed(pickle.dumps(work.market).hex()) if work.market.others or work.market.exchanges or work.market.sequences else "",
    ))[:32]  # fmt: skip
    shape = len(ready), work.bars - 1
    found = Traded(run_key, np.empty(shape), np.empty(shape, np.uint16), np.empty((len(ready), 2), np.int64))
    done = 0
    for name, body in done_parts(data.workers, data.parts, run_key, trade_batch, work, batches):
        accounts = read_accounts(body)
        at = numbers[name]
        found.returns[at] = returns_of(accounts.equity)
        found.entries[at], found.held[at] = accounts.entries[:, 1:], accounts.held
        done += len(batches[name])
        progress(done, len(ready), f"{done:,} of {len(ready):,} sets")
    return found


KIND = RunKind("grid", GridParameters, run)
"""Parts of it are kept until all sets are traded: one that was killed goes on with the sets that are missing."""

"""One undisturbed engine in this process, without Kafka or database: a mesh must have the same output."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from services.analysis.kernels import machine_code
from services.analysis.kernels.plan import plan
from services.analysis.live.adapters.calendars import read_calendar
from services.analysis.live.domain.chart_patterns import ChartPatterns
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.engine_outcome import EngineOutcome
from services.analysis.live.domain.provided_bars import bars_of_history
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.domain.series_runner import SeriesRunner
from shared.events import History, Timeframe
from shared.sequences import parse
from shared.settings import MeshSettings
from tests.e2e import tapes
from tests.e2e.reference_sequences import FOLLOWED

KERNELS = Path(__file__).parents[2] / ".cache" / "kernels"


def new_engine() -> Engine:
    """An engine with the universe and the followed sequences, without history."""
    series = SeriesRunner(
        plan(fingerprint=machine_code.kernel_fingerprint()),
        machine_code.load(KERNELS),
        chart_patterns=ChartPatterns(machine_code.load_patterns(KERNELS), machine_code.pattern_fingerprint()),
    )
    kinds = tapes.kinds()
    listed = {symbol: ListedInstrument(exchange, kinds[symbol]) for symbol, exchange in tapes.exchanges().items()}
    engine = Engine(read_calendar(tapes.START, dt.datetime.now(dt.UTC).date(), folder=MeshSettings().session_files), listed, series)
    engine.follow(tuple(FollowedSequence(parse(chain.text)) for chain in FOLLOWED))
    return engine


def load(engine: Engine, symbol: str, histories: Sequence[History], ts_init: int) -> EngineOutcome:
    """Loads a symbol's history."""
    parts = defaultdict(list)
    for part in histories:
        parts[Timeframe(part.timeframe)].append(part)
    past = {timeframe: bars_of_history(each, ts_init) for timeframe, each in parts.items()}
    for bars in past.values():
        bars["session"] = engine.calendar.dates(engine.listed[symbol].exchange, bars["ts_open"])
    return engine.load(symbol, past, ts_init)

"""One engine in this process, without Kafka, database or trouble: what a mesh must come to as well."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from services.analysis.adapters import kernels
from services.analysis.adapters.exchanges import read_calendar
from services.analysis.domain.charts import Charts
from services.analysis.domain.engine import Engine, Listing
from services.analysis.domain.outcome import Outcome
from services.analysis.domain.past import of_history
from services.analysis.domain.plan import plan
from services.analysis.domain.sequences.following import Followed
from services.analysis.domain.series import Series
from shared.events import History, Timeframe
from shared.sequences import parse
from tests.e2e import tapes
from tests.e2e.reference_sequences import FOLLOWED

KERNELS = Path(__file__).parents[2] / "var" / "kernels"


def new_engine() -> Engine:
    """An engine that knows the universe and what is followed, and nothing else."""
    series = Series(
        plan(sources=kernels.sources()),
        kernels.load(KERNELS),
        charts=Charts(kernels.load_patterns(KERNELS), kernels.pattern_sources()),
    )
    kinds = tapes.kinds()
    listings = {symbol: Listing(exchange, kinds[symbol]) for symbol, exchange in tapes.exchanges().items()}
    engine = Engine(read_calendar(tapes.START, dt.datetime.now(dt.UTC).date()), listings, series)
    engine.follow(tuple(Followed(parse(chain.text)) for chain in FOLLOWED))
    return engine


def load(engine: Engine, symbol: str, histories: Sequence[History], ts_init: int) -> Outcome:
    """A symbol's history takes effect."""
    parts = defaultdict(list)
    for part in histories:
        parts[Timeframe(part.timeframe)].append(part)
    past = {timeframe: of_history(each, ts_init) for timeframe, each in parts.items()}
    for bars in past.values():
        bars["session"] = engine.calendar.dates(engine.listings[symbol].exchange, bars["ts_open"])
    return engine.load(symbol, past, ts_init)

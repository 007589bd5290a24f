"""Engines on a small market, and streams of valid, invalid and hostile ticks."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.plan import plan
from services.analysis.live.domain.calendar import Calendar, calendar
from services.analysis.live.domain.chart_patterns import ChartPatterns
from services.analysis.live.domain.engine import Engine, ListedInstrument
from services.analysis.live.domain.series_runner import SeriesRunner
from shared.calendars import Sessions
from shared.events import Heartbeat, Tick, TickLog, Timeframe
from tests.hours import sessions

KERNELS = Path(__file__).parents[2] / ".cache" / "kernels"
START, END = dt.date(2024, 10, 21), dt.date(2024, 12, 6)
"""The end of summer time (US 3 November, London 27 October), Thanksgiving and the half day after it."""
EXCHANGES = ("NYSE", "KRX", "CRYPTO", "CME")
LISTED = {
    "AAA": ListedInstrument("NYSE", "stock"),
    "BBB": ListedInstrument("NYSE", "index"),
    "CCC": ListedInstrument("KRX", "stock"),
    "DDD": ListedInstrument("CRYPTO", "crypto"),
    "EEE": ListedInstrument("CME", "future"),
}


@cache
def series() -> SeriesRunner:
    return SeriesRunner(
        plan(fingerprint=machine_code.kernel_fingerprint()),
        machine_code.load(KERNELS),
        chart_patterns=ChartPatterns(machine_code.load_patterns(KERNELS), machine_code.pattern_fingerprint()),
    )


@cache
def hours(exchange: str) -> Sessions:
    return sessions(exchange, START, END)


@cache
def market() -> Calendar:
    return calendar({exchange: hours(exchange) for exchange in EXCHANGES})


def engine() -> Engine:
    return Engine(market(), LISTED, series())


HALF_DAY = 1732890600000  # 2024-11-29 14:30 UTC, the open of the half day
MOMENTS = sorted(
    int(moment)
    for exchange in EXCHANGES
    for times in (hours(exchange).open, hours(exchange).close, *hours(exchange).period_close.values())
    for moment in times
)
# Strategies are made once: to make, check and label one at each draw took more than the draws.
REACH = {
    "small": st.integers(1, 20_000),
    "minute": st.integers(20_000, 120_000),
    "quarter": st.integers(300_000, 4_000_000),
    "back": st.integers(-90_000, -1),
    "same": st.just(0),
}
MOMENT, AROUND = st.sampled_from(MOMENTS), st.integers(-120_000, 120_000)
STEP = st.sampled_from(("small", "small", "small", "minute", "quarter", "back", "moment", "same"))
AT_MOMENT = st.sampled_from((0, 0, -1, 1, 30_000))
MOSTLY = ("tick",) * 12 + ("heartbeat", "repeat")
WHAT = {True: st.sampled_from((*MOSTLY, "hostile")), False: st.sampled_from((*MOSTLY, "tick"))}
EXCHANGE = st.sampled_from(EXCHANGES)
JUMP = st.sampled_from((1.0, 1.0, 1.0, 0.5, 2.02, 1 / 3, 2 / 3, 0.8, 7.0, 1 / 6, 12.2, 1.4, 0.93))
MOVE = st.sampled_from((1.0, 1.001, 0.999, 1.02, 0.97))
TRADED, LATE, SIZE, EITHER = st.integers(0, 50), st.integers(0, 500), st.integers(0, 100), st.booleans()
SOURCE = st.sampled_from(("yahoo-stream", "replay"))
FINEST = st.sampled_from((Timeframe.M1,) * 8 + (Timeframe.M5, Timeframe.D1))
BAD_PRICES = (float("nan"), float("inf"), -float("inf"), 0.0, -1.0, 1e9 + 1, 1e300)


@st.composite
def logs(draw: st.DrawFn, most: int = 120, *, hostile: bool = True, symbols: tuple[str, ...] = tuple(LISTED)) -> list[TickLog]:
    """Runs of ticks around opens and closes; time mostly advances, sometimes goes back, sometimes jumps."""
    now = draw(MOMENT) + draw(AROUND)
    symbol_of, what_of = st.sampled_from(symbols), WHAT[hostile]
    prices = dict.fromkeys(symbols, 100.0)
    number, day_volume, log = dict.fromkeys(symbols, 0), dict.fromkeys(symbols, 0.0), list[TickLog]()
    for _ in range(draw(st.integers(1, most))):
        step = draw(STEP)
        if step == "moment":
            now = next((moment for moment in MOMENTS if moment > now), now + 60_000) + draw(AT_MOMENT)
        else:
            now += draw(REACH[step])
        what = draw(what_of)
        if what == "heartbeat":
            log.append(Heartbeat(exchange=draw(EXCHANGE), ts_event=now, ts_init=now + 5, source="test"))
            continue
        if what == "repeat" and log:
            log.append(log[-1])
            continue
        symbol = draw(symbol_of)
        if step == "moment":  # a session may open at a price that looks like a split, and stay there
            prices[symbol] *= draw(JUMP)
        prices[symbol] *= draw(MOVE)
        number[symbol] += 1
        day_volume[symbol] += draw(TRADED)
        log.append(
            Tick(
                symbol=symbol,
                price=round(prices[symbol], 2),
                ts_event=now,
                ts_init=now + draw(LATE),
                source=draw(SOURCE),
                seq=number[symbol] if draw(EITHER) else 0,
                size=float(draw(SIZE)),
                day_volume=day_volume[symbol] if draw(EITHER) else None,
                finest=draw(FINEST),
            )
        )
        if what == "hostile":
            log.append(draw(hostile_ticks(symbol, now, prices[symbol])))
    return log


@st.composite
def hostile_ticks(draw: st.DrawFn, symbol: str, now: int, price: float) -> TickLog:
    """One event that must have no effect."""
    kind = draw(st.sampled_from(("price", "size", "volume", "future", "unknown", "absurd", "absurd", "time", "huge", "exchange")))
    if kind == "exchange":
        return Heartbeat(exchange=draw(st.sampled_from(("MARS", "NYSE"))), ts_event=now + 10**9, ts_init=now, source="test")
    return Tick(
        symbol="ZZZ" if kind == "unknown" else symbol,
        price=draw(st.sampled_from(BAD_PRICES))
        if kind == "price"
        else price * (draw(st.sampled_from((3.0, 0.2))) if kind == "absurd" else 1.0),
        ts_event={"future": now + 61_001, "time": draw(st.sampled_from((0, -5)))}.get(kind, now),
        ts_init=now,
        source="test",
        seq=2**63 if kind == "huge" else 0,
        size=draw(st.sampled_from((float("nan"), float("inf"), -1.0))) if kind == "size" else 1.0,
        day_volume=draw(st.sampled_from((-1.0, float("inf")))) if kind == "volume" else None,
    )

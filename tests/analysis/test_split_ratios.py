"""A split at any common ratio, either way: suspected at its opening, and without a false signal once it is reported."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars as Series
from services.analysis.kernels.whole_series import history
from services.analysis.live.domain import ticks
from shared.events import CorporateAction, History, ProviderBar, Timeframe
from tests.analysis import apple
from tests.analysis.apple import Day, Replayer, heartbeat, hours
from tests.analysis.market import KERNELS, series
from tests.analysis.plain import looks_split
from tests.analysis.test_splits import Fired, fired

FORWARD = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 50, 100, 5 / 4, 4 / 3, 7 / 5, 3 / 2, 8 / 5, 5 / 3, 7 / 4, 5 / 2, 7 / 2)
RATIOS = (*map(float, FORWARD), *(1 / ratio for ratio in FORWARD))
"""New shares for an old one."""
EX, LIVE = 60, 50
"""Numbers of the days: of the split, and of the first day that comes as ticks."""


@settings(deadline=None)
@given(
    ratio=st.sampled_from(RATIOS),
    price=st.floats(0.01, 1e6),
    noise=st.floats(-1, 1),
    usual=st.floats(0.0, 0.03),
)
def test_an_opening_near_a_ratio_is_suspected(ratio: float, price: float, noise: float, usual: float) -> None:
    near = 0.0149 if not float(max(ratio, 1 / ratio)).is_integer() else 0.0299
    opened = price / ratio * (1 + near * noise * 0.95)
    found = ticks.split_ratio(opened, price, usual)
    assert (found > 1) == (ratio > 1)
    assert abs(math.log(opened * found / price)) <= 0.031, "the ratio that explains the opening best"
    assert found == pytest.approx(looks_split(opened, price, usual))


@settings(deadline=None)
@given(move=st.floats(1 / 200, 200), price=st.floats(0.01, 1e6), usual=st.floats(0.0, 0.2))
def test_any_opening_is_classified_as_documented(move: float, price: float, usual: float) -> None:
    assert ticks.split_ratio(price * move, price, usual) == pytest.approx(looks_split(price * move, price, usual))


@pytest.mark.parametrize("move", [0.85, 0.83, 0.775, 0.69, 0.46, 0.28, 1.15, 1.3, 1.45, 2.2, math.nan, math.inf, 1.0])
def test_other_moves_are_not_suspected(move: float) -> None:
    assert ticks.split_ratio(100 * move, 100.0, 0.02) == (0.0 if move != math.inf else pytest.approx(0.0))


@settings(deadline=None)
@given(move=st.floats(0.3, 3.5))
def test_moves_within_six_usual_ranges_are_not_suspected(move: float) -> None:
    assert ticks.split_ratio(100 * move, 100.0, abs(math.log(move)) / 6 + 1e-9) == 0.0


@cache
def adjusted() -> tuple[Day, ...]:
    """Made-up days in the shares of the end, rough enough for signals; each opens a little away from the close before."""
    rng, start = np.random.default_rng(21), hours(2014).date.tolist().index(20140102)
    close, found = 80.0, []
    for i in range(EX + 8):
        first = close * (1 + rng.normal(0, 0.004))
        close = first * (1 + rng.normal(0, 0.02))
        low, high = min(first, close) * 0.997, max(first, close) * 1.003
        date = dt.datetime.strptime(str(hours(2014).date[start + i]), "%Y%m%d").replace(tzinfo=dt.UTC).date()
        times = int(hours(2014).open[start + i]), int(hours(2014).close[start + i])
        found.append(Day(date, *times, first, high, low, close, float(rng.integers(10**6, 4 * 10**6))))
    return tuple(found)


def raw(ratio: float) -> tuple[Day, ...]:
    """The same days as they were traded."""

    def before(day: Day) -> Day:
        o, h, low, c = (price * ratio for price in (day.open, day.high, day.low, day.close))
        return Day(day.date, day.open_at, day.close_at, o, h, low, c, day.volume / ratio)

    return (*(before(day) for day in adjusted()[:EX]), *adjusted()[EX:])


def reported(ratio: float, count: int, *, split: bool) -> list[History]:
    """The provider's history of the first ``count`` days, with the split or before it is published."""
    by = 1 / ratio if split else 1.0
    bars = tuple(
        ProviderBar(ts_open=day.open_at, ts_close=day.close_at, open=day.open, high=day.high, low=day.low, close=day.close,
                    volume=day.volume, price_factor=by if i < EX else 1.0, split_factor=by if i < EX else 1.0)
        for i, day in enumerate(raw(ratio)[:count])
    )  # fmt: skip
    actions = [CorporateAction(kind="split", ts_event=adjusted()[EX].open_at, value=ratio)] if split else []
    return [
        History(
            symbol="AAPL", exchange="NASDAQ", timeframe=Timeframe.D1, bars=bars, ts_event=bars[-1].ts_close,
            ts_init=bars[-1].ts_close, source="provider", reason="repair", actions=tuple(actions),
        )
    ]  # fmt: skip


@cache
def reference() -> Fired:
    """The signals of the rules on the adjusted days."""
    o, h, low, c, v = (np.array([getattr(day, name) for day in adjusted()]) for name in ("open", "high", "low", "close", "volume"))
    session, none = np.array([apple.number(day.date) for day in adjusted()]), np.full(len(o), np.nan)
    plan = series().base
    past = history(machine_code.load(KERNELS), plan, Series(o, h, low, c, v, session, none, none))
    found: Fired = set()
    for j, t in np.argwhere(past.fired[:, LIVE:]).tolist():
        rule, fired_ = plan.rules[j], past.fired[j, t + LIVE]
        params = tuple(sorted((name, float(value)) for name, value in rule.params.items()))
        found.add((rule.name, rule.direction(fired_), "1d", adjusted()[t + LIVE].close_at, params))
    return found


async def replay(ratio: float, moments: Sequence[str]) -> Replayer:
    replayer, seq = Replayer(2014), 1
    await replayer.load(reported(ratio, LIVE, split=False))
    for i, day in enumerate(raw(ratio)[LIVE:], LIVE):
        events, now = apple.ticks(day, seq), i == EX
        seq += 4
        if now and "before the open" in moments:
            await replayer.load(reported(ratio, EX, split=True))
        cut = 5 if now else len(events)
        replayer.apply(events[:cut])
        if now and "in mid-session" in moments:
            await replayer.load(reported(ratio, EX, split=True))
        replayer.apply(events[cut:])
        if now and "in the evening" in moments:
            await replayer.load(reported(ratio, EX + 1, split=True))
        replayer.apply([heartbeat(day.close_at + 60_000)])
    return replayer


@pytest.mark.parametrize(
    "ratio",
    [
        pytest.param(ratio, id=f"{ratio:.4g}", marks=() if i % 3 == 0 else pytest.mark.thorough)  # a third, both ways
        for i, ratio in enumerate(RATIOS)
    ],
)
async def test_a_split_that_is_published_late_fires_nothing(ratio: float) -> None:
    assert len(reference()) > 5
    small = max(ratio, 1 / ratio) < 2  # waits for half an hour only; these ticks are two hours apart
    for moment in ("before the open",) if small else ("in mid-session", "in the evening"):
        assert fired((await replay(ratio, [moment])).output.signals) == reference(), moment


async def test_an_unpublished_split_fires_signals() -> None:
    """So that the test above can fail."""
    assert fired((await replay(6.0, [])).output.signals) - reference()

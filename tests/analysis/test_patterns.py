"""Chart patterns: found in made shapes, seldom in chance, the same upside down and at any scale, live as in history, and true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from services.analysis.kernels import machine_code
from services.analysis.kernels.patterns.layout import CONFIRMED, FAILED, FORMING, PATTERN, REASONS, TARGET
from services.analysis.kernels.patterns.table import DIVERGENCE, LINE, PATTERNS, SHAPE
from services.analysis.kernels.patterns.table import HARMONIC as HARMONICS
from services.analysis.kernels.patterns.whole_series import history, no_patterns
from services.analysis.kernels.patterns.zigzag import ATR_BARS, TURN
from services.analysis.kernels.signatures import PriceArrays
from tests.analysis.market import KERNELS
from tests.analysis.pattern_inputs import inputs, measured
from tests.analysis.samples import hostile, real
from tests.analysis.shapes import MINUTE, SHAPES, Drawn, made
from tests.analysis.shapes_harmonic import HARMONIC, LINES
from tests.analysis.shapes_measured import MEASURED

LOOPS = machine_code.load_patterns(KERNELS)
NAMES = [pattern.name for pattern in PATTERNS]
MIRRORS = {pattern.name: pattern.mirror for pattern in PATTERNS}
TRIES = 600
MOST_TOGETHER = {SHAPE: 10.0, LINE: 3.0, HARMONICS: 0.4, DIVERGENCE: 8.0}
"""Of each group, in 1,000 bars of chance."""
PRICES = ("upper", "upper_slope", "lower", "lower_slope", "margin", "stop", "target", "height", "level", "corner_price")
DOWN = {"upper": "lower", "upper_slope": "lower_slope", "lower": "upper", "lower_slope": "upper_slope"}


def found(bars: PriceArrays) -> Any:
    return history(LOOPS, no_patterns(), bars)


def upside_down(bars: PriceArrays) -> PriceArrays:
    return PriceArrays(-bars.low, -bars.high, -bars.close, bars.volume, bars.time, -bars.rsi, -bars.macd, -bars.obv)


def walk(seed: int, length: int = 2520) -> PriceArrays:
    """A random walk of normal steps: whatever is found in it is chance."""
    rng = np.random.default_rng([seed, 99])
    return measured(made(100.0 + np.cumsum(rng.normal(0.0, 0.7, length)), rng, noise=0.2))


@cache
def series() -> dict[str, PriceArrays]:
    """Random walks, real bars and hostile ones."""
    known = {f"walk {seed}": walk(seed, 1500) for seed in range(6)}
    for name, b in (real() | hostile()).items():
        known[name] = inputs(b, MINUTE * np.arange(1, len(b.close) + 1))
    return known


def confirmed(shapes: Mapping[str, Callable[[np.random.Generator, float], Drawn]], seeds: int) -> dict[str, Counter[str]]:
    """What is confirmed in noisy shapes of each kind, each second one upside down; by the names of the upright ones."""
    reported = {}
    for place, (name, shape) in enumerate(shapes.items()):
        reported[name] = Counter[str]()
        for seed in range(TRIES):
            bars = shape(np.random.default_rng([seeds + seed, place]), 1.0).bars
            turned = seed % 2 == 1
            if shapes is MEASURED:
                bars = measured(bars)
            events = found(upside_down(bars) if turned else bars)
            names = {NAMES[kind] for kind in events["kind"][events["status"] == CONFIRMED]}
            reported[name].update(MIRRORS[each] if turned else each for each in names)
    return reported


@cache
def confusion() -> dict[str, Counter[str]]:
    return confirmed(SHAPES, 620_000_000)


def test_the_noise_is_one_atr() -> None:
    bars = made(np.zeros(100_000), np.random.default_rng(1))
    before = bars.close[:-1]
    wide = np.maximum(bars.high[1:], before) - np.minimum(bars.low[1:], before)
    assert wide.mean() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_found_and_distinguished(name: str) -> None:
    reported = confusion()
    both = {name, MIRRORS[name]}  # a double bottom in a rising channel is, upside down, a double top in a falling one
    right, all_reported = reported[name][name], sum(counts[each] for counts in reported.values() for each in both)
    print(f"{name}: recall {right / TRIES:.2f}, precision {right / all_reported:.2f}, as {dict(reported[name])}")
    assert right / TRIES >= 0.9
    assert right / all_reported >= 0.9


@pytest.mark.parametrize("name", [*HARMONIC, *LINES])
def test_harmonic_patterns_and_trend_lines_are_found_and_distinguished(name: str) -> None:
    reported = ratios_and_lines()
    both = {name, MIRRORS[name]}
    right, all_reported = reported[name][name], sum(counts[each] for counts in reported.values() for each in both)
    print(f"{name}: recall {right / TRIES:.2f}, precision {right / all_reported:.2f}, as {dict(reported[name])}")
    assert right / TRIES >= 0.9
    assert right / all_reported >= 0.9


@cache
def ratios_and_lines() -> dict[str, Counter[str]]:
    return confirmed(HARMONIC | LINES, 700_000_000)


@cache
def highs_with_momentum() -> dict[str, Counter[str]]:
    return confirmed(MEASURED, 660_000_000)


@pytest.mark.parametrize("indicator", ["rsi", "macd", "obv"])
@pytest.mark.parametrize(("shape", "prefix"), [("regular", ""), ("hidden", "hidden_")])
def test_divergences_are_found_and_distinguished(shape: str, prefix: str, indicator: str) -> None:
    """Of the highs that are drawn; those of the lows are other names, and counted where a shape has none."""
    reported, name = highs_with_momentum(), f"{prefix}bearish_{indicator}_divergence"
    right = reported[shape][name]
    other = [(drawn, each) for drawn in reported for each in (name, MIRRORS[name]) if (drawn, each) != (shape, name)]
    wrong = sum(reported[drawn][each] for drawn, each in other)
    print(f"{name}: recall {right / TRIES:.2f}, precision {right / (right + wrong):.2f}")
    assert right / TRIES >= 0.9
    assert right / (right + wrong) >= 0.86


def test_without_values_of_an_indicator_there_is_no_divergence_from_it() -> None:
    bars = walk(3)
    unknown = np.full(len(bars.close), np.nan)
    events = found(bars._replace(macd=unknown))
    names = Counter(NAMES[kind] for kind in events["kind"])
    assert sum(count for name, count in names.items() if "rsi_divergence" in name) > 0
    assert not any("macd_divergence" in name for name in names)
    others = [event for event in found(bars) if "macd" not in NAMES[event["kind"]]]
    assert b"".join(event.tobytes() for event in others) == events.tobytes()


def test_random_walks_have_few_patterns() -> None:
    confirmed = Counter[str]()
    bars = 0
    for seed in range(800, 840):
        chance = walk(seed)
        events = found(chance)
        confirmed.update(NAMES[kind] for kind in events["kind"][events["status"] == CONFIRMED])
        bars += len(chance.close)
    rates = {name: 1000 * count / bars for name, count in confirmed.items()}
    print({name: round(rate, 3) for name, rate in sorted(rates.items())}, "in 1000 bars, together", sum(rates.values()))
    together = {group: sum(rates.get(each.name, 0.0) for each in PATTERNS if each.group == group) for group in MOST_TOGETHER}
    assert all(together[group] <= most for group, most in MOST_TOGETHER.items()), together
    assert max(rates.values()) <= 1.5


@pytest.mark.parametrize("power", [-30, 10])
def test_another_scale_gives_the_same(power: int) -> None:
    by = 2.0**power
    for seed in range(5):
        bars = walk(seed)
        by_price = {name: getattr(bars, name) * by for name in ("high", "low", "close", "macd")}
        events, scaled = found(bars), found(bars._replace(**by_price))
        assert len(events) > 20
        for name in PRICES:
            events[name] *= by
        assert events.tobytes() == scaled.tobytes()


def test_upside_down_gives_the_mirror_images() -> None:
    for seed in range(5):
        bars = walk(seed)
        events, turned = found(bars), found(upside_down(bars))
        assert len(events) > 20
        for name in PATTERN.names or ():
            mine, other = events[name], turned[DOWN.get(name, name)]
            if name == "kind":
                assert [MIRRORS[NAMES[kind]] for kind in mine] == [NAMES[kind] for kind in other]
            elif name in ("direction", "corner_kind") or (name in PRICES and name not in ("height", "margin")):
                np.testing.assert_array_equal(mine, -other, err_msg=name)
            else:
                np.testing.assert_array_equal(mine, other, err_msg=name)


@pytest.mark.parametrize("name", list(series()))
def test_no_pattern_depends_on_later_bars(name: str) -> None:
    bars = series()[name]
    whole = found(bars)
    for cut in (1, len(bars.close) // 3, len(bars.close) // 2, len(bars.close) - 1):
        early = found(PriceArrays._make(values[:cut] for values in bars))
        assert early.tobytes() == whole[whole["at"] < cut].tobytes()


@pytest.mark.parametrize("name", list(series()))
def test_bar_by_bar_after_a_snapshot_is_the_same_bits(name: str) -> None:
    bars, memory = series()[name], no_patterns()
    whole = no_patterns()
    events = history(LOOPS, whole, bars)
    parts = list[bytes]()
    for t in range(len(bars.close)):
        parts.append(history(LOOPS, memory, PriceArrays._make(values[: t + 1] for values in bars), start=t).tobytes())
        if t % 100 == 7:
            saved = (memory.swings.tobytes(), memory.pivots.tobytes(), memory.alive.tobytes())
            memory = no_patterns()
            for array, data in zip((memory.swings, memory.pivots, memory.alive), saved, strict=True):
                array[...] = np.frombuffer(data, array.dtype)
    assert b"".join(parts) == events.tobytes()
    assert memory.alive.tobytes() == whole.alive.tobytes()


def outside(x: Any, close: float, at: int) -> bool:
    """Whether the close has broken out of a forming pattern."""
    above, below = (x[side] + x[f"{side}_slope"] * (at - x["first"]) for side in ("upper", "lower"))
    return bool((x["direction"] >= 0 and close > above + x["margin"]) or (x["direction"] <= 0 and close < below - x["margin"]))


@pytest.mark.parametrize("name", list(series()))
def test_every_event_meets_its_definition(name: str) -> None:
    """Every event against the bars themselves, as docs/patterns.md has it."""
    bars = series()[name]
    lives: dict[Any, list[int]] = {}
    for x in found(bars):
        at, kind, corners = x["at"], NAMES[x["kind"]], range(x["corners"])
        for i in corners:
            p = x["corner_at"][i]
            assert x["corner_time"][i] == bars.time[p]
            assert x["corner_price"][i] in ((bars.high if x["corner_kind"][i] > 0 else bars.low)[p], bars.close[p])
            assert i == 0 or x["corner_at"][i - 1] <= p <= x["formed"]
        assert 0.0 <= x["quality"] <= 1.0, kind
        assert x["height"] > 0
        life = lives.setdefault((kind, *x["corner_time"][: x["corners"]].tolist()), [])
        assert x["status"] == FORMING or life[-1] == (CONFIRMED if x["status"] == TARGET else life[-1])
        assert x["status"] not in life
        life.append(int(x["status"]))
        if x["status"] == CONFIRMED:
            way, side = x["direction"], "upper" if x["direction"] > 0 else "lower"
            line = x[side] + x[f"{side}_slope"] * (at - x["first"])
            assert x["level"] == pytest.approx(line)
            assert way * (bars.close[at] - line) > x["margin"]
            assert x["target"] == pytest.approx(line + way * x["height"])
            mean = bars.volume[at - 20 : at].mean() if at >= 20 else 0.0
            assert x["volume_ratio"] == pytest.approx(bars.volume[at] / mean) if mean > 0 else np.isnan(x["volume_ratio"])
        if x["status"] == TARGET:
            assert (bars.high[at] >= x["target"]) if x["direction"] > 0 else (bars.low[at] <= x["target"])
        if x["status"] == FAILED and REASONS[x["reason"]] == "invalidated":
            assert x["direction"] * (bars.close[at] - x["stop"]) < 0
        if x["status"] == FAILED and REASONS[x["reason"]] == "expired":
            assert all(outside(x, bars.close[t], t) for t in range(x["until"], at)), "it waited for a higher rank"
            assert at >= x["until"]


def overdue(x: Any, bars: PriceArrays, t: int) -> bool:
    """Whether an active pattern should have changed its status at bar t, as the page has it."""
    if x["status"] == FORMING and outside(x, bars.close[t], t):
        return not any_waits(x)
    up = x["direction"] > 0
    beyond_stop = bars.close[t] < x["stop"] if up else x["direction"] < 0 and bars.close[t] > x["stop"]
    reached = x["status"] == CONFIRMED and x["at"] < t and (bars.high[t] >= x["target"] if up else bars.low[t] <= x["target"])
    return bool(t >= x["until"] or ((x["status"] == FORMING or x["at"] < t) and beyond_stop) or reached)


def any_waits(x: Any) -> bool:
    """Whether a pattern of this kind may wait for one of higher rank, so that a close outside need not confirm it."""
    return bool(PATTERNS[x["kind"]].rank > 0)


def missed(bars: PriceArrays, *, blind: bool) -> int:
    """How many patterns are overdue after a bar; ``blind``: the kernel is told each time that nothing can happen."""
    memory, found = no_patterns(), 0
    for t in range(len(bars.close)):
        history(LOOPS, memory, PriceArrays._make(values[: t + 1] for values in bars), start=t)
        if blind:
            memory.swings["quiet"], memory.swings["floor"], memory.swings["ceiling"] = 2**40, -np.inf, np.inf
        found += sum(overdue(x, bars, t) for x in memory.alive if x["status"] in (FORMING, CONFIRMED))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_no_status_is_missed_on_bars_that_are_skipped(seed: int) -> None:
    bars = walk(seed, 900)
    assert missed(bars, blind=False) == 0
    assert missed(bars, blind=True) > 10


def zigzag(bars: PriceArrays) -> list[tuple[int, int]]:
    """The pivots (kind, bar) of a series, from the docstring of ``zigzag.py`` alone."""
    mean, ranges = float("nan"), list[float]()
    pivots = list[tuple[int, int]]()
    high = low = 0
    highs, lows = bars.high.tolist(), bars.low.tolist()
    for n in range(1, len(highs)):
        before, close = float(bars.close[n - 1]), float(bars.close[n])
        ranges.append(max(highs[n], before) - min(lows[n], before))
        if n >= ATR_BARS:
            mean = sum(ranges) / ATR_BARS if n == ATR_BARS else mean + (ranges[-1] - mean) / ATR_BARS
        leg = -pivots[-1][0] if pivots else 0
        top, bottom = highs[high], lows[low]
        if leg >= 0 and highs[n] > top:
            high, top = n, highs[n]
        if leg <= 0 and lows[n] < bottom:
            low, bottom = n, lows[n]
        if not mean > 0:
            continue
        down, up = top - close, close - bottom
        if leg >= 0 and down >= TURN * mean and (leg > 0 or down > up):
            pivots.append((1, high))
            low = high + 1 + int(np.argmin(lows[high + 1 : n + 1])) if high < n else n
        elif leg <= 0 and up >= TURN * mean and (leg < 0 or up > down):
            pivots.append((-1, low))
            high = low + 1 + int(np.argmax(highs[low + 1 : n + 1])) if low < n else n
    return pivots


def test_pivots_meet_their_definition() -> None:
    for seed in range(5):
        bars = walk(seed, 600)
        memory = no_patterns()
        history(LOOPS, memory, bars)
        count = min(16, int(memory.swings["pivots"][0]))
        kept = memory.pivots[16 - count :]
        assert count > 8
        assert [(int(kind), int(at)) for kind, at in zip(kept["kind"], kept["at"], strict=True)] == zigzag(bars)[-count:]

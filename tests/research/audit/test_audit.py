"""The audit finds what depends on later bars, however seldom, and finds nothing in the rules of live."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from services.analysis.kernels import extremes_52w
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.patterns.layout import CONFIRMED
from services.analysis.kernels.signatures import PatternKernels
from services.analysis.research.adapters.tape_series import tape_series
from services.analysis.research.audit.difference import Difference
from services.analysis.research.audit.signals import Audit
from services.analysis.research.audit.truncated import audited_places, prefix_differences
from services.analysis.research.commands.line import main
from services.analysis.research.domain.firings import DEFAULT, Firings, default_firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import read_signal
from shared.events import Timeframe
from tests.research.role import ROOT

KERNELS = SignalKernels.of(ROOT / ".cache" / "kernels")
D1 = Timeframe.D1
BARS = 700


@cache
def daily(symbol: str = "AAPL", bars: int = BARS) -> ResearchSeries:
    """The newest bars of the tape; AAPL pays dividends in them until the tape plays."""
    whole = next(tape_series("daily", (symbol,), D1, (Timeframe.W1,)))
    return whole.between(int(whole.raw["ts_close"][-bars]), None)


def audited(
    signal: str | None, kernels: SignalKernels = KERNELS, series: ResearchSeries | None = None, bars: int = 60
) -> list[Difference]:
    spec = read_signal(signal, D1) if signal else None
    return list(Audit(kernels, bars, 1).of(series or daily(), spec, KnownMarket()))


@pytest.mark.parametrize(
    "signal",
    [
        None,
        "golden_cross(7, 30)",
        "double_top",
        "rsi_oversold up then macd_cross up within 10 bars",
        "double_bottom up then macd_cross up within 20 bars",
        "rsi_14 < 40 and close crosses above sma_20",
        "close > close[1w] and macd_cross up",
    ],
)
def test_the_signals_of_live_do_not_look_ahead(signal: str | None) -> None:
    """None: all rules and chart patterns, on every bar."""
    assert audited(signal) == []
    if signal is None:
        assert np.count_nonzero(default_firings(KERNELS, daily()).fired.any(axis=1)) > 20, "rules have fired"


@dataclass
class LeakyCore:
    """The kernels of live, with one more reason for the first rule to fire: the bar after it."""

    real: Any
    rise: float

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def advance(self, plan: Any, bars: Any, t: int, *rest: Any) -> None:
        self.real.advance(plan, bars, t, *rest)
        self._peek(bars, t, rest[-1])

    def rules_at_bars(self, plan: Any, bars: Any, first: int, out: Any, runs: Any, fired: Any) -> None:
        self.real.rules_at_bars(plan, bars, first, out, runs, fired)
        for t in range(len(fired) - 1):
            self._peek(bars, t, fired[t])

    def _peek(self, bars: Any, t: int, fired: Any) -> None:
        if bars.close[t + 1] > bars.close[t] * (1 + self.rise):
            fired[0] = 1


def leaky(rise: float) -> SignalKernels:
    code = KERNELS.code
    fake = SimpleNamespace(core=LeakyCore(code.core, rise), of_kind=code.of_kind)
    return SignalKernels(cast("MachineCode", fake), KERNELS.patterns)


@pytest.mark.parametrize("signal", [None, DEFAULT.rules[0].name])
def test_a_rule_that_peeks_at_one_bar_is_found_on_each_bar(signal: str | None) -> None:
    series = daily()
    close = series.adjusted.close
    rises = np.flatnonzero(close[1:] > close[:-1])
    found = audited(signal, leaky(0.0))
    right = default_firings(KERNELS, series).fired[0]
    assert [each.bar for each in found] == series.ts_close[rises[right[rises] != 1]].tolist()
    assert {(each.symbol, each.before, each.after) for each in found} == {("AAPL", 0.0, 1.0)}
    assert found[0].signal.startswith(DEFAULT.rules[0].name)


def test_a_rule_that_peeks_once_in_years_is_found() -> None:
    series = daily()
    rises = series.adjusted.close[1:] / series.adjusted.close[:-1] - 1
    found = audited(None, leaky(float(np.sort(rises)[-2])))
    assert [each.bar for each in found] == [int(series.ts_close[rises.argmax()])]


@dataclass
class EarlyPatterns:
    """The kernels of chart patterns, which say afterwards that patterns were confirmed a bar earlier."""

    real: PatternKernels

    def history(self, prices: Any, start: int, memory: Any, found: Any) -> tuple[int, int]:
        start, count = self.real.history(prices, start, memory, found)
        events = found.events[:count]
        events["at"] -= events["status"] == CONFIRMED
        return start, count


def test_a_pattern_that_is_dated_back_is_found() -> None:
    kernels = replace(KERNELS, patterns=lambda: cast("PatternKernels", EarlyPatterns(KERNELS.patterns())))
    found = audited(None, kernels)
    assert len(found) >= 2
    assert {frozenset((each.before, each.after)) & {0.0} for each in found} == {frozenset({0.0})}


def test_an_input_that_reads_the_next_day_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = extremes_52w.context

    def tomorrow(session: Any, days: Any, high: Any, low: Any) -> tuple[Any, Any]:
        top, bottom = right(session, days, high, low)
        return np.append(top[1:], top[-1:]), bottom

    series = replace(daily())
    assert not any(each.signal.startswith("input") for each in audited(None, series=series))
    monkeypatch.setattr(extremes_52w, "context", tomorrow)
    found = [each for each in audited("macd_cross", series=replace(daily())) if each.signal.startswith("input")]
    assert {each.signal for each in found} == {"input year_high"}


def peeking(seldom: bool) -> Any:
    """As a condition would: fires if the next close is higher; ``seldom``: only after the highest rise of all that it knows."""

    def compute(series: ResearchSeries) -> Firings:
        rise = np.diff(series.adjusted.close, append=series.adjusted.close[-1:])
        if seldom:
            return (
                (rise == rise.max()).astype(np.int8) if len(rise) > BARS // 2 and rise.max() > 0 else np.zeros(len(rise), np.int8)
            )
        return (rise > 0).astype(np.int8)

    return compute


def test_a_series_that_is_cut_shows_a_peek_of_one_bar() -> None:
    series = daily()
    often = list(prefix_differences("next", peeking(False), series, 1, 0))
    whole = peeking(False)(series)
    late = set(series.ts_close[(whole != 0)].tolist())
    assert late <= {each.bar for each in often}
    once = list(prefix_differences("next", peeking(True), series, 1, 0))
    highest = int(series.ts_close[peeking(True)(series).argmax()])
    assert Difference("next", "AAPL", highest, 0.0, 1.0) in once
    assert len({each.bar for each in once}) == len(once), "each bar is reported once"


def test_the_random_bars_are_those_of_the_seed() -> None:
    fired = np.zeros(5000, bool)
    fired[[7, 4999]] = True
    places = audited_places(fired, 1000, 3)
    assert len(places) in {1000, 1001, 1002}
    assert {7, 4999} <= set(places.tolist())
    assert np.array_equal(places, audited_places(fired, 1000, 3))
    assert not np.array_equal(places, audited_places(fired, 1000, 4))
    assert audited_places(fired[:50], 1000, 3).tolist() == list(range(50))


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path / "runs"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    return tmp_path


def test_a_dividend_moves_a_fixed_price_and_the_command_says_so(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Adjusted for a dividend of 10 % that came later, bars that closed at 100 were below 95."""
    folder = runs / "bars"
    folder.mkdir()
    days = np.busday_offset("2020-01-01", np.arange(40), roll="forward").astype(str)
    adjusted = [100 * (0.9 if n < 30 else 1.0) for n in range(40)]
    rows = [f"{day},100,101,99,100,1000,{value}" for day, value in zip(days, adjusted, strict=True)]
    (folder / "PAYS.csv").write_text("\n".join(["date,open,high,low,close,volume,adj_close", *rows]))
    assert main(["audit", "close > 95", "--data", str(folder), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["signal"], found["differences"], found["bars"], found["instruments"]) == ("close > 95 on 1d", 30, 40, 1)
    assert found["listed"][0] == {
        "signal": "close > 95 on 1d",
        "symbol": "PAYS",
        "bar": found["listed"][0]["bar"],
        "before": 1.0,
        "after": 0.0,
    }
    assert main(["audit", "close > 95", "--data", str(folder), "--bars", "3"]) == 3
    assert "values depend on later bars; 40 bars of 1 instrument\n" in capsys.readouterr().out
    assert main(["audit", "close > sma_5", "--data", str(folder)]) == 0
    assert capsys.readouterr().out == "close > sma_5 on 1d: no look-ahead; 40 bars of 1 instrument\n"


def test_a_name_that_is_wrong_is_refused(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "golden_cros", "--tape", "daily"]) == 2
    assert "the nearest names: golden_cross" in capsys.readouterr().err
    assert main(["audit", "all", "--tape", "daily", "--timeframe", "1mo"]) == 2
    assert "timeframe: no rule runs on 1mo" in capsys.readouterr().err
    assert main(["audit", "golden_cross", "--tape", "daily", "--bars", "0"]) == 2

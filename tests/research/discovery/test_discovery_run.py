"""The kind of run and the command: what is found can be named, and the name fires on the same bars."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.commands.discover import follow
from services.analysis.research.commands.line import main
from services.analysis.research.discovery.candidate import Candidate, can_be_written, signal_text
from services.analysis.research.discovery.past import Past
from services.analysis.research.discovery.reading import STEPS, past, state_texts
from services.analysis.research.discovery.run import DISCOVERY, Finding
from services.analysis.research.domain.data_request import DataRequest, DataRequestError
from services.analysis.research.domain.firings import firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.run_jobs import new_row
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.signal_names import SequenceSignal, read_signal
from services.analysis.research.runs.execution import Execution, execute, read_parameters
from services.analysis.research.settings import ResearchSettings
from shared.events import DiscoverPatterns, Timeframe
from shared.sequences import parse
from tests.research.role import ROOT

SETTINGS = ResearchSettings(cache=ROOT / ".cache")
D1 = Timeframe.D1
WITHIN = 10
STATES = state_texts("SPY")


def data(*symbols: str) -> SeriesData:
    return SeriesData(DataRequest(source="tape", place="daily", symbols=symbols), SETTINGS)


@cache
def known() -> tuple[SeriesData, ResearchSeries, KnownMarket, Past]:
    read = data("AAPL")
    signals = [read_signal(f"{each} on 1d", D1) for each in STATES]
    market = read.market(*signals)
    series = next(read.series(read_signal("new_high", D1), *signals))
    return read, series, market, past(read.kernels, series, signals, market, WITHIN)


def step(rule: str, direction: str = "up", **params: float) -> int:
    return next(
        n
        for n, each in enumerate(STEPS)
        if (each.rule, each.direction) == (rule, direction) and params.items() <= dict(each.params).items()
    )


MACD, MACD_TEXT = step("macd_cross"), "macd_cross(fast=12, signal=9, slow=26)"
SMA_50, LOW = step("sma_breakout_up", period=50), step("prev_low_break", "down")


@pytest.mark.parametrize(
    ("candidate", "text"),
    [
        (Candidate(MACD, step("rsi_oversold")), f"rsi_oversold(level=30, period=14) up then {MACD_TEXT} up within 10 bars on 1d"),
        (Candidate(SMA_50, None, (MACD,)), f"sma_breakout_up(period=50) up and {MACD_TEXT} up on 1d"),
        (
            Candidate(step("prev_high_break"), MACD, (), (0, 3)),
            f"prev_high_break up and prev(within({MACD_TEXT} up, 10)) and {STATES[0]} and {STATES[3]} on 1d",
        ),
        (
            Candidate(step("prev_high_break"), step("bearish_rsi_divergence", "down"), (), (2,)),
            f"prev_high_break up and prev(within(bearish_rsi_divergence confirmed, 10)) and {STATES[2]} on 1d",
        ),
        (Candidate(LOW, step("channel_up", "down")), "channel_up down then prev_low_break down within 10 bars on 1d"),
        (Candidate(step("gap", "down"), None, (), (1,)), f"gap(move=0.01) down and {STATES[1]} on 1d"),
    ],
)
def test_the_name_of_a_candidate_fires_on_its_bars(candidate: Candidate, text: str) -> None:
    read, series, market, of = known()
    assert can_be_written(candidate, STEPS)
    assert signal_text(candidate, STEPS, STATES, WITHIN, D1) == text
    fired = firings(read.kernels, series, text, market) != 0
    mine = candidate.fires(of)
    assert np.array_equal(fired[WITHIN:], mine[WITHIN:])
    assert mine[WITHIN:].any()
    spec = read_signal(text, D1)
    assert isinstance(spec, SequenceSignal) == candidate.is_sequence
    if candidate.is_sequence:
        assert parse(text).text == text, "it is in its normal form"


def test_what_no_condition_can_say_is_no_candidate() -> None:
    assert not can_be_written(Candidate(step("macd_cross"), None, (step("channel_up"),)), STEPS)
    assert not can_be_written(Candidate(step("macd_cross"), step("channel_up"), (), (0,)), STEPS)


def test_states_of_the_market_are_known_before_the_session() -> None:
    """The trend of a day is that of the close before it."""
    _, series, _, of = known()
    spy = next(data("SPY").series())
    mean = np.convolve(spy.adjusted.close, np.ones(200) / 200)[: len(spy)]
    rising = spy.adjusted.close > mean
    at = np.searchsorted(spy.session, series.session, side="left") - 1
    expected = (at >= 199) & rising[np.maximum(at, 0)]
    assert np.array_equal(of.states[0], expected)
    assert not (of.states[0] & of.states[1]).any()
    assert not of.states[:, :199].any(), "an unknown state is none"


def run(**asked: object) -> Execution:
    return execute(DISCOVERY, {"size": 1, "least": 120, "most": 20, **asked}, data("AAPL", "SPY"), lambda *_: None)


def test_a_run_says_what_it_compared() -> None:
    found = run()
    assert found == run()
    summary = found.record.summary
    listed = json.loads(found.artefacts["candidates.json"])
    assert summary["instruments"] == 2
    assert summary["tried"] == len(listed) == 20
    assert summary["frequent"] > 20
    assert summary["states"] == list(STATES)
    assert summary["validated"] == sum(each["validated"] for each in listed)
    assert {each["tried"] for each in listed} == {20}
    assert sorted(each["p_value"] for each in listed) == [each["p_value"] for each in listed]
    for each in listed:
        assert each["n"] >= each["dates"] >= each["effective_n"]
        assert each["first_n"] >= 100, "the windows of the last signals are not closed"
        read_signal(each["signal"], D1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"within": 64}, "within: 64 does not fit: expected `int` <= 63"),
        ({"size": 4}, "size: 4 does not fit: expected `int` <= 3"),
        ({"least": 1}, "least: 1 does not fit: expected `int` >= 2"),
        ({"share": 1.5}, "share: 1.5 does not fit: expected `float` <= 0.8"),
        ({"whithin": 3}, "unknown field `whithin`"),
    ],
)
def test_what_is_wrong_is_named(asked: dict[str, object], message: str) -> None:
    with pytest.raises(RunError) as raised:
        run(**asked)
    assert message in str(raised.value)


def test_an_index_that_is_missing_is_named_only_if_it_was_asked_for() -> None:
    with pytest.raises(DataRequestError, match=r"index: .*NONE"):
        run(index="NONE")
    with pytest.raises(RunError, match="index: 'SPY, 1d"):
        run(index="SPY, 1d] or close[")
    crypto = DataRequest(source="tape", place="crypto", timeframe=Timeframe.H1)
    with pytest.raises(RunError, match="each part needs 250 dates"):
        execute(DISCOVERY, {}, SeriesData(crypto, SETTINGS), lambda *_: None)
    with pytest.raises(RunError, match="timeframe: no rule runs on 1mo"):
        execute(
            DISCOVERY, {}, SeriesData(DataRequest(source="tape", place="daily", timeframe=Timeframe.MN1), SETTINGS), lambda *_: None
        )


def test_a_job_asks_for_the_same() -> None:
    job = DiscoverPatterns(id="a", requested_by="key", options={"within": 5, "index": "none"}, ts_event=1, ts_init=1, source="test")
    row = new_row(job, 1)
    assert (row.state, row.request.kind) == ("queued", "discovery")
    assert read_parameters(DISCOVERY, row.request.parameters).within == 5


def test_the_command_prints_candidates_and_how_to_follow_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path / "runs"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    asked = [
        "discover",
        "--tape",
        "daily",
        "--symbols",
        "AAPL,IBM",
        "--size",
        "1",
        "--least",
        "150",
        "--most",
        "5",
        "--index",
        "none",
    ]
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["tried"], found["states"], len(found["candidates"])) == (5, [], 5)
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert f"0 of 5 candidates validated from {found['split']} on" in out
    assert "none is better than chance" in out
    assert main(["discover", "--tape", "daily", "--within", "0"]) == 2
    assert "within" in capsys.readouterr().err
    one = msgspec.convert(found["candidates"][0], Finding)
    sequence, other = (follow(msgspec.structs.replace(one, sequence=each), "0123") for each in (True, False))
    assert sequence == f"follow it: python -m services.analysis.sequences add '{one.signal}' --result 0123"
    assert other == f"follow it, in the bot: /alert {one.signal}"

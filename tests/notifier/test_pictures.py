"""Pictures show what fired: the indicator with its level, the pattern with its lines; light and dark; drawn once."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import msgspec
import numpy as np
import pytest
import talib
from matplotlib.text import Text
from msgspec.structs import replace

from services.notifier.adapters.charts.backtests import backtest_figure
from services.notifier.adapters.charts.briefings import briefing_figure
from services.notifier.adapters.charts.colours import DARK, LIGHT, Colours
from services.notifier.adapters.charts.drawing import draw, make_figure
from services.notifier.adapters.charts.lettering import drawable
from services.notifier.adapters.charts.records import record_figure
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain.alert_text import chart_request
from services.notifier.domain.backtest_chart import backtest_chart
from services.notifier.domain.backtests import BacktestCurve, BacktestTrade
from services.notifier.domain.charts import ChartRequest, Corner, Oscillator, Shape, oscillator, shape
from services.notifier.domain.oscillators import adx, macd, rsi, stochastic
from services.notifier.domain.picture_data import BriefingChart, RecordChart
from services.notifier.domain.ports.pictures import Picture
from shared.db import open_database
from shared.events import Pattern, Timeframe
from shared.events.patterns import Line, Pivot
from shared.tables import patterns
from tests.databases import on_sqlite
from tests.notifier.parts import NOW, list_instruments, signal, store_bars
from tests.notifier.parts import wire as wired
from tests.notifier.test_charts import SAMSUNG, bars

DAY = 86_400_000
FIRED = signal(rule="rsi_oversold", params={"period": 14.0, "level": 30.0}, level=30.0)


def walk(count: int = 400) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    steps = np.random.default_rng(1).normal(0, 1, count).cumsum() + 100
    noise = np.random.default_rng(2).uniform(0.1, 1.5, (count, 2))
    opens = np.concatenate([[100.0], steps[:-1]])
    return np.column_stack([opens, np.maximum(opens, steps) + noise[:, 0], np.minimum(opens, steps) - noise[:, 1], steps])


@pytest.mark.parametrize(
    ("mine", "oracle"),
    [
        (lambda b: rsi(b, (14,))[0], lambda b: talib.RSI(b[:, 3].copy(), 14)),
        (lambda b: macd(b, (12, 26, 9))[0], lambda b: talib.MACD(b[:, 3].copy(), 12, 26, 9)[0]),
        (lambda b: macd(b, (12, 26, 9))[1], lambda b: talib.MACD(b[:, 3].copy(), 12, 26, 9)[1]),
        (
            lambda b: stochastic(b, (14, 3, 3))[1],
            lambda b: talib.STOCH(b[:, 1].copy(), b[:, 2].copy(), b[:, 3].copy(), 14, 3, slowd_period=3)[1],
        ),
        (lambda b: adx(b, (14,))[0], lambda b: talib.ADX(b[:, 1].copy(), b[:, 2].copy(), b[:, 3].copy(), 14)),
    ],
    ids=["rsi", "macd", "macd signal", "stochastic", "adx"],
)
def test_indicators_of_pictures_are_those_of_the_reference(mine: object, oracle: object) -> None:
    prices = walk()
    found, expected = mine(prices), oracle(prices)  # type: ignore[operator]
    assert np.isfinite(found[-120:]).all(), "warmed up on all shown bars"
    assert found[-120:] == pytest.approx(expected[-120:], rel=1e-3, abs=1e-3)


def test_a_picture_has_the_indicator_that_fired_with_its_level() -> None:
    figure = make_figure(chart_request(FIRED, SAMSUNG, "ko", bars(320)))
    assert len(figure.axes) == 3
    lines: Any = figure.axes[1].get_lines()
    assert len(lines[0].get_xdata()) == 120
    assert {float(line.get_ydata()[0]) for line in lines[1:]} == {30.0}
    assert [text.get_text() for text in figure.axes[1].texts] == ["RSI 14"]
    assert oscillator(signal(rule="macd_zero", params={"fast": 12, "slow": 26, "signal": 9})) == Oscillator(
        "macd", (12, 26, 9), (0.0,)
    )
    assert oscillator(signal(rule="rsi_mid", params={"period": 1e9})) is None
    assert oscillator(signal()) is None


PATTERN = Pattern(
    id="p", pattern="double_bottom", status="confirmed", direction="up", symbol="AAPL", timeframe=Timeframe.D1, ts_event=NOW,
    ts_init=NOW, price=190.0, quality=0.7, level=185.0,
    pivots=(
        Pivot(kind="low", ts_close=NOW - 30 * DAY, bars=0, price=150.0),
        Pivot(kind="high", ts_close=NOW - 20 * DAY, bars=10, price=185.0),
        Pivot(kind="low", ts_close=NOW - 10 * DAY, bars=20, price=151.0),
    ),
    upper=Line(price=182.0, slope=0.1),
)  # fmt: skip


def test_a_pattern_is_drawn_with_its_corners_and_its_neckline() -> None:
    found = shape(PATTERN, NOW)
    assert found.corners[1] == Corner(NOW - 20 * DAY, 185.0)
    (begin, end) = found.lines[0]
    assert (begin.price, end.ts_event) == (182.0, NOW)
    assert end.price == pytest.approx(185.0)
    fired = signal(rule="double_bottom", params={})
    figure = make_figure(chart_request(fired, SAMSUNG, "en", bars(320), pattern=PATTERN))
    joined: Any
    neckline: Any
    joined, neckline = figure.axes[0].get_lines()[-2:]
    assert len(joined.get_xdata()) == 3
    assert list(neckline.get_ydata()) == [182.0, pytest.approx(185.0)]


def test_dark_pictures_and_records() -> None:
    dark = make_figure(chart_request(FIRED, SAMSUNG, "ko", bars(320), dark=True))
    assert dark.get_facecolor() == make_colour(DARK.paper)
    means, bases = (0.001, -0.004, 0.02), (0.0, 0.001, 0.005)
    record = RecordChart(title="골든크로스", spans=("1일", "5일", "20일"), means=means, bases=bases, names=("신호", "날"))
    figure = record_figure(record)
    figure.canvas.draw()
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["1일", "5일", "20일"]
    assert "0.00%" not in [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert all("\u2212" not in label.get_text() for label in figure.axes[0].get_yticklabels()), "a minus sign that the font has"


LONG_KO = "뱅크오브아메리카메릴린치홀딩스 (Bank of America Merrill Lynch Holdings) · BAC-PREFERRED"
"""Longer than what a line has room for."""
REPLAYED = "재생 데이터 (과거 시세, 실시간 아님)"


def pictures_of_every_kind() -> dict[str, Any]:
    alert = chart_request(signal(rule="prev_high_break", params={}, price=390.0, level=400.0), SAMSUNG, "ko", bars(320), dark=True)
    times = tuple(NOW + i * DAY for i in range(400))
    flat = (1_234_567.0,) * 400
    trades = (BacktestTrade(entry_ts=times[40], exit_ts=times[80]),)
    curve = BacktestCurve(ts_close=times, equity=flat, buy_and_hold=flat, drawdown=(-0.2,) * 400, trades=trades)
    moves = (("미디어·엔터테인먼트", 0.1234), ("방위산업·항공우주", -0.05), ("반도체", 0.0))
    brief = BriefingChart(
        title="미국 시장: 2013년 10월 8일까지 한 주", note=REPLAYED, index="S&P 500 (SPDR S&P 500 ETF Trust)",
        closes=(4321.0, 4456.5), heading="산업별 등락률 중앙값", industries=moves,
    )  # fmt: skip
    backtest = backtest_chart(curve, dataclasses.replace(SAMSUNG, name_ko=LONG_KO), "ko", dark=False)
    assert backtest is not None
    rsi_fired = chart_request(FIRED, SAMSUNG, "ko", bars(320))
    spans, means, bases = ("1일", "5일", "20일"), (-0.0123, 0.02, 0.1), (0.0, 0.01, 0.02)
    record = RecordChart(title=LONG_KO, spans=spans, means=means, bases=bases, names=("신호 뒤", "날"))
    return {
        "alert": make_figure(replace(alert, note=REPLAYED)),
        "indicator": make_figure(replace(rsi_fired, title=f"{LONG_KO} · 15분봉 · 볼린저 밴드 돌파")),
        "backtest": backtest_figure(backtest),
        "brief": briefing_figure(brief),
        "brief without an index": briefing_figure(replace(brief, closes=())),
        "record": record_figure(record),
    }


PHONE = 390
"""Points of the width on which a phone shows a picture."""
READABLE = 9
"""Points below which texts on a phone cannot be read."""


def test_every_text_of_a_picture_can_be_read_on_a_phone_and_lies_within_it() -> None:
    for name, figure in pictures_of_every_kind().items():
        figure.canvas.draw()
        width, height = figure.canvas.get_width_height()
        shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
        assert len(shown) > 5, name
        low, high = figure.axes[0].get_ylim()
        for text in shown:
            about = f"{name}: {text.get_text()!r}"
            assert text.get_fontsize() * figure.dpi / 72 * PHONE / width >= READABLE, about
            box = text.get_window_extent()
            if text in figure.axes[0].get_yticklabels() and not low <= text.get_position()[1] <= high:
                continue  # beyond what is shown: it is not drawn
            assert -1 <= box.x0 < box.x1 <= width + 1, about
            assert -1 <= box.y0 < box.y1 <= height + 1, about


def test_labels_of_times_and_of_the_level_lie_within_the_picture() -> None:
    drawn = chart_request(signal(rule="prev_high_break", params={}, price=390.0, level=400.0), SAMSUNG, "ko", bars(320))
    figure = make_figure(drawn)
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    labels = [*figure.axes[-1].get_xticklabels(), *figure.axes[0].texts]
    for label in labels:
        box = label.get_window_extent()
        assert 0 <= box.x0 < box.x1 <= width, label.get_text()
        assert 0 <= box.y0 < box.y1 <= height, label.get_text()
    assert "400" in [label.get_text() for label in figure.axes[0].texts]
    last, zero = figure.axes[-1].get_xticklabels()[-1], figure.axes[-1].get_yticklabels()[0]
    assert last.get_window_extent().x1 < zero.get_window_extent().x0, "the last time does not cover the volumes' zero"


def test_lines_of_a_pattern_that_began_before_the_picture_are_drawn_from_its_left_edge() -> None:
    shown = bars(320)[-120:]
    begin, end = Corner(shown[0].ts_event - 10 * DAY, 100.0), Corner(shown[-1].ts_event, 229.0)
    drawn = chart_request(signal(), SAMSUNG, "ko", bars(320))
    figure = make_figure(replace(drawn, shape=Shape((), ((begin, end),)), overlays=()))
    line: Any = figure.axes[0].get_lines()[-1]
    assert list(line.get_xdata()) == [0, 119]
    assert list(line.get_ydata()) == [pytest.approx(110.0), 229.0]


def test_a_backtest_is_drawn_in_words_light_and_dark() -> None:
    times = tuple(NOW + i * DAY for i in range(50))
    curve = BacktestCurve(times, (1e5,) * 50, (9e4,) * 50, (-0.1,) * 50, (BacktestTrade(times[3], times[9]),))
    korean, english = ["보유", "백테스트", "매수", "매도"], ["buy and hold", "backtest", "bought", "sold"]
    for language, dark, words in (("ko", False, korean), ("en", True, english)):
        chart = backtest_chart(curve, SAMSUNG, language, dark=dark)
        assert chart is not None
        figure = backtest_figure(chart)
        assert figure.get_facecolor() == make_colour((DARK if dark else LIGHT).paper)
        legend = figure.axes[0].get_legend()
        assert legend is not None
        assert [text.get_text() for text in legend.get_texts()] == words
    assert backtest_chart(BacktestCurve((NOW,), (1.0,), (1.0,), (0.0,)), SAMSUNG, "ko", dark=False) is None


def test_a_briefing_without_an_index_has_no_empty_half() -> None:
    with_index = BriefingChart(title="x", index="S&P", closes=(1.0, 2.0), industries=(("a", 0.01),), heading="h")
    without = replace(with_index, index="", closes=())
    (alone,) = briefing_figure(without).axes
    beside = briefing_figure(with_index).axes[-1]
    assert alone.get_position().width > 2 * beside.get_position().width


LOOKED_AT = [
    ("rsi_oversold", {"period": 14.0, "level": 30.0}),
    ("macd_zero", {"fast": 12.0, "slow": 26.0, "signal": 9.0}),
    ("stochastic_cross", {"period": 14.0, "slowing": 3.0, "signal": 3.0, "low": 20.0, "high": 80.0}),
    ("adx_trend", {"period": 14.0, "level": 25.0}),
]


@pytest.mark.parametrize(("rule", "params"), LOOKED_AT)
def test_every_glyph_of_an_indicator_exists_below_zero_too(rule: str, params: dict[str, float]) -> None:
    falling = tuple(
        replace(bar, open=1.0 / i, high=1.1 / i, low=0.9 / i, close=1.0 / i) for i, bar in enumerate(bars(320), start=3)
    )
    figure = make_figure(chart_request(signal(rule=rule, params=params, price=1.0, level=None), SAMSUNG, "ko", falling, dark=True))
    figure.canvas.draw()  # a missing glyph warns: an error here
    shown = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert shown
    assert [text for text in shown if drawable(text) != text] == []
    if rule == "macd_zero":
        assert any(text.startswith("-") for text in shown)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_a_picture_can_be_read_on_its_paper(colours: Colours) -> None:
    drawn = [
        colours.rising,
        colours.falling,
        *colours.lines,
        colours.level,
        colours.shape,
        colours.bought,
        colours.sold,
        colours.base,
    ]
    assert {colour for colour in drawn if contrast(colour, colours.paper) < 3} == set()
    assert {colour for colour in (colours.ink, colours.note) if contrast(colour, colours.paper) < 4.5} == set()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in make_colour(colour)[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def make_colour(name: str) -> tuple[float, float, float, float]:
    red, green, blue = (int(name[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, 1.0


def test_a_picture_takes_less_than_300_ms_of_cpu() -> None:
    request = chart_request(FIRED, SAMSUNG, "ko", bars(320))
    draw(request)
    took = []
    for _ in range(3):
        begin = time.process_time()
        draw(request)
        took.append(time.process_time() - begin)
    assert min(took) < 0.3


class CountingRenderer:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.requests: list[Picture] = []

    async def render(self, request: Picture) -> bytes:
        self.requests.append(request)
        return b"picture"


@on_sqlite
async def test_the_same_content_is_drawn_once_and_patterns_are_read(database_url: str) -> None:
    renderer = CountingRenderer()
    async with open_database(database_url) as database:
        await list_instruments(database)
        await store_bars(database, 320)
        market = wired(database, []).market
        cache = PictureCache(market, renderer)
        apple = (await market.instruments()).get("AAPL")
        for language in ("ko", "ko", "en"):
            assert await cache.get(FIRED, apple, language) == b"picture"
        assert len(renderer.requests) == 2, "one for each language"
        row = {"id": "p", "symbol": "AAPL", "timeframe": "1d", "pattern": "double_bottom", "direction": "up", "status": "confirmed"}
        async with database.begin() as connection:
            body = msgspec.json.encode(PATTERN).decode()
            await connection.execute(patterns.insert(), [row | {"ts_event": NOW, "body": body}])
        await cache.get(signal(rule="double_bottom", params={}), apple, "ko", dark=True)
        drawn = renderer.requests[-1]
        assert isinstance(drawn, ChartRequest)
        assert (drawn.dark, drawn.shape is not None, drawn.overlays) == (True, True, ())

"""Pictures: Korean glyphs from the package's font, and a renderer that can be killed."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import signal as signals
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from services.notifier.adapters.charts.drawing import deviation, draw, ema, make_figure, sma
from services.notifier.adapters.charts.lettering import drawable, font_path
from services.notifier.adapters.charts.renderer import ProcessChartRenderer
from services.notifier.domain import rule_texts
from services.notifier.domain.alert_text import chart_request
from services.notifier.domain.charts import ChartBar, ChartRequest, Overlay, price_level
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.picture_data import BriefingChart
from services.notifier.domain.ports.pictures import RenderError
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.sequences import vocabulary
from tests.notifier.parts import NOW, signal

SAMSUNG = KnownInstrument("005930.KS", "Samsung Electronics", "삼성전자", "KRW", "stock")
UNIVERSE = Path(__file__).parents[2] / "services" / "ingest" / "universe.jsonl"


def bars(count: int) -> tuple[ChartBar, ...]:
    return tuple(
        ChartBar(NOW - (count - 1 - i) * 86_400_000, 100 + i, 103 + i, 98 + i, 101 + 9 * math.sin(i / 9) + i, 1e6)
        for i in range(count)
    )


def request(count: int = 320) -> ChartRequest:
    return chart_request(signal(symbol="005930.KS"), SAMSUNG, "ko", bars(count))


@asynccontextmanager
async def rendering(seconds: float = 20) -> AsyncIterator[ProcessChartRenderer]:
    renderer = ProcessChartRenderer(seconds)
    try:
        yield renderer
    finally:
        await renderer.close()


def test_the_font_of_the_package_has_the_glyphs() -> None:
    glyphs = FT2Font(str(font_path())).get_charmap()
    assert all(ord(c) in glyphs for c in "삼성전자 골든크로스 일봉▲▼")
    assert "site-packages" in str(font_path())


def picture_texts() -> set[str]:
    """Every text that a picture may contain."""
    texts = {rule_texts.name(rule, language) for rule in (*vocabulary(), *rule_texts.OTHERS) for language in ("ko", "en")}
    texts |= {
        *TIMEFRAMES["ko"].values(),
        *TIMEFRAMES["en"].values(),
        phrase("ko", "alert-replayed"),
        phrase("en", "alert-replayed"),
    }
    for line in UNIVERSE.read_text("utf-8").splitlines():
        row = json.loads(line)
        texts |= {row.get("symbol", ""), row["name_en"], row["name_ko"]}
    return texts | {"▲▼·, () SMA EMA UTC 0123456789.,:-e+ KMBT 만억조"}


def test_the_font_has_a_glyph_for_every_text_of_a_picture() -> None:
    assert [word for word in picture_texts() if drawable(word) != word] == []
    assert drawable("\u2212 🚀") == "? ?"


def labels(figure: Figure, pane: int) -> list[str]:
    figure.canvas.draw()
    return [label.get_text() for label in figure.axes[pane].get_yticklabels()]


def of(instrument: KnownInstrument, prices: Sequence[float], volumes: Sequence[float | None]) -> ChartRequest:
    found = tuple(
        ChartBar(NOW + i * 86_400_000, price, price + 0.0001, price - 0.0001, price, volume)
        for i, (price, volume) in enumerate(zip(prices, volumes, strict=True))
    )
    return chart_request(signal(symbol=instrument.symbol, price=prices[-1], level=prices[-1]), instrument, "ko", found)


@pytest.mark.parametrize("volumes", [[0.0] * 3, [None] * 3, [math.nan] * 3, [0.0, None, math.nan]])
def test_an_instrument_without_volume_has_no_volume_pane(volumes: list[float | None]) -> None:
    euro = KnownInstrument("EURUSD=X", "Euro in US dollars", "유로/달러 환율", "USD", "fx")
    figure = make_figure(of(euro, [1.08, 1.09, 1.084], volumes))
    assert len(figure.axes) == 1
    assert all(re.fullmatch(r"1\.\d{5}", label) for label in labels(figure, 0))
    assert figure.axes[0].get_xticklabels()[0].get_text().startswith("2024-07-01")


def test_the_volume_pane_has_units_of_the_language() -> None:
    figure = make_figure(of(SAMSUNG, [71_000.0, 73_000.0, 70_000.0], [None, 12e6, 0.0]))
    assert len(figure.axes) == 2
    assert all(re.fullmatch(r"[67]\d,\d{3}", label) for label in labels(figure, 0))
    assert "800만" in labels(figure, 1)


def test_negative_prices_are_drawn_with_a_minus_that_the_font_has() -> None:
    oil = KnownInstrument("CL=F", "WTI crude oil futures", "WTI 원유 선물", "USD", "future")
    figure = make_figure(of(oil, [18.27, 10.01, -37.63], [5e5, 6e5, 2e5]))
    assert "-30.00" in labels(figure, 0)
    assert draw(of(oil, [18.27, 10.01, -37.63], [5e5, 6e5, 2e5])).startswith(b"\x89PNG")  # a missing glyph warns: an error here


def test_a_negative_level_is_drawn_where_it_is_near() -> None:
    assert price_level(signal(price=-37.63, level=-40.0)) == -40.0
    assert price_level(signal(price=-37.63, level=40.0)) is None
    assert price_level(signal(price=0.0, level=40.0)) is None


def test_the_chart_shows_the_averages_that_the_rule_compared() -> None:
    drawn = request()
    assert drawn.overlays == (Overlay("sma", 50), Overlay("sma", 200))
    assert drawn.level == 180.11
    assert drawn.title == "삼성전자 (Samsung Electronics) · 005930.KS · 일봉 · 골든크로스"
    assert (
        chart_request(signal(rule="rsi_mid", params={"period": 14, "level": 50}, level=50.0, price=60.0), SAMSUNG, "ko", ()).level
        is None
    )


def test_averages_and_deviation() -> None:
    closes = np.arange(1.0, 8.0)
    assert np.isnan(sma(closes, 3)[:2]).all()
    assert sma(closes, 3)[2:].tolist() == [2.0, 3.0, 4.0, 5.0, 6.0]
    assert deviation(closes, 3)[-1] == pytest.approx(math.sqrt(2 / 3))
    assert ema(closes, 3)[2:].tolist() == [2.0, 3.0, 4.0, 5.0, 6.0]
    assert np.isnan(sma(closes, 9)).all()


def test_the_bar_that_fired_is_marked() -> None:
    plain = request()
    elsewhere = ChartRequest(
        title=plain.title, bars=plain.bars, overlays=plain.overlays, fired_at=0, direction="up", level=plain.level
    )
    assert draw(plain) != draw(elsewhere)


async def test_the_renderer_draws_in_a_child_process() -> None:
    async with rendering() as renderer:
        pictures = [await renderer.render(request(count)) for count in (2, 30, 320)]
    for picture in pictures:
        assert picture.startswith(b"\x89PNG")
        assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (900, 640)


async def test_invalid_bars_are_refused_and_the_renderer_continues() -> None:
    drawn = request(30)
    broken = ChartRequest(
        title="x", bars=(*drawn.bars[:-1], ChartBar(NOW, math.nan, 1, 1, 1, 1)), overlays=(), fired_at=0, direction="up"
    )
    async with rendering() as renderer:
        with pytest.raises(RenderError, match="refused"):
            await renderer.render(broken)
        assert await renderer.render(drawn)
        briefing = BriefingChart(title="미국 시장", index="S&P 500", closes=(1.0, 2.0), industries=(("칩", -0.01),), heading="산업")
        assert (await renderer.render(briefing)).startswith(b"\x89PNG")


async def test_a_renderer_that_hangs_or_dies_is_replaced() -> None:
    async with rendering(5) as renderer:
        child = await renderer.start()
        assert await renderer.render(request(30))
        os.kill(child.pid, signals.SIGSTOP)
        with pytest.raises(RenderError, match="timeout"):
            await renderer.render(request(30))
        assert child.returncode is not None
        child = await renderer.start()
        assert await renderer.render(request(30))
        child.kill()
        await child.wait()
        await renderer.start()
        assert await renderer.render(request(30))


async def test_an_alert_does_not_wait_for_a_renderer_that_is_still_starting() -> None:
    async with rendering(0.001) as renderer:
        with pytest.raises(RenderError, match="timeout"):
            await renderer.render(request(30))
        child = await renderer.start()  # the same process: a slow start does not replace it
        assert child.returncode is None


async def test_the_renderer_exits_when_its_parent_dies() -> None:
    renderer = ProcessChartRenderer(20)
    child = await renderer.start()
    assert await renderer.render(request(30))
    assert child.stdin is not None
    child.stdin.close()  # as the operating system does for a killed parent
    async with asyncio.timeout(20):
        assert await child.wait() == 0

"""Texts of alerts and replies: well-formed, short enough, and without invented values, for all inputs."""

from __future__ import annotations

import math
import unicodedata
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.rules import table
from services.notifier.domain import formatting, instruments, rule_texts, telegram_html
from services.notifier.domain.alert_text import alert_buttons, alert_text, chart_request
from services.notifier.domain.commands import LINE_LENGTH, mute_span, normal_line
from services.notifier.domain.instruments import InstrumentIndex, KnownInstrument
from services.notifier.domain.quality_text import quality_text
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import quote_text
from shared.events import Quote, Signal, SignalQuality, Timeframe
from shared.sequences import vocabulary
from tests.notifier.parts import signal
from tests.notifier.telegram.markup import parsed_length

APPLE = KnownInstrument("AAPL", "Apple Inc.", "애플", "USD", "stock", ("Apple",))
PARAMS: list[tuple[str, dict[str, float]]] = [
    *((rule.name, dict(params)) for rule in table.RULES for params in rule.instances),
    *((pattern.name, {}) for pattern in PATTERNS),
]
"""Every rule with each of its parameters, and every chart pattern."""
QUALITY = SignalQuality(
    n=84,
    years=10,
    horizon_bars=20,
    win_rate=0.61,
    win_rate_low=0.5,
    win_rate_high=0.71,
    mean_return=0.021,
    worst=-0.07,
    base_rate=0.52,
    q_value=0.04,
    validated=True,
)


def test_every_rule_that_runs_has_a_text() -> None:
    assert {rule for rule, _ in PARAMS} == set(vocabulary())


@pytest.mark.parametrize(("rule", "params"), PARAMS)
def test_every_rule_has_a_sentence_in_both_languages(rule: str, params: dict[str, float]) -> None:
    for direction, language in product(("up", "down"), ("ko", "en")):
        fired = signal(rule=rule, params=params, direction=direction)
        sentence = rule_texts.sentence(fired, language)
        generic = rule_texts.sentence(signal(rule="no_such_rule", params=params, direction=direction), language)
        assert sentence != generic
        assert "{" not in sentence
        assert any("가" <= c <= "힣" for c in sentence) == (language == "ko")
        text = alert_text(fired, APPLE, language)
        assert 0 < parsed_length(text) <= 1024
        assert rule_texts.name(rule, language) in text


def test_an_unknown_rule_gets_a_generic_text_with_its_parameters() -> None:
    text = alert_text(signal(rule="three_drives", params={"depth": 12.0}), APPLE, "en")
    assert "three drives" in text
    assert "depth 12" in text


def test_the_text_of_an_alert() -> None:
    assert alert_text(signal(replayed=True), APPLE, "ko", repeat=True) == (
        "▲ <b>애플 (Apple Inc.) · AAPL</b>\n"
        "<b>골든크로스</b>: 50봉 이동평균이 200봉 이동평균을 상향 돌파\n"
        "가격: 182.50 USD · 기준가: 180.11 USD\n"
        "봉: 일봉, 2024-07-01 20:00 UTC (2024-07-02 05:00 KST)\n"
        "기록: 검증된 우위 없음 (기록 없음)\n"
        "⏪ 재생 데이터 (과거 시세, 실시간 아님)\n"
        "🔁 반복된 알림일 수 있음\n"
        "<i>투자 조언이 아닙니다</i>"
    )


@pytest.mark.parametrize(
    ("kind", "currency", "price", "level", "shown"),
    [
        ("fx", "USD", 1.08432, 1.08111, "가격: 1.08432 USD · 기준가: 1.08111 USD"),
        ("fx", "JPY", 150.123, 149.5, "가격: 150.123 JPY · 기준가: 149.500 JPY"),
        ("crypto", "USD", 2.1534, None, "가격: 2.1534 USD"),
        ("stock", "KRW", 71500.0, 71233.4, "가격: 71,500 KRW · 기준가: 71,233 KRW"),
        ("stock", "USD", 0.0043, None, "가격: 0.0043 USD"),
        ("future", "USD", -37.63, -38.5, "가격: -37.63 USD · 기준가: -38.50 USD"),
    ],
)
def test_a_price_has_the_decimals_of_its_kind(kind: str, currency: str, price: float, level: float | None, shown: str) -> None:
    instrument = KnownInstrument("X", "X", "엑스", currency, kind)
    assert shown in alert_text(signal(price=price, level=level), instrument, "ko").split("\n")


def test_a_quote_has_the_decimals_of_its_kind() -> None:
    euro = KnownInstrument("EURUSD=X", "Euro", "유로", "USD", "fx")
    quote = Quote(
        symbol="EURUSD=X", last_price=1.08432, change=-0.00021, change_percent=-0.00019, day_low=1.08, day_high=1.09,
        ts_event=0, ts_init=0, source="x",
    )  # fmt: skip
    assert quote_text(euro, quote, Chat("telegram", "7", language="en")).split("\n")[1:4] == [
        "Price: 1.08432 USD",
        "Change: -0.00021 (-0.02%)",
        "Day: 1.08000 - 1.09000 USD",
    ]


def test_levels_that_are_no_prices() -> None:
    surge = signal(rule="volume_surge", params={"period": 20.0, "ratio": 2.0, "move": 0.01}, level=1_234_567.0)
    assert "기준 거래량: 123.5만" in alert_text(surge, APPLE, "ko")
    assert "Volume level: 1.2M" in alert_text(surge, APPLE, "en")
    crossed = signal(rule="macd_zero", params={"fast": 12.0, "slow": 26.0, "signal": 9.0}, level=0.00012)
    assert "Level: 0.00012" in alert_text(crossed, APPLE, "en")


def test_the_record_is_shown_only_where_there_is_one() -> None:
    assert quality_text(None, Timeframe.D1, "en") == "no validated edge (no record yet)"
    validated = "past 10 years, out of sample: 61% of 84, +2.1% in 20 days, worst -7%"
    assert quality_text(QUALITY, Timeframe.D1, "en") == validated
    assert quality_text(QUALITY, Timeframe.H1, "en") == validated.replace("days", "bars")
    assert quality_text(QUALITY, Timeframe.D1, "ko") == "지난 10년 표본 외: 84회 중 61% 적중, 20일 평균 +2.1%, 최악 -7%"
    chance = replace(QUALITY, validated=False, horizon_bars=5, mean_return=0.003, base_rate=0.002, n=431, dates=381)
    assert quality_text(chance, Timeframe.D1, "en") == (
        "no better than chance so far: +0.3% in 5 days, any day +0.2% (n = 431 on 381 days)"
    )
    assert quality_text(chance, Timeframe.D1, "ko") == "아직 우연보다 낫지 않음: 5일 평균 +0.3%, 아무 날이나 +0.2% (n = 431, 381일)"
    assert quality_text(replace(chance, horizon_bars=1), Timeframe.D1, "en").startswith(
        "no better than chance so far: +0.3% in 1 day,"
    )


def test_the_record_says_whose_signals_it_counts() -> None:
    for level, group, said in (
        ("instrument", "AAPL", "AAPL alone"),
        ("industry", "ai", "industry Artificial intelligence"),
        ("all", "*", "all instruments"),
    ):
        assert quality_text(replace(QUALITY, level=level, group=group), Timeframe.D1, "en").endswith(f"worst -7% [{said}]")


def test_a_value_that_was_not_computed_is_not_shown() -> None:
    assert "None" not in alert_text(signal(level=None), APPLE, "en")
    assert "Level" not in alert_text(signal(level=None), APPLE, "en")
    assert [formatting.price(math.nan), formatting.percent(math.inf), formatting.number(None)] == ["-", "-", "-"]


HOSTILE = st.text(alphabet=st.characters(), max_size=300) | st.sampled_from(
    ["<b>", "&amp", "</i><script>", "\u202e" * 50, "\ud800", "😀" * 200]
)
FLOATS = st.floats(allow_nan=True, allow_infinity=True)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, FLOATS, FLOATS, st.integers(-(2**62), 2**62), st.sampled_from(["ko", "en"]))
def test_an_alert_is_well_formed_and_fits_a_caption_for_all_values(
    symbol: str, english: str, korean: str, rule: str, price: float, level: float, at: int, language: str
) -> None:
    fired = Signal(
        id="x",
        rule=rule,
        rule_version=1,
        params={"fast": price},
        direction="down",
        symbol=symbol,
        timeframe=Timeframe.H1,
        ts_event=at,
        ts_init=at,
        price=price,
        level=level,
        evidence={},
        quality=QUALITY,
        provisional=True,
        replayed=True,
    )
    text = alert_text(fired, KnownInstrument(symbol, english, korean, symbol), language, repeat=True)
    assert parsed_length(text) <= 1024
    assert "\u202e" not in text
    assert chart_request(fired, KnownInstrument(symbol, english, korean), language, ()).title.isprintable()


@pytest.mark.parametrize(
    ("timeframe", "korean", "english"),
    [
        (Timeframe.M1, "1분봉", "1-minute"),
        (Timeframe.M30, "30분봉", "30-minute"),
        (Timeframe.H4, "4시간봉", "4-hour"),
        (Timeframe.MN1, "월봉", "monthly"),
    ],
)
def test_an_alert_and_its_chart_name_the_timeframe(timeframe: Timeframe, korean: str, english: str) -> None:
    fired = Signal(
        id="x", rule="condition", rule_version=1, params={}, direction="up", symbol="A", timeframe=timeframe, ts_event=0, ts_init=0,
        price=1.0, evidence={}, condition=f"close > 1 on {timeframe.word}",
    )  # fmt: skip
    for language, name in (("ko", korean), ("en", english)):
        assert f": {name}, 1970" in alert_text(fired, KnownInstrument("A", "A", "가"), language)
        assert f" · {name} · " in chart_request(fired, KnownInstrument("A", "A", "가"), language, ()).title


@given(st.text(alphabet="ab <>&\n😀", max_size=400), st.integers(2, 60))
def test_split_loses_no_text_and_keeps_every_piece_well_formed(text: str, limit: int) -> None:
    lines = [f"<b>{telegram_html.escape(line)}</b> <i>x{telegram_html.escape(line[::-1])}</i>" for line in text.split("\n")]
    whole = "\n".join(lines)
    pieces = telegram_html.split(whole, limit)
    assert all(parsed_length(piece) <= limit for piece in pieces)
    assert "".join(telegram_html.plain(piece) for piece in pieces).split() == telegram_html.plain(whole).split() or limit < 60
    assert "".join("".join(telegram_html.plain(piece) for piece in pieces).split()) == "".join(telegram_html.plain(whole).split())


def test_a_long_answer_is_split_at_line_ends() -> None:
    pieces = telegram_html.split("\n".join(f"<code>SYMBOL{i:04}</code> name" for i in range(600)))
    assert len(pieces) == 3
    assert all(piece.startswith("<code>") and parsed_length(piece) <= 4096 for piece in pieces)


def test_buttons_have_commands_as_actions() -> None:
    fired = signal()
    wanted = [f"why {fired.id}", f"record {fired.id}", "mute 1h", "mute tomorrow", "settings"]
    assert [button.action for row in alert_buttons(fired, "ko") for button in row] == wanted
    link = alert_buttons(signal(symbol="^GSPC"), "ko", "https://example.com/")[-1][0]
    assert link.url == "https://example.com/#/instrument/%5EGSPC?timeframe=1Day"


@given(st.text(max_size=600))
def test_any_text_can_be_parsed_and_looked_up(text: str) -> None:
    line = normal_line(text)
    index = InstrumentIndex([APPLE])
    assert len(line) <= LINE_LENGTH
    found, missing = index.resolve(line)
    assert len(found) <= 20
    assert len(missing) <= 20
    assert len(index.suggestions(line)) <= 3
    assert (mute_span(text) or 0) >= 0


def test_names_are_found_in_any_spelling() -> None:
    index = InstrumentIndex([APPLE, KnownInstrument("^GSPC", "S&P 500", "S&P 500 지수", aliases=("에스앤피",))])
    command = ("aapl", "APPLE inc", "애플", "s&p 500", "^gspc", "GSPC", "에스앤피")
    assert [getattr(index.find(name), "symbol", None) for name in command] == ["AAPL"] * 3 + ["^GSPC"] * 4
    typed = (unicodedata.normalize("NFD", "애플"), "ＡＡＰＬ", "Ａpple Inc", "a\u200bapl", "\u202e에스앤피", "Ｓ＆Ｐ　５００")
    assert [getattr(index.find(name), "symbol", None) for name in typed] == ["AAPL"] * 4 + ["^GSPC"] * 2
    assert index.find("AAPL" + "!" * 300 + "MSFT") is None
    assert InstrumentIndex([KnownInstrument("005930.KS", "", unicodedata.normalize("NFD", "삼성전자"))]).find("삼성전자")
    assert [near.symbol for near in index.suggestions("appel")] == ["AAPL"]
    assert index.get("NEW") == instruments.unknown_instrument("NEW")

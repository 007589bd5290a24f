"""Lists of phrasings that were written before they were tried: how many are understood, and none wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifier.domain.conditions import parse_alert
from shared.conditions import ConditionError, describe, parse
from shared.conditions.conjugation import forms

FRESH = Path(__file__).with_name("fresh")
LEAST = {
    "first": 92,
    "second": 89,
    "third": 42,
    "fourth": 100,
    "fifth": 99,
    "sixth": 100,
    "seventh": 100,
    "eighth": 100,
    "ninth": 100,
    "tenth": 100,
    "eleventh": 96,
    "twelfth": 99,
    "thirteenth": 99,
    "fourteenth": 91,
    "fifteenth": 94,
}
"""How many texts of each list are understood, or answered with the exact spelling."""


def lines(name: str) -> list[tuple[str, list[str]]]:
    """The texts with the normal forms of what they mean; ``!no_data`` is the code of the error where there is no such spelling."""
    found = [line.split(" => ") for line in (FRESH / f"{name}.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(text, [*meant[-1].split(" | "), *([ACCEPTED[text]] if text in ACCEPTED else [])]) for text, *meant in found]


def offered(text: str, error: ConditionError) -> Iterator[str]:
    """The normal forms of the spellings in an error: of the whole text, or in place of what it found."""
    found = str(error.values.get("found", "")).strip("'")
    for key in ("instead", "example", "own", "near"):
        right = str(error.values.get(key, "")).strip("'")
        at = text.lower().find(found.lower(), error.position) if found and right else -1
        for spelling in (right, f"{text[:at]}{right}{text[at + len(found) :]}" if at >= 0 else ""):
            try:
                yield parse(parse_alert(spelling).condition).text
            except ConditionError:
                continue


@pytest.mark.parametrize("name", LEAST)
def test_fresh_phrasings_are_understood_or_answered_and_never_read_wrongly(name: str) -> None:
    right, wrong = 0, []
    for text, meant in lines(name):
        try:
            condition = parse(parse_alert(text).condition)
        except ConditionError as error:
            spellings = list(offered(text, error))
            right += any(each in meant for each in [*spellings, f"!{error.code}"])
            wrong += [(text, spellings)] if error.code == "restated" and spellings[0] not in meant else []
            continue
        right += condition.text in meant
        wrong += [(text, [condition.text])] if condition.text not in meant else []
        assert all(describe(condition, language) for language in ("en", "ko")), text
    assert wrong == []
    assert right >= LEAST[name]


ACCEPTED = {
    "일봉은 정배열인데 60분봉 RSI 과매도": "(sma_5 > sma_20 and sma_20 > sma_60)[1d] and rsi_14 < 30 on 1h",
    "4시간봉 골든크로스 + 일봉 정배열": "golden_cross and (sma_5 > sma_20 and sma_20 > sma_60)[1d] on 4h",
    "remind me when price closes back inside the bands": (
        "crosses_above(close, bb_lower_20) or crosses_below(close, bb_upper_20) on 1d"
    ),
    "bb_percent_b < 0": "(close - bb_lower_20) / (bb_upper_20 - bb_lower_20) < 0 on 1d",
}
"""Other normal forms that say the same: looked at on the finest timeframe that is named, the same inequality,
and of what comes back inside the moment at which it does."""


@pytest.mark.parametrize(
    "name", ["만도", "한일", "하나", "나라", "두산", "삼성전자", "네이버", "오뚜기", "보령", "대상", "인터플렉스"]
)
def test_no_name_of_an_instrument_is_taken_for_empty_words(name: str) -> None:
    for rest in ("RSI 30 이하", "20일선 돌파하면 알려줘"):
        with pytest.raises(ConditionError) as caught:
            parse(f"{name} {rest}")
        assert caught.value.code != "restated", caught.value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("시가가 전일 종가보다 높음", "open > prev(close) on 1d"),
        ("종가가 20일선의 2% 이내", "abs(close / sma_20 - 1) <= 0.02 on 1d"),
        ("최근 10일 중 7일 양봉", "count(close > open, 10) >= 7 on 1d"),
        ("k below d and both under 20", "stoch_k_14 < stoch_d_14 and stoch_k_14 < 20 and stoch_d_14 < 20 on 1d"),
        ("rsi and mfi both below 30", "rsi_14 < 30 and mfi_14 < 30 on 1d"),
        ("전일 종가 대비 시가 2% 이상 상승", "open >= prev(close) * 1.02 on 1d"),
        ("종가가 전일보다 2% 낮음", "change_pct(close, 1) <= -2 on 1d"),
        ("volume > 20 day avg", "volume > volume_sma_20 on 1d"),
        ("volume 2x its 20 day average", "volume >= 2 * volume_sma_20 on 1d"),
        ("거래량 전일 대비 2배", "volume >= prev(volume) * 2 on 1d"),
        ("15분봉 rsi 30 이하이고 일봉 20일선 위", "rsi_14 <= 30 and close > sma_20[1d] on 15m"),
        ("above the weekly 20 sma", "close > sma_20[1w] on 1d"),
        ("trades under prior day's low", "close < prev_session_low on 1d"),
        ("below prev(low)", "close < prev(low) on 1d"),
        ("in the first 30 minutes, close > open on 5m", "minutes_since_open <= 30 and close > open on 5m"),
        ("52주 신저가 근처 3%", "abs(close / low_52w - 1) <= 0.03 on 1d"),
        ("3일 동안 10% 이상 빠짐", "change_pct(close, 3) <= -10 on 1d"),
        ("close > sma_20 on 4 of the last 5 days", "count(close > sma_20, 5) >= 4 on 1d"),
        ("RSI 70 or higher", "rsi_14 >= 70 on 1d"),
        ("above $50", "close > 50 on 1d"),
        ("after 2pm on 15m", "time >= 14:00 on 15m"),
        ("[Daily Close > Daily Open] and [Daily RSI(14) < 30]", "close > open and rsi_14 < 30 on 1d"),
        ("RSI climbing out of oversold", "crosses_above(rsi_14, 30) on 1d"),
        ("20일선이 무너지면 알려주세요", "crosses_below(close, sma_20) on 1d"),
        ("rsi doesn't cross above 70", "not crosses_above(rsi_14, 70) on 1d"),
        ("price hasn't closed below sma_20", "not close < sma_20 on 1d"),
        ("macd bear cross above zero", "crosses_below(macd, macd_signal) and macd > 0 on 1d"),
        ("hour > 9 and hour <= 15 and close > open on 15m", "time >= 10:00 and time < 16:00 and close > open on 15m"),
        ("hour == 9 and minute < 45 on 15m", "time >= 09:00 and time < 09:45 on 15m"),
        ("yesterday rsi < 30", "prev(rsi_14) < 30 on 1d"),
        ("전일 종가 대비 -5%", "change_pct(close, 1) <= -5 on 1d"),
        ("20일선 대비 +10% 이상", "close >= sma_20 * 1.1 on 1d"),
        ("rsi < 30 on 1h and weekday == friday", "rsi_14 < 30 and weekday == friday on 1h"),
        ("5-20-60 정배열", "sma_5 > sma_20 and sma_20 > sma_60 on 1d"),
    ],
)
def test_kinds_of_phrasings(text: str, meant: str) -> None:
    assert parse(text).text == meant


@pytest.mark.parametrize(
    ("text", "code", "right"),
    [
        ("rvol > 2 and gap > 3% and rs > 0", "restated", "rs_63[benchmark, 1d] > 0"),
        ("high > highest(high, 20) and hour >= 10", "restated", "high > prev(highest(high, 20)) and time >= 10:00 on 15m"),
        ("beats qqq over 3 months", "restated", "change_pct(close, 63) > change_pct(close, 63)[QQQ, 1d]"),
        ("underperforming the sector for 20 days", "restated", "rs_20[industry, 1d] < 0"),
        ("0% to 5% above sma_50", "restated", "close >= sma_50 and close <= 1.05 * sma_50"),
        ("60일선 지지받고 rsi 50 이하", "restated", "low <= sma_60 and close > sma_60 and rsi_14 <= 50"),
        (
            "close in the bottom 10% of its 20 day range",
            "restated",
            "close - lowest(low, 20) <= 0.1 * (highest(high, 20) - lowest(low, 20))",
        ),
        ("20일선과 이격 10% 이상", "restated", "abs(close / sma_20 - 1) >= 0.1"),
        ("hits new 50 day low", "restated", "close < low_50"),
        ("SOLUSDT rsi < 30 on 1h", "instrument", "rsi < 30 on 1h for SOL-USD"),
        ("AAPL > 200 and MSFT rsi < 30", "instrument", "close[AAPL, 1d] > 200 and rsi < 30 for MSFT"),
        ("exchange = NASDAQ and price > 5 and rvol > 2", "selects", "write price > 5 and rvol > 2"),
        ("BTC dominance > 50", "no_data", "dominance"),
        ("premarket_volume > 100k", "no_data", "premarket_volume"),
        ("minute >= 45", "no_data", "minute"),
        ("SPY.rsi_14 < 30 and close > sma_200", "two_instruments", "rsi_14[SPY, 1d] < 30 and close > sma_200"),
    ],
)
def test_kinds_of_answers(text: str, code: str, right: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code == code
    assert right in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["volume dries up below half its 50 day average", "price pulls back to the 20 ema in an uptrend", "rsi 30 이하 화창한 날씨"],
)
def test_what_is_not_wholly_covered_gets_no_suggestion(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code != "restated", caught.value


def test_the_forms_of_verbs() -> None:
    assert forms("하") == ("하", "할", "한", "함", "합", "해", "했")
    assert forms("내려오")[-2:] == ("내려와", "내려왔")

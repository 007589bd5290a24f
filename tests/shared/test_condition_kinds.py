"""Families of phrasings: several of each, so that a family is read and not a phrase."""

from __future__ import annotations

import pytest

from shared.conditions import ConditionError, parse

READ = {
    "gaps in one word": [
        ("gap_down > 3%", "open / prev_session_close - 1 < -0.03"),
        ("gapdown >= 2%", "open / prev_session_close - 1 <= -0.02"),
        ("gap_up > 3%", "open / prev_session_close - 1 > 0.03"),
    ],
    "streaks": [
        ("4 consecutive lower closes", "held(close < prev(close), 4)"),
        ("3 consecutive closes above sma_20", "held(close > sma_20, 3)"),
        ("2 closes in a row below sma_50", "held(close < sma_50, 2)"),
        ("third straight green candle", "held(close > open, 3)"),
        ("3rd consecutive red day", "held(close < open, 3)"),
        ("3연속 음봉", "held(close < open, 3)"),
        ("음봉 3연속", "held(close < open, 3)"),
        ("5연속 하락", "falling(close, 5)"),
        ("연속 3일 양봉", "held(close > open, 3)"),
        ("3일째 상승", "rising(close, 3)"),
    ],
    "numbers": [
        ("volume > 1_000_000", "volume > 1000000"),
        ("종가 7만 5천원 이상", "close >= 75000"),
        ("7만5천원 이하", "close <= 75000"),
        ("거래량 1억 5천만주 이상", "volume >= 150000000"),
    ],
    "expressions with a number of bars": [
        ("rvol_50 >= 3", "volume / volume_sma_50 >= 3"),
        ("rvol(20) > 2", "volume / volume_sma_20 > 2"),
        ("%b(20) < 0", "(close - bb_lower_20) / (bb_upper_20 - bb_lower_20) < 0"),
        ("natr_10 > 3", "100 * atr_10 / close > 3"),
        ("change_pct > 7", "change_pct(close, 1) > 7"),
        ("change_pct_5 > 7", "change_pct(close, 5) > 7"),
        ("obv_sma_20 < obv", "sma(obv, 20) < obv"),
        ("rsi_14_ema_9 > rsi", "ema(rsi_14, 9) > rsi_14"),
    ],
    "averages of a value's own": [
        ("obv above its 20 ema", "obv > ema(obv, 20)"),
        ("OBV 20일선 위", "obv > sma(obv, 20)"),
        ("RSI 9일선 돌파", "crosses_above(rsi_14, sma(rsi_14, 9))"),
        ("RSI 시그널(9) 골든크로스", "crosses_above(rsi_14, sma(rsi_14, 9))"),
        ("거래량 > 거래량 20평균", "volume > volume_sma_20"),
        ("거래량이 거래량 60이평 위", "volume > volume_sma_60"),
        ("5일 평균거래량이 20일 평균거래량의 2배", "volume_sma_5 >= volume_sma_20 * 2"),
        ("volume > 1.5 avg", "volume > 1.5 * volume_sma_20"),
        ("volume 200% of average", "volume >= 2 * volume_sma_20"),
    ],
    "signed changes": [
        ("등락률 +5% 이상", "change_pct(close, 1) >= 5"),
        ("-3% today", "change_pct(close, 1) <= -3"),
        ("+3% in 5 days", "change_pct(close, 5) >= 3"),
        ("-3% 하락", "change_pct(close, 1) <= -3"),
        ("close > sma_20 - 5%", "close > sma_20 * 0.95"),
    ],
    "changes over days": [
        ("최근 5일 수익률 10% 이상", "change_pct(close, 5) >= 10"),
        ("20일 수익률 10% 이상", "change_pct(close, 20) >= 10"),
        ("저가 대비 5% 반등", "close >= low * 1.05"),
    ],
    "values of bars before": [
        ("close higher than 10 days ago", "close > close[10]"),
        ("rsi higher than 3 bars ago", "rsi_14 > rsi_14[3]"),
        ("volume more than double yesterday's", "volume > 2 * prev(volume)"),
        ("전일 거래량 2배 이상", "volume >= prev(volume) * 2"),
        ("거래량 전일 2배", "volume >= prev(volume) * 2"),
        ("전일 거래량 대비 300%", "volume >= prev(volume) * 3"),
        ("거래량 전일보다 증가", "rising(volume, 1)"),
        ("전일 고점 돌파", "crosses_above(close, prev_session_high)"),
    ],
    "crossings": [
        ("ema9 xover ema21", "crosses_above(ema_9, ema_21)"),
        ("ema 9 xunder ema 21", "crosses_below(ema_9, ema_21)"),
        ("RSI(9) 30 하향", "crosses_below(rsi_9, 30)"),
        ("CCI 0선 상향", "crosses_above(cci_20, 0)"),
        ("MACD 상향돌파", "crosses_above(macd, macd_signal)"),
        ("macd가 시그널 위로", "crosses_above(macd, macd_signal)"),
        ("스토캐스틱 %K %D 상향 돌파", "crosses_above(stoch_k_14, stoch_d_14)"),
        ("MACD 5 35 5 골든크로스", "crosses_above(macd_5_35_5, macd_signal_5_35_5)"),
        ("macd 시그널 위", "macd > macd_signal"),
        ("stoch rsi k < 20 and k > d", "stoch_rsi_k_14 < 20 and stoch_rsi_k_14 > stoch_rsi_d_14"),
        ("stoch_rsi_k < 20 and stoch_k > 30", "stoch_rsi_k_14 < 20 and stoch_k_14 > 30"),
    ],
    "levels": [
        ("rsi oversold and close > sma_200", "rsi_14 < 30 and close > sma_200"),
        ("RSI 과매수 탈출", "crosses_below(rsi_14, 70)"),
        ("rsi under 30 and turning up", "rsi_14 < 30 and rising(rsi_14, 1) and prev(falling(rsi_14, 1))"),
        ("adx over 25 rising", "adx_14 > 25 and rising(adx_14, 1)"),
        ("rsi(2) below 10 above 200 sma", "rsi_2 < 10 and close > sma_200"),
        ("rsi 40~60 사이", "rsi_14 >= 40 and rsi_14 <= 60"),
        ("RSI 14일 30 미만", "rsi_14 < 30"),
    ],
    "lists": [
        ("이평선 정배열 5>20>60", "sma_5 > sma_20 and sma_20 > sma_60"),
        ("종가가 5,20,60일선 위", "close > sma_5 and close > sma_20 and close > sma_60"),
        ("price above 20 50 200 sma", "close > sma_20 and close > sma_50 and close > sma_200"),
        ("이평5 > 이평20", "sma_5 > sma_20"),
    ],
    "extremes": [
        ("거래량 60일 내 최대", "volume == highest(volume, 60)"),
        ("최근 5일 최고가 돌파", "crosses_above(close, high_5)"),
        ("52주 신고가 3% 이내", "abs(close / high_52w - 1) <= 0.03"),
        ("52주 저점 대비 30% 상승", "close >= low_52w * 1.3"),
    ],
    "bands": [
        ("price > vwap + 2*stdev", "close > vwap_session_upper"),
        ("close > vwap + 2 * stdev_20", "close > vwap + 2 * stdev_20"),
        ("macd(12,26,9).hist > 0", "macd_hist > 0"),
        ("bb(20,2.5).upper < close", "bb_upper_20_2.5 < close"),
        ("구름대 상단 돌파", "crosses_above(close, cloud_top)"),
    ],
}
FRAMED = [
    ("macd crosses zero down 1h", "crosses_below(macd, 0) on 1h"),
    ("rsi 1h > 50 and close > sma_200 1d", "rsi_14 > 50 and close[1d] > sma_200[1d] on 1h"),
    ("rsi_14 on 1h < 35 and close > ema_200 on 1d", "rsi_14 < 35 and close[1d] > ema_200[1d] on 1h"),
    ("close > sma_200 1d and rsi < 30 1h", "close > sma_200[1d] and rsi_14 < 30 on 1h"),
    ("rsi daily < 30 and close weekly > sma_20 weekly", "rsi_14 < 30 and close[1w] > sma_20[1w] on 1d"),
    ("rsi weekly > 70", "rsi_14 > 70 on 1w"),
    ("rsi 1h oversold", "rsi_14 < 30 on 1h"),
    ("60분 RSI 30 이하", "rsi_14 <= 30 on 1h"),
    ("RSI 30 이하 15분", "rsi_14 <= 30 on 15m"),
    ("-5% in 1h", "change_pct(close, 1) <= -5 on 1h"),
]
ANSWERED = [
    ("close more than 3 atr below sma_20", "close < sma_20 - 3 * atr_14"),
    ("price 2 standard deviations above sma 50", "close > sma_50 + 2 * stdev_50"),
    ("within 1 atr of sma_50", "abs(close - sma_50) <= 1 * atr_14"),
    ("donchian_55 upper breakout", "close > prev(donchian_upper_55)"),
    ("20일 돈치안 상단 돌파", "close > prev(donchian_upper_20)"),
    ("close > keltner(20,2) upper", "close > keltner_upper_20"),
    ("rsi lowest in 50 bars", "rsi_14 == lowest(rsi_14, 50)"),
    ("highest volume in 3 months", "volume == highest(volume, 63)"),
    ("new 20 day closing high", "close == highest(close, 20)"),
    ("find stocks making new 52 week highs", "close > high_52w"),
    ("opens 2% above yesterday's close", "open >= 1.02 * prev_session_close"),
    ("price from 10 to 50", "close >= 10 and close <= 50"),
    ("rsi outside 30-70", "rsi_14 < 30 or rsi_14 > 70"),
    ("7 of last 10 candles green", "count(close > open, 10) >= 7"),
    ("bars since golden cross < 10", "bars_since(golden_cross) < 10"),
    ("above 50 and 200 day", "close > sma_50 and close > sma_200"),
    ("50 day above 200 day", "sma_50 > sma_200"),
    ("atr above its average", "atr_14 > sma(atr_14, 20)"),
    ("slope of sma_50 > 0", "change(sma_50, 1) > 0"),
    ("ttm squeeze on", "bb_upper_20 < keltner_upper_20_20_1.5 and bb_lower_20 > keltner_lower_20_20_1.5"),
    ("stochastic bullish cross in oversold", "crosses_above(stoch_k_14, stoch_d_14) and stoch_k_14 < 20"),
    ("20/60 데드크로스", "crosses_below(sma_20, sma_60)"),
    ("볼밴 상단 돌파 + 거래량 2배", "crosses_above(close, bb_upper_20) and volume >= 2 * volume_sma_20"),
    ("코스피 20일선 아래", "(close < sma_20)[^KS11, 1d]"),
    ("코스피 지수 < 코스피 20일선 이고 종목 rsi <30", "(close < sma_20)[^KS11, 1d] and rsi_14 < 30"),
    ("DMI 골든크로스", "crosses_above(plus_di_14, minus_di_14)"),
    ("roc_63 > roc_63 of SPY", "roc_63 > roc_63[SPY, 1d]"),
    ("change_pct(close, 20) > SPY change_pct(close, 20)", "change_pct(close, 20) > change_pct(close, 20)[SPY, 1d]"),
    ("rsi of SPY < 30 and close > sma_20", "rsi[SPY, 1d] < 30 and close > sma_20"),
    ("NVDA crosses 120", "close crosses above 120 or crosses below 120 for NVDA"),
    ("slope(sma_200, 20) > 0", "'change'"),
    ("down 50% from high", "'high_52w'"),
    ("OBV 시그널 돌파", "sma(obv, 9)"),
    ("gap_down > 0.03", "1 - open / prev_session_close > 0.03"),
    ("gap_up > 0.03", "open / prev_session_close - 1 > 0.03"),
    ("5 min macd cross", "crosses_above(macd, macd_signal) or crosses_below(macd, macd_signal) on 5m"),
]


@pytest.mark.parametrize(("text", "meant"), [each for kind in READ.values() for each in kind])
def test_a_family_is_read(text: str, meant: str) -> None:
    assert parse(text).text == f"{meant} on 1d"


@pytest.mark.parametrize(("text", "meant"), FRAMED)
def test_a_timeframe_belongs_to_what_it_stands_beside(text: str, meant: str) -> None:
    assert parse(text).text == meant


@pytest.mark.parametrize(("text", "right"), ANSWERED)
def test_a_family_is_answered_with_the_exact_spelling(text: str, right: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert right in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "more than 3 of something",
        "3 consecutive closes",
        "vwap + 2*stdev",
        "within 1 atr of nowhere",
        "donchian breakout of donchians",
        "highest rsi",
        "-5% of",
        "전일 3배",
        "시그널(9) 위로",
    ],
)
def test_a_part_of_a_family_is_no_condition(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code != "restated", caught.value

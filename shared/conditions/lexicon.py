"""The words of the language: phrases in English and Korean, and the token that each stands for.

A phrase is a sequence of words, signs and parts of Korean words, with one space between them; ``;`` separates phrases. The longest
phrase at a place counts.
"""

from __future__ import annotations

from typing import Final

_UP: Final = "crosses ; cross ; crossed ; crossing ; crosses back ; breaks ; break ; breaking ; broke ; breaks out ; moves ; goes ; rises ; climbs"
_DOWN: Final = "crosses ; cross ; crossed ; crossing ; crosses back ; breaks ; break ; breaking ; broke ; breaks down ; moves ; goes ; falls ; drops ; dips"
_ABOVE: Final = "above ; over ; up ; up through ; upward ; upwards ; to above ; from below ; up over ; through"
_BELOW: Final = "below ; under ; down ; down through ; downward ; downwards ; to below ; from above ; beneath"


def _every(first: str, then: str) -> str:
    return " ; ".join(f"{one} {other}" for one in first.split(" ; ") for other in then.split(" ; "))


def _maybe_is(phrases: str) -> str:
    """The phrases with and without a verb before them."""
    each = phrases.split(" ; ")
    return " ; ".join(
        [*each, *(f"{verb} {phrase}" for verb in ("is", "are", "was", "stays", "closes", "trades", "gets") for phrase in each)]
    )


PHRASES: Final[dict[tuple[str, str], str]] = {
    (
        "AND",
        "and",
    ): "and ; && ; & ; and also ; and then ; but ; but also ; 그리고 ; 이고 ; 고 ; 이며 ; 며 ; 이면서 ; 면서 ; 하고 ; 하며 ; 하면서 ; 있고 ; 있으며 ; 했고 ; 으며"
    " ; 이고 그리고 ; 고 그리고 ; 하고 그리고 ; 인데 ; 및 ; 동시에",
    ("OR", "or"): "or ; || ; | ; or else ; 또는 ; 이거나 ; 거나 ; 혹은 ; 하거나 ; 있거나 ; 이거나 또는 ; 거나 또는 ; 아니면",
    ("NOT", "not"): "not ; ! ; it is not true that",
    (
        "NOT_AFTER",
        "아니",
    ): "아니 ; 이 아니 ; 가 아니 ; 은 아니 ; 는 아니 ; 아닐 ; 이 아닐 ; 가 아닐 ; 아님 ; 이 아님 ; 가 아님 ; 아닌 ; 이 아닌 ; 가 아닌",
    ("COMPARE", ">"): "> ; gt ; exceeds ; exceeded ; "
    + _maybe_is("above ; over ; greater than ; more than ; higher than ; bigger than ; larger than ; > ; up over ; well above"),
    (
        "COMPARE",
        ">=",
    ): ">= ; => ; ≥ ; ⩾ ; ≧ ; ge ; gte ; not below ; not under ; not less than ; no less than ; no lower than ; > = ; "
    + _maybe_is(
        "at least ; greater than or equal to ; greater than or equal ; greater or equal to ; greater or equal ; at or above ; above or equal to"
        " ; equal to or greater than ; >= ; not less than ; not below ; not lower than ; more than or equal to"
    ),
    ("COMPARE", "<"): "< ; lt ; " + _maybe_is("below ; under ; less than ; lower than ; smaller than ; fewer than ; beneath ; <"),
    (
        "COMPARE",
        "<=",
    ): "<= ; =< ; ≤ ; ⩽ ; ≦ ; le ; lte ; not above ; not over ; not more than ; no more than ; no higher than ; < = ; "
    + _maybe_is(
        "at most ; less than or equal to ; less than or equal ; less or equal to ; less or equal ; at or below ; below or equal to"
        " ; equal to or less than ; <= ; not more than ; not above ; not greater than ; not higher than ; lower than or equal to"
    ),
    ("COMPARE", "=="): "== ; = ; === ; equals ; equal ; equal to ; is ; is equal to ; is = ; is equal",
    ("COMPARE", "!="): "!= ; <> ; ≠ ; ! = ; is not ; is not equal to ; not equal to ; does not equal",
    ("COMPARE_AFTER", ">="): "이상",
    ("COMPARE_AFTER", "<="): "이하",
    ("COMPARE_AFTER", ">"): "초과 ; 크 ; 클 ; 큰 ; 큼 ; 커 ; 많 ; 높 ; 위 ; 위에 ; 상회 ; 넘 ; 넘어 ; 넘는 ; 웃돌 ; 위로",
    ("COMPARE_AFTER", "<"): "미만 ; 작 ; 적 ; 낮 ; 아래 ; 아래에 ; 밑 ; 밑에 ; 하회 ; 밑돌 ; 아래로",
    ("COMPARE_AFTER", "=="): "같 ; 와 같 ; 과 같",
    ("CROSS", "crosses_above"): f"{_every(_UP, _ABOVE)} ; breaks out above ; crossover ; crossed over",
    ("CROSS", "crosses_below"): f"{_every(_DOWN, _BELOW)} ; crossunder",
    ("CROSS", "crosses"): "breaks ; break ; crosses ; cross ; crossed ; crossing",
    (
        "CROSS_AFTER",
        "crosses_above",
    ): "돌파 ; 상향 돌파 ; 상향 교차 ; 위로 돌파 ; 위로 교차 ; 위로 올라 ; 위로 상승 ; 뚫 ; 상향 이탈 ; 위로 뚫",
    (
        "CROSS_AFTER",
        "crosses_below",
    ): "이탈 ; 하향 돌파 ; 하향 이탈 ; 하향 교차 ; 아래로 돌파 ; 아래로 이탈 ; 아래로 교차 ; 아래로 하락 ; 아래로 내려 ; 아래로 떨어지 ; 깨",
    ("GOLDEN", "golden_cross"): "golden cross ; goldencross ; 골든크로스 ; 골든 크로스",
    ("GOLDEN", "dead_cross"): "dead cross ; deadcross ; death cross ; death_cross ; 데드크로스 ; 데드 크로스",
    ("BETWEEN", "between"): "between ; is between ; in between ; from ; is within ; in the range",
    ("BETWEEN_AFTER", "사이"): "사이",
    (
        "TREND",
        "rising",
    ): "rising ; is rising ; increasing ; is increasing ; rises ; is going up ; 상승 ; 상승 중 ; 증가 ; 증가 중 ; 오르 ; 급등",
    (
        "TREND",
        "falling",
    ): "falling ; is falling ; decreasing ; is decreasing ; falls ; declining ; is declining ; is going down ; 하락 ; 하락 중 ; 감소 ; 감소 중 ; 내리 ; 급락",
    ("ON", "on"): "on ; on the ; on a ; @",
    ("PLUS", "+"): "+ ; plus",
    ("MINUS", "-"): "- ; − ; – ; — ; minus",
    ("TIMES", "*"): "* ; × ; times ; multiplied by",
    ("DIVIDED", "/"): "/ ; ÷ ; divided by",
    ("PERCENT_SIGN", "%"): "% ; percent ; pct ; 퍼센트 ; 프로",
    ("OPEN", "("): "(",
    ("CLOSE", ")"): ")",
    ("COMMA", ","): ",",
    (
        "BACK",
        "1",
    ): "previous ; prior ; prev ; yesterday ' s ; previous bar ' s ; prior bar ' s ; 전봉 ; 전 봉 ; 직전 봉 ; 이전 봉 ; 직전봉 ; 이전봉 ; 전일 ; 어제",
    ("UP", "up"): "up ; upward ; upwards ; 상향 ; 상승",
    ("DOWN", "down"): "down ; downward ; downwards ; 하향 ; 하락",
    ("STATUS", "confirmed"): "confirmed ; completed ; 완성 ; 확정",
    ("STATUS", "forming"): "forming ; 형성 ; 형성 중",
    ("STATUS", "failed"): "failed ; 실패",
    ("STATUS", "target"): "target ; target reached ; 목표 도달",
    ("SUBJECT", ""): "이 ; 가 ; 은 ; 는 ; 도 ; 과 ; 와",
    ("THAN", "보다"): "보다",
    (
        "THAN_BEFORE",
        "",
    ): "전일 보다 ; 어제 보다 ; 전날 보다 ; 전봉 보다 ; 전일 대비 ; 전일대비 ; 어제 대비 ; 전날 대비 ; 전일 종가 대비 ; 전일 종가 보다 ; 어제보다",
    ("TO", "~"): "~",
    ("NUMBER", "0"): "zero ; 0 선",
    ("FROM", "에서"): "에서 ; 부터",
    ("BARS", ""): "bar ; bars ; candle ; candles ; session ; sessions ; 봉 ; 개봉 ; 거래일 ; 개 봉",
    (
        "FILL",
        "",
    ): "the ; its ; value ; then ; please ; line ; both ; either ; if ; when ; whenever ; alert ; alert me when ; alert me if ; notify me when ; notify me if ; tell me when"
    " ; ? ; $ ; ₩ ; ￦ ; . ; 을 ; 를 ; 에 ; 의 ; 로 ; 으로 ; 다 ; 이다 ; 면 ; 으면 ; 이면 ; 하면 ; 되면 ; 할 ; 할때 ; 일때 ; 때 ; 을때 ; 경우 ; 시 ; 있 ; 있다 ; 있으면 ; 있을 ; 있는 ; 한"
    " ; 한다 ; 함 ; 됨 ; 하 ; 했 ; 했다 ; 하는 ; 되는 ; 인 ; 일 ; 일 때 ; 할 때 ; 알려줘 ; 알림 ; 음 ; 지면 ; 어지면 ; 만 ; 대비 ; 발생 ; 발생한 ; 후 ; 나온 ; 값 ; 값이 ; 선 ; 조건 ; 되고 ; 기준",
}
"""What each phrase is: the type and the value of a token."""

NAMES: Final[dict[str, str]] = {
    "close": "closing price ; close price ; last price ; current price ; stock price ; share price ; 종가 ; 현재가 ; 주가 ; 가격",
    "open": "opening price ; open price ; 시가",
    "high": "high price ; 고가",
    "low": "low price ; 저가",
    "volume": "trading volume ; 거래량",
    "volume_sma": "average volume ; avg volume ; volume average ; volume avg ; mean volume ; volume moving average ; volume ma ; 평균 거래량 ; 거래량 평균 ; 거래량 이동평균 ; 거래량 이평 ; 거래량 이동평균선",
    "prev_session_close": "전일 종가 ; 어제 종가 ; 전일종가 ; yesterday ' s close ; previous session close ; previous day close ; prior day close ; previous day ' s close",
    "prev_session_high": "전일 고가 ; 어제 고가 ; yesterday ' s high ; previous session high ; previous day high ; prior day high ; previous day ' s high",
    "prev_session_low": "전일 저가 ; 어제 저가 ; yesterday ' s low ; previous session low ; previous day low ; prior day low ; previous day ' s low",
    "session_high": "당일 고가 ; 오늘 고가 ; day ' s high ; today ' s high ; high of the day ; high of day",
    "session_low": "당일 저가 ; 오늘 저가 ; day ' s low ; today ' s low ; low of the day ; low of day",
    "high_52w": "52w high ; 52 week high ; 52 - week high ; 52주 고가 ; 52주 최고가 ; 52 주 고가 ; 52 주 최고가 ; 52 주 최고",
    "low_52w": "52w low ; 52 week low ; 52 - week low ; 52 주 저가 ; 52 주 최저가 ; 52 주 최저",
    "all_time_high": "all time high ; all - time high ; 역대 최고가 ; 사상 최고가",
    "all_time_low": "all time low ; all - time low ; 역대 최저가 ; 사상 최저가",
    "bb_upper": "upper bollinger band ; upper bollinger ; bollinger upper band ; bollinger upper ; upper band ; upper bb ; bb top ; 볼린저 밴드 상단 ; 볼린저 상단 ; 볼린저밴드 상단 ; 볼린저 밴드 상단선"
    " ; 밴드 상단 ; 상단 밴드 ; 볼린저 상단 밴드",
    "bb_middle": "middle bollinger band ; bollinger middle band ; bollinger middle ; middle band ; 볼린저 밴드 중심선 ; 볼린저 중심선 ; 볼린저밴드 중심선 ; 밴드 중심선",
    "bb_lower": "lower bollinger band ; lower bollinger ; bollinger lower band ; bollinger lower ; lower band ; lower bb ; bb bottom ; 볼린저 밴드 하단 ; 볼린저 하단 ; 볼린저밴드 하단 ; 밴드 하단"
    " ; 하단 밴드 ; 볼린저 하단 밴드",
    "macd": "macd line ; macd 선",
    "macd_signal": "macd signal ; macd signal line ; signal line ; macd 시그널 ; macd 시그널선 ; 시그널선 ; 시그널 ; 시그널 선",
    "macd_hist": "macd histogram ; macd hist ; macd 히스토그램 ; 히스토그램",
    "stoch_k": "stochastic ; stoch ; % k ; stochastic k ; stochastic % k ; stoch % k ; slow k ; 스토캐스틱 ; 스토캐스틱 k",
    "stoch_d": "% d ; stochastic d ; stochastic % d ; stoch % d ; slow d ; 스토캐스틱 d",
    "atr": "average true range",
    "market_cap": "market cap ; market capitalization",
    "pe": "p / e ; p / e ratio ; pe ratio",
    "dividend_yield": "dividend yield",
    "plus_di": "+ di ; di +",
    "minus_di": "- di ; di -",
    "drawdown_52w": "drawdown",
    "williams_r": "williams % r ; williams r ; % r ; williams ; 윌리엄스",
    "sar": "parabolic sar ; 파라볼릭 sar ; 파라볼릭",
    "kijun": "기준선",
    "tenkan": "전환선",
    "minutes_since_open": "minutes since open ; minutes since the open ; minutes after open ; 개장 후 분",
    "session_bar": "bar of the session ; session bar",
    "days_to_month_end": "days to month end ; days until month end ; 월말까지 남은 일",
    "time": "시각 ; 시간 ; time of day",
    "weekday": "day of week ; day of the week ; dayofweek ; day_of_week ; 요일",
}
"""Names in words. Names with numbers, as ``200 day ma``, are in ``counted.py``."""

RULES: Final = {
    "new_high": "new high ; new 52 week high ; new 52w high ; new 52 - week high ; 신고가 ; 52 주 신고가",
    "new_low": "new low ; new 52 week low ; new 52w low ; new 52 - week low ; 신저가 ; 52 주 신저가",
    "volume_surge": "volume spike ; volume surge ; unusual volume ; high volume ; 거래량 급증 ; 거래량 폭증 ; 대량 거래",
    "volume_dry": "low volume ; volume dry up ; volume dries up",
    "double_bottom": "쌍바닥 ; 이중바닥",
    "double_top": "쌍봉 ; 쌍천장 ; 이중천장",
    "rsi_oversold down": "oversold ; rsi oversold ; is oversold ; rsi is oversold ; 과매도 ; rsi 과매도",
    "rsi_overbought up": "overbought ; rsi overbought ; is overbought ; rsi is overbought ; 과매수 ; rsi 과매수",
    "bollinger_touch down": "볼린저 하단 터치 ; 볼린저밴드 하단 터치 ; 볼린저 밴드 하단 터치",
    "bollinger_touch up": "볼린저 상단 터치 ; 볼린저밴드 상단 터치 ; 볼린저 밴드 상단 터치",
}
"""Rules and patterns in words that are not their names; with a direction where the words say one."""

EXPRESSIONS: Final = {
    "close > open": "green candle ; green candles ; bullish candle ; bullish candles ; up candle ; up candles ; white candle ; green bar ; green bars ; up day ; up days ; 양봉",
    "close < open": "red candle ; red candles ; bearish candle ; bearish candles ; down candle ; down candles ; black candle ; red bar ; red bars ; down day ; down days ; 음봉",
    "high < prev(high) and low > prev(low)": "inside bar ; inside day",
    "high > prev(high) and low < prev(low)": "outside bar ; outside day",
    "high > prev(high)": "higher high",
    "low > prev(low)": "higher low",
    "high < prev(high)": "lower high",
    "low < prev(low)": "lower low",
    "cdl_doji > 0": "doji ; 도지",
    "sma_5 > sma_20 and sma_20 > sma_60": "정배열 ; 이동평균선 정배열 ; 이평선 정배열",
    "sma_5 < sma_20 and sma_20 < sma_60": "역배열 ; 이동평균선 역배열 ; 이평선 역배열",
    "crosses_above(macd, macd_signal)": "macd 골든크로스 ; macd golden cross ; macd bullish cross ; macd bullish crossover",
    "crosses_below(macd, macd_signal)": "macd 데드크로스 ; macd dead cross ; macd bearish cross ; macd bearish crossover",
    "crosses_above(stoch_k_14, stoch_d_14)": "스토캐스틱 골든크로스",
    "crosses_below(stoch_k_14, stoch_d_14)": "스토캐스틱 데드크로스",
}
"""Words for what is written as a condition."""

WEEKDAYS: Final = {
    day: f"{day} ; {day}s ; {day[:3]} ; {korean}"
    for day, korean in zip(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
        strict=True,
    )
}

AVERAGES: Final = {
    "sma": "sma ; ma ; dma ; average ; moving average ; simple moving average ; mean ; 이동평균 ; 이동평균선 ; 이동 평균 ; 이동 평균선 ; 이평선 ; 이평 ; 선 ; 평균 ; 단순이동평균",
    "ema": "ema ; exponential moving average ; exponential ma ; 지수이동평균 ; 지수이동평균선 ; 지수 이동평균 ; 지수 이동평균선 ; 지수 이평선",
    "wma": "wma ; weighted moving average ; 가중이동평균 ; 가중 이동평균",
    "volume_sma": "average volume ; avg volume ; volume average ; volume sma ; volume ma ; 평균 거래량 ; 거래량 평균 ; 거래량 이동평균 ; 거래량 이동평균선",
    "high": "high ; 고가 ; 최고가 ; 신고가",
    "low": "low ; 저가 ; 최저가 ; 신저가",
}
"""What may follow a number of bars: ``200 day moving average``, ``20-bar high``, ``200일선``."""
PERIOD: Final = "day ; days ; bar ; bars ; period ; d ; - day ; - bar ; - period ; 일 ; 봉"

UNITS: Final = {
    1_000: "k ; thousand ; 천",
    10_000: "만",
    1_000_000: "m ; mn ; mio ; million ; 백만",
    10_000_000: "천만",
    100_000_000: "억",
    1_000_000_000: "b ; bn ; billion ; 십억",
    10_000_000_000: "백억",
    100_000_000_000: "천억",
    1_000_000_000_000: "t ; trillion ; 조",
}
"""What multiplies a number; single letters only without a space before them."""

"""Names and sentences of all rules, Korean and English. A rule that is not in the table gets a generic text.

Sentences may contain the signal's parameters (``{fast}``) and ``{percent}`` (the one that is a fraction, as a percentage), and
nothing else: computed values are in separate lines of the alert.
"""

from __future__ import annotations

from typing import Final

from services.notifier.domain.conditions import RULE as CONDITION
from services.notifier.domain.formatting import number
from services.notifier.domain.pattern_texts import PATTERNS
from services.notifier.domain.rule_text import LevelKind, RuleText
from services.notifier.domain.rule_text import rule_text as _rule
from shared.events import Signal
from shared.sequences import parse

RULES: Final[dict[str, RuleText]] = {
    "golden_cross": _rule(
        "골든크로스", "Golden cross", "{fast}봉 이동평균이 {slow}봉 이동평균을 상향 돌파", "SMA {fast} crossed above SMA {slow}"
    ),
    "dead_cross": _rule(
        "데드크로스", "Dead cross", "{fast}봉 이동평균이 {slow}봉 이동평균을 하향 돌파", "SMA {fast} crossed below SMA {slow}"
    ),
    "sma_breakout_up": _rule(
        "이동평균 상향 돌파", "SMA breakout", "종가가 {period}봉 이동평균을 상향 돌파", "close crossed above SMA {period}"
    ),
    "sma_breakout_down": _rule(
        "이동평균 하향 이탈", "SMA breakdown", "종가가 {period}봉 이동평균을 하향 이탈", "close crossed below SMA {period}"
    ),
    "ema_cross": RuleText(
        "지수이동평균 교차",
        "EMA cross",
        "{fast}봉 지수이동평균이 {slow}봉 지수이동평균을 상향 돌파",
        "EMA {fast} crossed above EMA {slow}",
        "{fast}봉 지수이동평균이 {slow}봉 지수이동평균을 하향 돌파",
        "EMA {fast} crossed below EMA {slow}",
    ),
    "rsi_overbought": RuleText(
        "RSI 과매수",
        "RSI overbought",
        "RSI({period})가 {level} 위로 올라 과매수 구간 진입",
        "RSI({period}) rose above {level}: overbought",
        "RSI({period})가 {level} 아래로 내려 과매수 구간 이탈",
        "RSI({period}) fell back below {level}: no longer overbought",
        "value",
    ),
    "rsi_oversold": RuleText(
        "RSI 과매도",
        "RSI oversold",
        "RSI({period})가 {level} 위로 올라 과매도 구간 이탈",
        "RSI({period}) rose back above {level}: no longer oversold",
        "RSI({period})가 {level} 아래로 내려 과매도 구간 진입",
        "RSI({period}) fell below {level}: oversold",
        "value",
    ),
    "rsi_mid": RuleText(
        "RSI 중심선",
        "RSI midline",
        "RSI({period})가 중심선 {level}을 상향 돌파",
        "RSI({period}) crossed above {level}",
        "RSI({period})가 중심선 {level}을 하향 돌파",
        "RSI({period}) crossed below {level}",
        "value",
    ),
    "bollinger_break": RuleText(
        "볼린저 밴드 돌파",
        "Bollinger break",
        "종가가 볼린저 밴드({period}, {width}) 상단을 돌파",
        "close broke above the upper Bollinger band ({period}, {width})",
        "종가가 볼린저 밴드({period}, {width}) 하단을 이탈",
        "close broke below the lower Bollinger band ({period}, {width})",
    ),
    "bollinger_touch": RuleText(
        "볼린저 밴드 근접",
        "Bollinger touch",
        "종가가 볼린저 밴드({period}, {width}) 상단에 {percent} 이내로 근접",
        "close is within {percent} of the upper Bollinger band ({period}, {width})",
        "종가가 볼린저 밴드({period}, {width}) 하단에 {percent} 이내로 근접",
        "close is within {percent} of the lower Bollinger band ({period}, {width})",
    ),
    "macd_cross": RuleText(
        "MACD 교차",
        "MACD cross",
        "MACD({fast}, {slow}, {signal})가 시그널선을 상향 돌파",
        "MACD({fast}, {slow}, {signal}) crossed above its signal line",
        "MACD({fast}, {slow}, {signal})가 시그널선을 하향 돌파",
        "MACD({fast}, {slow}, {signal}) crossed below its signal line",
        "value",
    ),
    "macd_zero": RuleText(
        "MACD 0선",
        "MACD zero line",
        "MACD({fast}, {slow}, {signal})가 0선을 상향 돌파",
        "MACD({fast}, {slow}, {signal}) crossed above zero",
        "MACD({fast}, {slow}, {signal})가 0선을 하향 돌파",
        "MACD({fast}, {slow}, {signal}) crossed below zero",
        "value",
    ),
    "stochastic_cross": RuleText(
        "스토캐스틱 교차",
        "Stochastic cross",
        "과매도 구간({low} 미만)에서 %K가 %D를 상향 돌파 (스토캐스틱 {period}, {slowing}, {signal})",
        "%K crossed above %D below {low} (stochastic {period}, {slowing}, {signal})",
        "과매수 구간({high} 초과)에서 %K가 %D를 하향 돌파 (스토캐스틱 {period}, {slowing}, {signal})",
        "%K crossed below %D above {high} (stochastic {period}, {slowing}, {signal})",
        "value",
    ),
    "adx_trend": RuleText(
        "ADX 추세",
        "ADX trend",
        "ADX({period})가 {level}을 넘어 상승 추세 형성 (+DI > -DI)",
        "ADX({period}) rose above {level}: an upward trend (+DI > -DI)",
        "ADX({period})가 {level}을 넘어 하락 추세 형성 (-DI > +DI)",
        "ADX({period}) rose above {level}: a downward trend (-DI > +DI)",
        "value",
    ),
    "volume_surge": RuleText(
        "거래량 급증",
        "Volume surge",
        "거래량이 {period}봉 평균의 {ratio}배 이상, 가격은 {percent} 이상 상승",
        "volume at least {ratio} x its {period}-bar mean, price up {percent} or more",
        "거래량이 {period}봉 평균의 {ratio}배 이상, 가격은 {percent} 이상 하락",
        "volume at least {ratio} x its {period}-bar mean, price down {percent} or more",
        "volume",
    ),
    "volume_dry": _rule(
        "거래량 급감",
        "Volume dry-up",
        "거래량이 {period}봉 평균의 {ratio}배 이하로 감소",
        "volume fell to {ratio} x its {period}-bar mean or less",
        "volume",
    ),
    "price_move": RuleText(
        "가격 급변",
        "Price move",
        "전일 종가 대비 {percent} 이상 상승",
        "up {percent} or more from the previous close",
        "전일 종가 대비 {percent} 이상 하락",
        "down {percent} or more from the previous close",
    ),
    "new_high": _rule(
        "52주 신고가", "52-week high", "이전 {bars}봉의 최고가를 경신", "above the highest high of the {bars} bars before"
    ),
    "new_low": _rule(
        "52주 신저가", "52-week low", "이전 {bars}봉의 최저가를 경신", "below the lowest low of the {bars} bars before"
    ),
    "drop_from_high": _rule(
        "고점 대비 하락", "Drop from high", "{bars}봉 고점 대비 {percent} 이상 하락", "{percent} or more below the {bars}-bar high"
    ),
    "prev_high_break": _rule(
        "전일 고가 돌파", "Previous high broken", "종가가 전 거래일 고가를 상향 돌파", "close above the previous session's high"
    ),
    "prev_low_break": _rule(
        "전일 저가 이탈", "Previous low broken", "종가가 전 거래일 저가를 하향 이탈", "close below the previous session's low"
    ),
    "gap": RuleText(
        "갭",
        "Gap",
        "전 거래일 고가 위에서 {percent} 이상 갭 상승 출발",
        "opened above the previous session's high, {percent} or more above its close",
        "전 거래일 저가 아래에서 {percent} 이상 갭 하락 출발",
        "opened below the previous session's low, {percent} or more below its close",
    ),
    "bullish_engulfing": _rule(
        "상승 장악형", "Bullish engulfing", "양봉 몸통이 직전 음봉 몸통을 감쌈", "a rising body engulfed the falling one before it"
    ),
    "bearish_engulfing": _rule(
        "하락 장악형", "Bearish engulfing", "음봉 몸통이 직전 양봉 몸통을 감쌈", "a falling body engulfed the rising one before it"
    ),
    "hammer": _rule(
        "망치형",
        "Hammer",
        "직전 저가 부근에서 아래꼬리가 긴 망치형 출현",
        "a small body near the low before, with a long lower shadow",
    ),
    "shooting_star": _rule(
        "유성형",
        "Shooting star",
        "직전 몸통 위에서 위꼬리가 긴 유성형 출현",
        "a small body above the one before, with a long upper shadow",
    ),
    "morning_star": _rule(
        "샛별형",
        "Morning star",
        "긴 음봉과 아래에 뜬 작은 봉에 이어 긴 양봉 출현",
        "a long fall, a small body below it, then a long rise back into the first",
    ),
    "evening_star": _rule(
        "석별형",
        "Evening star",
        "긴 양봉과 위에 뜬 작은 봉에 이어 긴 음봉 출현",
        "a long rise, a small body above it, then a long fall back into the first",
    ),
    "doji_at_band": RuleText(
        "밴드 접촉 도지",
        "Doji at the band",
        "볼린저 밴드({period}, {width}) 하단에 닿은 도지",
        "a doji reached the lower Bollinger band ({period}, {width})",
        "볼린저 밴드({period}, {width}) 상단에 닿은 도지",
        "a doji reached the upper Bollinger band ({period}, {width})",
    ),
    "squeeze": _rule(
        "볼린저 밴드 수축",
        "Bollinger squeeze",
        "볼린저 밴드({period}, {width}) 폭이 이전 {bars}봉 중 최저보다 좁아짐",
        "Bollinger bandwidth ({period}, {width}) below its lowest of the {bars} bars before",
        "value",
    ),
    "all_time_high": _rule("역대 신고가", "All-time high", "보유한 기록 전체의 최고가를 경신", "above every high on record here"),
    "all_time_low": _rule("역대 신저가", "All-time low", "보유한 기록 전체의 최저가를 경신", "below every low on record here"),
    **PATTERNS,
}

FRACTIONS: Final = {
    "bollinger_touch": "distance",
    "volume_surge": "move",
    "price_move": "level",
    "drop_from_high": "drop",
    "gap": "move",
}
"""The parameter of each rule that is a fraction and is shown as ``{percent}``."""


OTHERS: Final = {
    CONDITION: {"ko": "내 조건", "en": "Your condition"},
    "sequence": {"ko": "신호 연속", "en": "Sequence of signals"},
}
"""Names for values of ``Signal.rule`` that are no rules: user conditions and sequences."""


def name(rule: str, language: str) -> str:
    """The rule's name; its identifier where the table has none."""
    if rule in OTHERS:
        return OTHERS[rule][language]
    text = RULES.get(rule)
    return rule.replace("_", " ") if text is None else text.ko if language == "ko" else text.en


def sentence(signal: Signal, language: str) -> str:
    """A sentence about what fired. Not escaped."""
    if signal.condition:
        return signal.condition
    if signal.sequence:
        return _sequence(signal.sequence, language)
    text = RULES.get(signal.rule)
    if text is None:
        return _generic(signal, language)
    sentences = {"ko": {"up": text.up_ko, "down": text.down_ko}, "en": {"up": text.up_en, "down": text.down_en}}
    fields = {key: number(value) for key, value in signal.params.items()}
    fraction = signal.params.get(FRACTIONS.get(signal.rule, ""))
    if fraction is not None:
        fields["percent"] = f"{fraction * 100:g}%"
    try:
        return sentences[language][signal.direction].format_map(fields)
    except KeyError:  # another version of the rule, with other parameters
        return _generic(signal, language)


def _sequence(text: str, language: str) -> str:
    """The steps of a sequence as a sentence."""
    try:
        sequence = parse(text)
    except ValueError:  # another version with other rules wrote it
        return text
    first, *later = (f"{name(step.rule, language)} {'▲' if step.direction == 'up' else '▼'}" for step in sequence.steps)
    links = zip(later, sequence.within, strict=True)
    if language == "ko":
        return first + "".join(f" → {bars}봉 이내 {step}" for step, bars in links)
    return first + "".join(f", then {step} within {bars} bar{'s' if bars > 1 else ''}" for step, bars in links)


def level_kind(rule: str) -> LevelKind:
    """The kind of level of this rule's signals; ``value`` for an unknown rule."""
    text = RULES.get(rule)
    return text.level if text else "value"


def _generic(signal: Signal, language: str) -> str:
    parameters = ", ".join(f"{key} {number(value)}" for key, value in sorted(signal.params.items())[:8])
    ways = {"ko": {"up": "상승 방향 신호", "down": "하락 방향 신호"}, "en": {"up": "signal upwards", "down": "signal downwards"}}
    return f"{ways[language][signal.direction]} ({parameters})" if parameters else ways[language][signal.direction]

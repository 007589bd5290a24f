"""Names and sentences of all chart patterns, Korean and English."""

from __future__ import annotations

from typing import Final

from services.notifier.domain.rule_text import RuleText
from services.notifier.domain.rule_text import rule_text as _rule


def _pattern(ko: str, en: str) -> RuleText:
    """A chart pattern; it fires on the breakout."""
    return RuleText(
        ko,
        en,
        f"{ko} 완성: 종가가 기준선을 상향 돌파",
        f"{en[0].lower()}{en[1:]} confirmed: close broke out upwards",
        f"{ko} 완성: 종가가 기준선을 하향 이탈",
        f"{en[0].lower()}{en[1:]} confirmed: close broke out downwards",
    )


def _divergences(name: str, ko: str, en: str) -> dict[str, RuleText]:
    """The four divergences of price and an indicator."""
    lower, higher = (f"{ko} 고점은 낮아짐", f"lower high of {en}"), (f"{ko} 고점은 높아짐", f"higher high of {en}")
    falls, rises = (f"{ko} 저점은 낮아짐", f"lower low of {en}"), (f"{ko} 저점은 높아짐", f"higher low of {en}")
    return {
        f"bearish_{name}_divergence": _rule(
            f"{ko} 하락 다이버전스",
            f"Bearish {en} divergence",
            f"주가 고점은 높아졌으나 {lower[0]}",
            f"higher high of the price, {lower[1]}",
        ),
        f"bullish_{name}_divergence": _rule(
            f"{ko} 상승 다이버전스",
            f"Bullish {en} divergence",
            f"주가 저점은 낮아졌으나 {rises[0]}",
            f"lower low of the price, {rises[1]}",
        ),
        f"hidden_bearish_{name}_divergence": _rule(
            f"{ko} 히든 하락 다이버전스",
            f"Hidden bearish {en} divergence",
            f"주가 고점은 낮아졌으나 {higher[0]}",
            f"lower high of the price, {higher[1]}",
        ),
        f"hidden_bullish_{name}_divergence": _rule(
            f"{ko} 히든 상승 다이버전스",
            f"Hidden bullish {en} divergence",
            f"주가 저점은 높아졌으나 {falls[0]}",
            f"higher low of the price, {falls[1]}",
        ),
    }


def _harmonics(name: str, ko: str, en: str) -> dict[str, RuleText]:
    """A harmonic pattern that ends at a low, and the one that ends at a high."""
    return {
        f"bullish_{name}": _rule(
            f"강세 {ko}", f"Bullish {en}", f"{ko} 비율을 완성한 저점에서 반등", f"price turned up where its legs complete a {en}"
        ),
        f"bearish_{name}": _rule(
            f"약세 {ko}", f"Bearish {en}", f"{ko} 비율을 완성한 고점에서 반락", f"price turned down where its legs complete a {en}"
        ),
    }


PATTERNS: Final[dict[str, RuleText]] = {
    "head_and_shoulders": _pattern("헤드 앤 숄더", "Head and shoulders"),
    "inverse_head_and_shoulders": _pattern("역헤드 앤 숄더", "Inverse head and shoulders"),
    "triple_top": _pattern("삼중 천장", "Triple top"),
    "triple_bottom": _pattern("삼중 바닥", "Triple bottom"),
    "double_top": _pattern("이중 천장", "Double top"),
    "double_bottom": _pattern("이중 바닥", "Double bottom"),
    "cup_and_handle": _pattern("컵 앤 핸들", "Cup and handle"),
    "inverse_cup_and_handle": _pattern("역컵 앤 핸들", "Inverse cup and handle"),
    "bull_flag": _pattern("상승 깃발형", "Bull flag"),
    "bear_flag": _pattern("하락 깃발형", "Bear flag"),
    "bull_pennant": _pattern("상승 페넌트형", "Bull pennant"),
    "bear_pennant": _pattern("하락 페넌트형", "Bear pennant"),
    "ascending_triangle": _pattern("상승 삼각형", "Ascending triangle"),
    "descending_triangle": _pattern("하락 삼각형", "Descending triangle"),
    "symmetrical_triangle": _pattern("대칭 삼각형", "Symmetrical triangle"),
    "rising_wedge": _pattern("상승 쐐기형", "Rising wedge"),
    "falling_wedge": _pattern("하락 쐐기형", "Falling wedge"),
    "channel_up": _pattern("상승 채널", "Rising channel"),
    "channel_down": _pattern("하락 채널", "Falling channel"),
    "rectangle": _pattern("박스권", "Rectangle"),
    "resistance": _rule(
        "저항선 돌파", "Resistance broken", "종가가 저항선을 상향 돌파", "close broke above a level that had turned it back"
    ),
    "support": _rule("지지선 이탈", "Support broken", "종가가 지지선을 하향 이탈", "close broke below a level that had held"),
    "uptrend_line": _rule(
        "상승 추세선 이탈", "Uptrend line broken", "종가가 상승 추세선을 하향 이탈", "close broke below the line under rising lows"
    ),
    "downtrend_line": _rule(
        "하락 추세선 돌파",
        "Downtrend line broken",
        "종가가 하락 추세선을 상향 돌파",
        "close broke above the line over falling highs",
    ),
    **_harmonics("gartley", "가틀리", "Gartley"),
    **_harmonics("bat", "배트", "bat"),
    **_harmonics("butterfly", "버터플라이", "butterfly"),
    **_harmonics("crab", "크랩", "crab"),
    **_divergences("rsi", "RSI", "RSI"),
    **_divergences("macd", "MACD", "MACD"),
    **_divergences("obv", "OBV", "OBV"),
}

"""Messages about invalid conditions in Korean. ``shared.conditions`` has them in English."""

from __future__ import annotations

from typing import Final

from shared.conditions import ConditionError

KOREAN: Final[dict[str, str]] = {
    "empty": "조건이 없습니다",
    "long": "조건이 {length}자입니다. {most}자까지 쓸 수 있습니다",
    "instead": "{found} 대신 {instead} 라고 써 주세요",
    "unexpected": "여기에는 {found} 을(를) 쓸 수 없습니다",
    "unfinished": "끝에 무언가 빠졌습니다",
    "name": "{found}: 없는 지표 또는 봉 값입니다",
    "meant": "{found}: 없는 지표 또는 봉 값입니다. 혹시 {near} 인가요?",
    "parameters": "{found}: {form} 형식이 아닙니다. 예: {example}",
    "range": "{found}: {parameter} 은(는) {least} 이상 {most} 이하여야 합니다",
    "whole": "{found}: {parameter} 은(는) {least} 이상 {most} 이하의 정수여야 합니다",
    "order": "{found}: {lower} {than} {higher} 이어야 합니다",
    "function": "{found}: 없는 함수입니다. 있는 함수: {known}",
    "call": "{found} 은(는) {example} 처럼 써야 합니다",
    "arguments": "{found}: 값이 {wanted}개 필요한데 {given}개입니다. 예: {example}",
    "timeframe": "{found}: 없는 봉 주기입니다. {known} 중에서 골라 주세요",
    "magnitude": "{found}: {most} 을(를) 넘는 수입니다",
    "chained": "비교는 30 < rsi_14 < 70 처럼 한 방향으로만 이어 쓸 수 있습니다. 아니면 a < b and b > c 처럼 써 주세요",
    "number": "'{sign}' 에는 수가 필요한데, 참·거짓인 값입니다",
    "truth": "'{sign}' 에는 참·거짓인 값이 필요한데, 수입니다",
    "condition": "수만 있습니다. {example} 처럼 참·거짓이 되는 조건이어야 합니다",
    "nested": "과거를 보는 함수는 {most}겹까지만 겹칠 수 있습니다",
    "windows": "겹친 함수가 모두 합해 {most}봉보다 더 과거를 봅니다",
    "derived": "과거, 다른 봉 주기, 다른 종목, 신호의 값이 {most}개를 넘습니다",
    "bars": "{found}: {most}봉 전까지만 볼 수 있습니다",
    "window": "{found}: {sign} 의 봉 수는 1 이상 {most} 이하의 정수여야 합니다. 예: {example}",
    "unit": "{found}: {frame} 봉에서는 봉 수로 써 주세요. 예: {example}",
    "never": "{found}: 지금 봉도 {bars}봉에 들어가므로 참이 될 수 없습니다. {example} 라고 써 주세요",
    "drawdown": "{found}: 고점 대비 등락률은 0 이하이므로 참이 될 수 없습니다. {example} 라고 써 주세요",
    "direction": "{example} 처럼 방향을 써 주세요. 아래로는 below 입니다",
    "written": "{found}: 없는 지표입니다. {example} 라고 써 주세요",
    "fundamental": "{found}: 재무 정보는 없습니다. 가격과 거래량, 그것으로 계산한 값만 쓸 수 있습니다",
    "instrument": "{found}: 없는 지표 또는 봉 값입니다. 종목은 끝에 씁니다: {own}",
    "elsewhere": "{found}: 다른 종목입니다. {example} 라고 써 주세요",
    "of_close": "{found}: 이 지표는 종목의 봉에 대해서만 있습니다. 예: {example}",
    "subject": "무엇과 비교하나요? 앞에 값이 빠졌습니다. 예: rsi_14 > 30 and < 70",
    "percent": "{found}: 무엇의 비율인가요? 변화율은 'change_pct({series}, 1)', 아니면 수를 써 주세요",
    "clock": "{found}: 없는 시각입니다",
    "beside": "{found} 은(는) {series} 와만 비교할 수 있습니다",
    "useless": "{found}: {frame} 봉에서는 뜻이 없습니다. 'on {example}' 처럼 더 짧은 봉 주기를 써 주세요",
    "way": "{found} 은(는) {known} 방향으로만 나타납니다",
    "event": "{name} 뒤에는 '{found}' 을(를) 쓸 수 없습니다",
    "no_instance": "{found}: 없는 설정입니다. 있는 것: {known}",
    "fires": "{found} 은(는) {frame} 봉에는 없고 {known} 봉에만 있습니다",
    "bracket": "{found}: 봉 수 [5], 봉 주기 [1h], 종목 [^VIX, 1d] 중 하나를 써 주세요",
    "daily": "{instrument}: 다른 종목은 일봉 값만 볼 수 있습니다. {found} 대신 1d 를 써 주세요",
    "twice": "이미 다른 봉 주기나 다른 종목의 값입니다",
    "frames": "다른 부분에도 봉 주기가 필요합니다. {example} 처럼 쓰고, 나머지의 on 은 끝에 한 번만 써 주세요",
    "industry": "{found}: 업종에는 없는 값입니다. 있는 것: {known}",
    "constant": "지표나 봉 값이 없어 결과가 늘 같은 조건입니다",
    "operations": "연산이 {most}개를 넘습니다",
    "deep": "괄호가 너무 깊습니다",
    "columns": "지표가 {most}개를 넘습니다",
}


def error_text(error: ConditionError, language: str) -> str:
    """The message of an error in ``language``. Not escaped."""
    return KOREAN[error.code].format(**error.values) if language == "ko" else error.message

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
    "function": "{found}: 없는 함수입니다. prev(x), crosses_above(a, b), crosses_below(a, b) 만 있습니다",
    "call": "{found} 은(는) {example} 처럼 써야 합니다",
    "arguments": "{found}: 값이 {wanted}개 필요한데 {given}개입니다",
    "timeframe": "{found}: 없는 봉 주기입니다. {known} 중에서 골라 주세요",
    "magnitude": "{found}: {most} 을(를) 넘는 수입니다",
    "chained": "비교는 이어 쓸 수 없습니다. a < b and b < c 처럼 써 주세요",
    "number": "'{sign}' 에는 수가 필요한데, 참·거짓인 값입니다",
    "truth": "'{sign}' 에는 참·거짓인 값이 필요한데, 수입니다",
    "condition": "수만 있습니다. close > 100 처럼 참·거짓이 되는 조건이어야 합니다",
    "past": "한 봉 전까지만 볼 수 있습니다: {outer} 안에는 {sign} 을(를) 쓸 수 없습니다",
    "constant": "지표나 봉 값이 없어 결과가 늘 같은 조건입니다",
    "operations": "연산이 {most}개를 넘습니다",
    "deep": "괄호가 너무 깊습니다",
    "columns": "지표가 {most}개를 넘습니다",
}


def error_text(error: ConditionError, language: str) -> str:
    """The message of an error in ``language``. Not escaped."""
    return KOREAN[error.code].format(**error.values) if language == "ko" else error.message

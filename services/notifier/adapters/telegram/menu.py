"""The command menu that Telegram shows to users."""

from __future__ import annotations

from typing import Final

MENU: Final = (
    ("price", "현재가 · Price"),
    ("watch", "관심 종목 등록 · Watch"),
    ("unwatch", "관심 종목 해제 · Unwatch"),
    ("list", "관심 종목 · Watchlist"),
    ("signals", "최근 신호 · Latest signals"),
    ("alert", "조건 알림 만들기 · Alert on a condition"),
    ("alerts", "내 조건 알림 · Your alerts"),
    ("unalert", "조건 알림 삭제 · Remove an alert"),
    ("explain", "조건 설명 · What a condition means"),
    ("backtest", "조건 백테스트 · Backtest a condition"),
    ("industry", "산업별 흐름 · Industries"),
    ("quality", "신호의 과거 기록 · What followed past signals"),
    ("rules", "신호 종류 · Rule types"),
    ("mute", "잠시 끄기 · Mute"),
    ("settings", "설정 · Settings"),
    ("lang", "언어 · Language"),
    ("status", "상태 · Status"),
    ("help", "도움말 · Help"),
)

"""Alerts on conditions that people wrote: what they ask, how much they may ask, and who hears of a signal."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from shared.conditions import Condition, identity
from shared.events import Signal

RULE: Final = "condition"
"""``Signal.rule`` of signals that a condition fired."""
AT_CLOSE: Final = "once_per_bar_close"
FORMING: Final = "once_per_bar"
MAX_PER_CHAT: Final = 20
MAX_TOTAL: Final = 5_000
MAX_EXTRA_PER_CHAT: Final = 10
"""Indicators that run for one chat's conditions alone."""
MAX_EXTRA_TOTAL: Final = 64

Scope = Literal["symbols", "industry", "watched"]
_FREQUENCY: Final = re.compile(rf"^({AT_CLOSE}|{FORMING})\s+", re.IGNORECASE)
_FOR: Final = re.compile(r"\sfor\s", re.IGNORECASE)
_INDUSTRY: Final = re.compile(r"^(?:industry|업종)\s*:\s*", re.IGNORECASE)


class ParsedCondition(msgspec.Struct, frozen=True, tag="parsed"):
    """What a text says."""

    text: str
    """The normal form."""
    timeframe: str
    extra: tuple[str, ...]
    """A column of each indicator that runs for it alone."""

    @property
    def id(self) -> str:
        """Names the condition for ever."""
        return identity(self.text)


class RefusedCondition(msgspec.Struct, frozen=True, tag="refused"):
    """Why a text is no condition: the fields of ``ConditionError``."""

    code: str
    text: str
    position: int
    values: dict[str, str | int]


@dataclass(frozen=True)
class ConditionAlert:
    """A condition that a chat wants to be told about, and for which instruments."""

    channel: str
    chat_id: str
    number: int
    """What the chat calls it; 0 before it has been stored."""
    condition_id: str
    text: str
    """The condition's normal form."""
    timeframe: str
    frequency: str = AT_CLOSE
    scope: Scope = "watched"
    targets: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    """A column of each indicator that runs for it alone."""
    enabled: bool = True
    thread_id: int = 0
    """The topic that it goes to: the one in which it was made."""

    def is_equivalent(self, other: ConditionAlert) -> bool:
        """Whether both ask the same for the same topic."""
        return (self.condition_id, self.frequency, self.scope, set(self.targets), self.thread_id) == (
            other.condition_id,
            other.frequency,
            other.scope,
            set(other.targets),
            other.thread_id,
        )

    def covers(self, symbol: str, watched: Collection[str] | None, industries: Collection[str]) -> bool:
        """Whether the symbol is meant; ``watched`` is the address's list (None: everything), ``industries`` are the symbol's."""
        if self.scope == "watched":
            return watched is None or symbol in watched
        return symbol in self.targets if self.scope == "symbols" else not set(industries).isdisjoint(self.targets)


@dataclass(frozen=True)
class AlertRequest:
    """An /alert, taken apart."""

    condition: str
    frequency: str
    names: str
    """The instruments as they were named; empty: the watchlist."""
    industry: str
    """The industry as it was named, or empty."""


def parse_alert(line: str) -> AlertRequest:
    """What follows /alert: perhaps a frequency, a condition, perhaps ``for`` and instruments or ``industry:NAME``.

    >>> parse_alert("rsi_14 < 30 on 1h for AAPL, 삼성전자")
    AlertRequest(condition='rsi_14 < 30 on 1h', frequency='once_per_bar_close', names='AAPL, 삼성전자', industry='')
    """
    frequency = _FREQUENCY.match(line)
    rest = line[frequency.end() :] if frequency else line
    separators = [*_FOR.finditer(rest)][-1:]
    condition, names = (rest[: separators[0].start()], rest[separators[0].end() :]) if separators else (rest, "")
    condition, names = condition.strip(), names.strip()
    named = _INDUSTRY.match(names)
    return AlertRequest(
        condition,
        frequency[1].lower() if frequency else AT_CLOSE,
        "" if named else names,
        names[named.end() :] if named else "",
    )


def extra_columns(condition: Condition) -> tuple[str, ...]:
    """A column of each indicator that runs for the condition alone."""
    return tuple(wanted.column for wanted in condition.indicators if not wanted.running)


def refusal(mine: Sequence[ConditionAlert], count: int, in_use: Collection[str], requested: ConditionAlert) -> str | None:
    """Why one more alert is too much: the name of a phrase; None where it is not. ``count`` and ``in_use`` are of all chats."""
    if len(mine) >= MAX_PER_CHAT:
        return "alert_full"
    if len({column for alert in (*mine, requested) for column in alert.extra}) > MAX_EXTRA_PER_CHAT:
        return "alert_extra"
    fresh = set(requested.extra) - set(in_use)
    if count >= MAX_TOTAL or (fresh and len(in_use) + len(fresh) > MAX_EXTRA_TOTAL):
        return "alert_busy"
    return None


def is_recipient(
    alert: ConditionAlert, signal: Signal, watched: Collection[str] | None, industries: Mapping[str, Collection[str]]
) -> bool:
    """Whether a signal of this condition is for the owner of the alert."""
    if not alert.enabled or (signal.provisional and alert.frequency != FORMING):
        return False
    return alert.covers(signal.symbol, watched, industries.get(signal.symbol, ()))

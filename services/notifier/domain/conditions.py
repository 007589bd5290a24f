"""Alerts on user conditions: parsing of /alert, limits, and which owners receive a signal."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import msgspec

from shared.conditions import identity
from shared.conditions.user_limits import MAX_PER_OWNER, exceeded
from shared.events import Signal

RULE: Final = "condition"
"""``Signal.rule`` of signals that a user condition fired."""
AT_CLOSE: Final = "once_per_bar_close"
FORMING: Final = "once_per_bar"
ONCE: Final = "once"
FREQUENCIES: Final = (AT_CLOSE, FORMING, ONCE)
"""At every close of a bar, on forming bars too, or at the next close alone."""

FLOOD_MOST: Final = 15
FLOOD_SPAN: Final = 180_000
"""An alert that is sent more than ``FLOOD_MOST`` times in this many milliseconds stops itself, as on TradingView."""

Scope = Literal["symbols", "industry", "watched"]
_FREQUENCY: Final = re.compile(rf"^({AT_CLOSE}|{FORMING}|{ONCE})\s+", re.IGNORECASE)
_FOR: Final = re.compile(r"\sfor\s", re.IGNORECASE)
_DURATION: Final = re.compile(
    r"(?:(?:the|at|least|last|past) ){0,3}(?:\d{1,4}|two|three|four|five|six|seven|eight|nine|ten) ?(?:consecutive |straight )?"
    r"(?:bars?|candles?|days?|weeks?|hours?|minutes?|months?|sessions?|봉|일)\b"
)
"""What makes ``for 3 bars`` a part of the condition."""
_ASKING: Final = (
    "scan",
    "scanning",
    "look",
    "looking",
    "search",
    "searching",
    "screen",
    "screening",
    "filter",
    "watching",
    "watch",
)
_INDUSTRY: Final = re.compile(r"^(?:industry|산업|업종)\s*:\s*", re.IGNORECASE)


class ParsedCondition(msgspec.Struct, frozen=True, tag="parsed"):
    """A valid condition."""

    text: str
    """The normal form."""
    timeframe: str
    extra: tuple[str, ...]
    """A column of each indicator that is computed only because the condition needs it."""
    words: dict[str, str]
    """What it means in words, by language."""

    @property
    def id(self) -> str:
        """The permanent id of the condition."""
        return identity(self.text)


class InvalidCondition(msgspec.Struct, frozen=True, tag="refused"):
    """An invalid condition: the fields of ``ConditionError``."""

    code: str
    text: str
    position: int
    values: dict[str, str | int]


@dataclass(frozen=True)
class ConditionAlert:
    """A chat's alert: a condition and the instruments that it applies to."""

    channel: str
    chat_id: str
    number: int
    """Its number within the chat; 0 before it is stored."""
    condition_id: str
    text: str
    """The condition's normal form."""
    timeframe: str
    frequency: str = AT_CLOSE
    scope: Scope = "watched"
    targets: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    """A column of each indicator that is computed only because the condition needs it."""
    enabled: bool = True
    thread_id: int = 0
    """The topic that it is sent to: the one in which it was created."""
    cooldown: int = 0
    """Milliseconds in which no second alert is sent after one."""
    expires_at: int = 0
    """When it ends; 0: never."""
    last_fired_at: int = 0
    stopped: str = ""
    """Why it is not enabled: ``paused``, ``fired`` (it was for once), ``expired``, ``flood`` or ``deleted``."""
    recent: tuple[int, ...] = ()
    """When its last alerts were sent, milliseconds, at most ``FLOOD_MOST``."""

    def is_equivalent(self, other: ConditionAlert) -> bool:
        """Whether both have the same condition, frequency, instruments and topic."""
        return (self.condition_id, self.frequency, self.scope, set(self.targets), self.thread_id) == (
            other.condition_id,
            other.frequency,
            other.scope,
            set(other.targets),
            other.thread_id,
        )

    def covers(self, symbol: str, watched: Collection[str] | None, industries: Collection[str]) -> bool:
        """Whether it applies to the symbol. ``watched``: the address's watchlist (None: all); ``industries``: the symbol's."""
        if self.scope == "watched":
            return watched is None or symbol in watched
        return symbol in self.targets if self.scope == "symbols" else not set(industries).isdisjoint(self.targets)


@dataclass(frozen=True)
class AlertRequest:
    """The parts of an /alert command."""

    condition: str
    frequency: str
    names: str
    """The instruments as the user typed them; empty means the watchlist."""
    industry: str
    """The industry as the user typed it, or empty."""


def parse_alert(line: str) -> AlertRequest:
    """Parse ``[FREQUENCY] CONDITION [for INSTRUMENTS | for industry:NAME]``, the text after /alert.

    >>> parse_alert("rsi_14 < 30 on 1h for AAPL, 삼성전자")
    AlertRequest(condition='rsi_14 < 30 on 1h', frequency='once_per_bar_close', names='AAPL, 삼성전자', industry='')
    """
    frequency = _FREQUENCY.match(line)
    rest = line[frequency.end() :] if frequency else line
    separators = [match for match in _FOR.finditer(rest) if not (_DURATION.match(rest, match.end()) or _is_request(rest, match))][
        -1:
    ]
    condition, names = (rest[: separators[0].start()], rest[separators[0].end() :]) if separators else (rest, "")
    condition, names = condition.strip(), names.strip()
    named = _INDUSTRY.match(names)
    return AlertRequest(
        condition,
        frequency[1].lower() if frequency else AT_CLOSE,
        "" if named else names,
        names[named.end() :] if named else "",
    )


def _is_request(line: str, found: re.Match[str]) -> bool:
    """``scan for stocks above``, ``an alert for when``: no instrument follows."""
    before, behind = line[: found.start()].lower(), line[found.end() :].lower()
    return before.endswith(_ASKING) or behind.startswith(("when ", "me", "stocks ", "if "))


def exceeded_limit(
    mine: Sequence[ConditionAlert], count: int, in_use: Collection[str], requested: ConditionAlert, most: int = MAX_PER_OWNER
) -> str | None:
    """The key of a phrase that says which limit a new alert exceeds, or None.

    ``count`` and ``in_use``: totals of all chats; ``most``: alerts that the chat may have.
    """
    limit = exceeded([alert.extra for alert in mine], requested.extra, count, in_use, most)
    return f"alert-{limit}" if limit else None


def is_recipient(
    alert: ConditionAlert, signal: Signal, watched: Collection[str] | None, industries: Mapping[str, Collection[str]]
) -> bool:
    """Whether the owner of the alert receives a signal of its condition."""
    if not alert.enabled or (signal.provisional and alert.frequency != FORMING):
        return False
    return alert.covers(signal.symbol, watched, industries.get(signal.symbol, ()))


def stop(alert: ConditionAlert, reason: str) -> ConditionAlert:
    """The alert, not enabled any more."""
    return replace(alert, enabled=False, stopped=reason)


def is_flooding(alert: ConditionAlert, now: int) -> bool:
    """Whether one more alert would be over ``FLOOD_MOST`` in ``FLOOD_SPAN``."""
    return sum(now - at < FLOOD_SPAN for at in alert.recent) >= FLOOD_MOST


def after_firing(alert: ConditionAlert, now: int) -> ConditionAlert:
    """The alert after it was sent at ``now``: one that was for once is stopped."""
    fired = replace(alert, last_fired_at=now, recent=(*alert.recent, now)[-FLOOD_MOST:])
    return stop(fired, "fired") if alert.frequency == ONCE else fired


def is_cooling_down(alert: ConditionAlert, now: int) -> bool:
    """Whether its last alert is too recent for another one."""
    return alert.last_fired_at > 0 and now - alert.last_fired_at < alert.cooldown

"""What a chat may choose: time zone, quiet hours, pace. Parsing, and what follows from it."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_skeleton, get_timezone_location

from services.notifier.domain.formatting import format_time
from services.notifier.domain.instruments import search_key
from services.notifier.domain.recipients import Chat
from shared.events import Timeframe

PACES: Final = ("auto", "each", "digest")
"""How alerts come: the first ones each by itself and then in digests; always each; always in digests."""
TIMEFRAMES: Final = tuple(each.value for each in Timeframe if each.row.rules != "none")
"""The timeframes that rules run on."""
BRIEFINGS: Final = ("off", "daily", "weekly", "both")
"""Which briefings come."""
ZONES: Final = (
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "UTC",
)
"""The zones that have a button."""
DEFAULT_ZONES: Final = {"ko": "Asia/Seoul", "en": "UTC"}
DAY_MINUTES: Final = 1440
_QUIET: Final = re.compile(r"^(\d{1,2})(?::(\d{2}))?\s?[-~]\s?(\d{1,2})(?::(\d{2}))?$")


def zone_of(chat: Chat) -> ZoneInfo:
    """The chat's zone; where it chose none, the usual one of its language."""
    return ZoneInfo(chat.zone if chat.zone in _names() else DEFAULT_ZONES[chat.language])


def find_zone(text: str) -> str | None:
    """The zone with this name or this city, English or Korean.

    >>> find_zone("Asia/Seoul"), find_zone("new york"), find_zone("뉴욕"), find_zone("Nowhere")
    ('Asia/Seoul', 'America/New_York', 'America/New_York', None)
    """
    return _cities().get(search_key(text)) if text.strip() else None


def city(zone: str, language: str) -> str:
    """The city of a zone in a language.

    >>> city("America/New_York", "ko"), city("UTC", "en")
    ('뉴욕', 'UTC')
    """
    return zone if zone == "UTC" else str(get_timezone_location(zone, locale=_locale(language), return_city=True))


def parse_quiet(text: str) -> tuple[int, int] | None:
    """The minutes of the day between which a chat is quiet; (-1, -1) for ``off``; None where the text says no hours.

    >>> parse_quiet("22:00-07:30"), parse_quiet("23-7"), parse_quiet("off"), parse_quiet("25-7"), parse_quiet("7-7")
    ((1320, 450), (1380, 420), (-1, -1), None, None)
    """
    if text.strip().casefold() in {"off", "끔", "해제"}:
        return -1, -1
    match = _QUIET.match(text.strip())
    if match is None:
        return None
    hours = (int(match[1]), int(match[3]))
    minutes = (int(match[2] or 0), int(match[4] or 0))
    if max(hours) > 23 or max(minutes) > 59:
        return None
    begin, end = hours[0] * 60 + minutes[0], hours[1] * 60 + minutes[1]
    return None if begin == end else (begin, end)


def parse_timeframes(text: str) -> str | None:
    """Timeframes between commas or spaces, in the order of their length; empty for ``all``; None where no rule runs on one.

    >>> parse_timeframes("1d, 1h"), parse_timeframes("all"), parse_timeframes("1d 2d"), parse_timeframes("")
    ('1h,1d', '', None, None)
    >>> parse_timeframes("5m")  # a chat with it alone would hear of nothing
    """
    words = text.replace(",", " ").split()
    if [word.casefold() for word in words] in (["all"], ["전체"], ["모두"]):
        return ""
    return ",".join(sorted(set(words), key=TIMEFRAMES.index)) if words and set(words) <= set(TIMEFRAMES) else None


def quiet_until(chat: Chat, now: int) -> int | None:
    """The end of the quiet hours that ``now`` lies in, milliseconds; None outside of them."""
    if chat.quiet_from < 0:
        return None
    zone = zone_of(chat)
    local = dt.datetime.fromtimestamp(now / 1000, zone)
    minute = local.hour * 60 + local.minute
    span = (chat.quiet_until - chat.quiet_from) % DAY_MINUTES
    if (minute - chat.quiet_from) % DAY_MINUTES >= span:
        return None
    end = local.replace(hour=chat.quiet_until // 60, minute=chat.quiet_until % 60, second=0, microsecond=0)
    if end <= local:
        end += dt.timedelta(days=1)  # wall-clock arithmetic: the end is at that time of the day
    return int(end.timestamp() * 1000)


def next_midnight(chat: Chat, now: int) -> int:
    """The beginning of the next day in the chat's zone, milliseconds."""
    local = dt.datetime.fromtimestamp(now / 1000, zone_of(chat))
    day = (local + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp() * 1000)


def local_time(ts: int, chat: Chat) -> str:
    """A time in the chat's zone and language; in UTC and in Korea where it chose no zone."""
    if chat.zone not in _names():
        return format_time(ts)
    try:
        local = dt.datetime.fromtimestamp(ts / 1000, zone_of(chat))
    except (OverflowError, ValueError, OSError):
        return "-"
    return f"{format_skeleton('yMMMEd', local, locale=_locale(chat.language))} {local:%H:%M}"


def clock_time(minute: int) -> str:
    """A minute of the day as on a clock.

    >>> clock_time(450)
    '07:30'
    """
    return f"{minute // 60:02}:{minute % 60:02}"


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=4)
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """Zones by the search keys of their names and cities; the usual zones win where two have the same city."""
    found: dict[str, str] = {}
    for zone in (*ZONES, *sorted(name for name in _names() if "/" in name and not name.startswith(("Etc/", "posix/", "right/")))):
        for name in (zone, zone.rsplit("/", 1)[-1].replace("_", " "), *(city(zone, language) for language in ("ko", "en"))):
            found.setdefault(search_key(name), zone)
    return found

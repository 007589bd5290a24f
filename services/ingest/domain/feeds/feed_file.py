"""Reads and checks the file of feeds: one JSON object a line, so that errors and changes refer to single lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from yarl import URL

from services.ingest.domain.feeds.feed import Feed, FeedError, FeedLine
from services.ingest.domain.universe import Instrument, Universe
from shared.calendars import CALENDARS
from shared.data_lines import DataLineError, convert, read_object

SYMBOL: Final = "{symbol}"
MINUTES: Final = (1.0, 1440.0)
"""Shortest and longest interval: publishers block clients that read more often."""
_SLUG: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_LONGEST: Final = {"feed": 40, "publisher": 64, "url": 500, "licence": 300, "shown": 300}


def parse_lines(lines: Iterable[str], name: str = "feeds") -> tuple[FeedLine, ...]:
    """The lines of the file.

    Raises:
        FeedError: a line is no JSON object, lacks a field, has an unknown one, or holds an invalid value.

    >>> rest = '"publisher": "A", "language": "en", "minutes": 5, "licence": "l", "shown": "s"}'
    >>> parse_lines(['{"feed": "a", "url": "ftp://a.example", ' + rest])
    Traceback (most recent call last):
    ...
    services.ingest.domain.feeds.feed.FeedError: feeds line 1: url 'ftp://a.example' is no http or https URL
    """
    found: dict[str, FeedLine] = {}
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        where = f"{name} line {number}"
        try:
            line = convert(read_object(text), FeedLine)
        except DataLineError as error:
            raise FeedError(f"{where}: {error}") from error
        _check(line, where)
        if line.feed in found:
            raise FeedError(f"{where}: feed {line.feed!r} is there twice")
        found[line.feed] = line
    return tuple(found.values())


def feeds_of(lines: Iterable[FeedLine], universe: Universe) -> tuple[Feed, ...]:
    """The feeds that the lines name, with one for each instrument where a URL has ``{symbol}``."""
    found: list[Feed] = []
    for line in lines:
        if SYMBOL not in line.url:
            found.append(_feed(line, line.feed, line.url, ()))
            continue
        for each in universe.instruments:
            if _chosen(line, each):
                url = line.url.replace(SYMBOL, quote(each.symbol, safe=""))
                found.append(_feed(line, f"{line.feed}:{each.symbol}", url, (each.symbol,)))
    return tuple(found)


def _feed(line: FeedLine, name: str, url: str, symbols: tuple[str, ...]) -> Feed:
    return Feed(
        id=name,
        line=line.feed,
        publisher=line.publisher,
        url=url,
        language=line.language,
        seconds=line.minutes * 60,
        symbols=symbols,
        zone=line.zone,
        contact=line.contact,
        body=line.body,
    )


def _chosen(line: FeedLine, instrument: Instrument) -> bool:
    kind = not line.kinds or instrument.kind in line.kinds
    return kind and (not line.exchanges or instrument.exchange in line.exchanges)


def _check(line: FeedLine, where: str) -> None:
    for field, limit in _LONGEST.items():
        value = getattr(line, field)
        if not value or value != value.strip() or len(value) > limit:
            raise FeedError(f"{where}: {field} {value!r} must have 1 to {limit} characters without spaces around them")
    if not _SLUG.issuperset(line.feed):
        raise FeedError(f"{where}: feed {line.feed!r} may have lower-case letters, digits and hyphens only")
    if not is_web_url(line.url.replace(SYMBOL, "X")):
        raise FeedError(f"{where}: url {line.url!r} is no http or https URL")
    if not MINUTES[0] <= line.minutes <= MINUTES[1]:
        raise FeedError(f"{where}: minutes {line.minutes!r} is not from {MINUTES[0]:g} to {MINUTES[1]:g}")
    if (line.kinds or line.exchanges) and SYMBOL not in line.url:
        field = "kinds" if line.kinds else "exchanges"
        raise FeedError(f"{where}: {field} {list(getattr(line, field))!r} needs {SYMBOL} in url {line.url!r}")
    for exchange in line.exchanges:
        if exchange not in CALENDARS:
            raise FeedError(f"{where}: exchanges {exchange!r} is none of {', '.join(CALENDARS)}")
    if line.zone:
        try:
            ZoneInfo(line.zone)
        except (ValueError, OSError, LookupError) as error:
            raise FeedError(f"{where}: zone {line.zone!r} is no time zone such as Asia/Seoul") from error


def is_web_url(text: str) -> bool:
    """Whether it is an absolute http or https URL with a host and without user info.

    >>> is_web_url("https://a.example/x"), is_web_url("javascript:alert(1)"), is_web_url("https://user@a.example")
    (True, False, False)
    """
    try:
        url = URL(text)
        return url.scheme in {"http", "https"} and bool(url.host) and url.raw_user is None and url.explicit_port != 0
    except ValueError:
        return False

"""A briefing in words: whole, and short enough for the caption of its picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from services.notifier.domain.briefings.closing import date_of
from services.notifier.domain.briefings.sections import Section, fitted
from services.notifier.domain.formatting import percent, price
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.preferences import city
from services.notifier.domain.rule_texts import name
from services.notifier.domain.telegram_html import CAPTION_LIMIT, TEXT_LIMIT, clean, escape
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.briefings import Briefing, BriefingGroup, BriefingMove, BriefingOutcome, BriefingSession, BriefingSignal, BriefingStory

MEMBERS: Final = 3
SIGNALS: Final = 8
OUTCOMES: Final = 5
DAY: Final = 86_400_000 - 60_000
"""A session of this length has no hours worth a line: its exchange trades around the clock."""
LONGEST_LINK: Final = 1000


def whole_text(briefing: Briefing, index: InstrumentIndex) -> str:
    """All of it as Telegram HTML; fits a message for all values."""
    return fitted(_sections(briefing, index), TEXT_LIMIT)


def caption(briefing: Briefing, index: InstrumentIndex) -> str:
    """The most important lines of each section as Telegram HTML; fits a caption for all values."""
    return fitted(_sections(briefing, index), CAPTION_LIMIT)


def _sections(briefing: Briefing, index: InstrumentIndex) -> list[Section]:
    language = briefing.language

    def headed(key: str, lines: Sequence[str], **values: object) -> Section:
        return Section(phrase(language, key, **values), tuple(lines))

    breadth, last = briefing.breadth, briefing.outcomes
    sections = [
        Section(f"📊 <b>{escape(title(briefing))}</b>", tuple(_instrument(each, index) for each in briefing.indices), kept=True)
    ]
    if breadth.median_move is not None:
        sections.append(Section(_breadth(breadth, language), tuple(_leaders(breadth, language)), kept=True))
    sections += [
        headed("brief-industries", list(map(_industry, briefing.industries))),
        headed("brief-watched", [_instrument(each, index) for each in briefing.watched]),
        headed("brief-signals", [_signal(each, language) for each in briefing.newest_signals[:SIGNALS]], count=briefing.signals),
    ]
    if last.signals:
        sections.append(Section(_outcomes(briefing), _outcome_lines(briefing), kept=True))
    sections += [
        headed("brief-stories", [_story(each, language) for each in briefing.stories]),
        headed("brief-next", [*_sessions(briefing), *_holidays(briefing)]),
    ]
    if briefing.replayed:
        sections.append(Section(phrase(language, "replayed"), kept=True))
    return [*sections, Section(phrase(language, "advice"), kept=True)]


def title(briefing: Briefing) -> str:
    """What it is about. Not escaped."""
    shown = {"market": clean(briefing.market_name, 40), "day": _day(briefing.day, briefing.language)}
    return phrase(briefing.language, f"brief-{briefing.kind}", **shown)


def _instrument(move: BriefingMove, index: InstrumentIndex) -> str:
    instrument = index.get(move.symbol)
    close = price(move.close, instrument, currency=instrument.kind != "index")
    return f"{escape(move.name, 40)} {escape(close, 40)} ({percent(move.move)})"


def _breadth(group: BriefingGroup, language: str) -> str:
    counts = {"up": group.advances, "down": group.declines, "still": group.unchanged, "missing": group.missing}
    return f"{phrase(language, 'breadth', **counts)} · {phrase(language, 'median')} {percent(group.median_move)}"


def _leaders(group: BriefingGroup, language: str) -> list[str]:
    rows = (("leaders", group.leaders), ("laggards", group.laggards))
    return [f"{phrase(language, key)}: {_list(moves)}" for key, moves in rows if moves]


def _industry(group: BriefingGroup) -> str:
    line = f"{escape(group.name, 40)} {percent(group.median_move)} (▲{group.advances} ▼{group.declines})"
    return f"{line} · {_list(group.leaders[:1])}" if group.leaders else line


def _list(moves: Sequence[BriefingMove]) -> str:
    return ", ".join(f"{escape(move.name, 32)} {percent(move.move)}" for move in moves[:MEMBERS])


def _signal(signal: BriefingSignal, language: str) -> str:
    timeframe = TIMEFRAMES[language].get(signal.timeframe, signal.timeframe)
    return f"{_fired(signal, language)} · {timeframe}: {escape(signal.record, 120)}"


def _outcome(outcome: BriefingOutcome, language: str) -> str:
    return f"{_fired(outcome, language)}: {percent(outcome.move)}"


def _outcome_lines(briefing: Briefing) -> tuple[str, ...]:
    """One line where a rule fired on several timeframes with the same outcome."""
    lines = dict.fromkeys(_outcome(each, briefing.language) for each in briefing.outcomes.newest)
    return tuple(lines)[:OUTCOMES]


def _fired(signal: BriefingSignal | BriefingOutcome, language: str) -> str:
    arrow = "▲" if signal.direction == "up" else "▼"
    return f"{arrow} {escape(signal.name, 40)} · {escape(name(signal.rule, language), 32)}"


def _outcomes(briefing: Briefing) -> str:
    found, language = briefing.outcomes, briefing.language
    heading = phrase(language, "brief-outcomes", count=found.signals)
    if not found.known:
        return f"{heading}\n{phrase(language, 'brief-outcomes-unknown')}"
    counted = {"mean": percent(found.mean_move), "favourable": found.favourable, "known": found.known}
    missing = found.signals - found.known
    more = f" · {phrase(language, 'brief-outcomes-missing', count=missing)}" if missing else ""
    return f"{heading}\n{phrase(language, 'brief-outcomes-known', **counted)}{more}"


def _story(story: BriefingStory, language: str) -> str:
    title = escape(story.title, 140)
    linked = story.url.startswith(("http://", "https://")) and len(story.url) <= LONGEST_LINK
    shown = f'<a href="{escape(story.url, LONGEST_LINK)}">{title}</a>' if linked else title
    reactions = [
        f"{escape(each.name, 32)} {phrase(language, f'brief-after-{span}', move=percent(move))}"
        for each in story.reactions[:2]
        for span, move in (("hour", each.hour), ("day", each.day))
        if move is not None
    ]
    return f"• {shown}" + (f" · {', '.join(reactions)}" if reactions else "")


def _sessions(briefing: Briefing) -> list[str]:
    return [
        phrase(
            briefing.language,
            "brief-session-early" if session.early else "brief-session",
            exchanges=", ".join(session.exchanges),
            day=_day(session.day, briefing.language),
            hours=_hours(session, briefing),
        )
        for session in briefing.sessions
        if session.close - session.open < DAY
    ]


def _hours(session: BriefingSession, briefing: Briefing) -> str:
    zone = ZoneInfo(briefing.zone)
    begin, end = (dt.datetime.fromtimestamp(each / 1000, zone) for each in (session.open, session.close))
    later = "" if end.date() == begin.date() else " +1"
    return f"{begin:%H:%M}-{end:%H:%M}{later} {escape(city(briefing.zone, briefing.language), 40)}"


def _holidays(briefing: Briefing) -> list[str]:
    return [
        phrase(briefing.language, "brief-holiday", exchanges=", ".join(each.exchanges), day=_day(each.day, briefing.language))
        for each in briefing.holidays
    ]


def _day(day: int, language: str) -> str:
    return str(format_skeleton("yMMMEd", date_of(day), locale=language))

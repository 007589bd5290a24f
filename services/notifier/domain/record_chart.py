"""The picture of a record: what followed the signals of a rule at each horizon, beside any other day."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.alert_text import title
from services.notifier.domain.instruments import KnownInstrument
from services.notifier.domain.picture_data import RecordChart
from services.notifier.domain.quality_replies import RuleRecord
from services.notifier.domain.quality_text import horizon_words
from services.notifier.domain.recipients import Chat
from services.notifier.domain.rule_texts import name
from services.notifier.domain.telegram_html import clean
from services.notifier.domain.timeframe_names import TIMEFRAMES
from services.notifier.words.catalogue import phrase
from shared.events import Signal


def record_chart(records: Sequence[RuleRecord], signal: Signal, instrument: KnownInstrument, chat: Chat) -> RecordChart | None:
    """The chart of the records of one parameter set; None where there is none."""
    first = records[0].params if records else ""
    mine = sorted((each.quality for each in records if each.params == first), key=lambda quality: quality.horizon_bars)
    if not mine:
        return None
    language = chat.language
    heading = f"{name(signal.rule, language)} · {TIMEFRAMES[language][signal.timeframe]} · {title(instrument, language)}"
    return RecordChart(
        title=clean(heading, 160),
        spans=tuple(horizon_words(each, signal.timeframe, language) for each in mine),
        means=tuple(each.mean_return for each in mine),
        bases=tuple(each.base_rate for each in mine),
        names=(phrase(language, "record-after"), phrase(language, "record-any-day")),
        dark=chat.dark,
    )

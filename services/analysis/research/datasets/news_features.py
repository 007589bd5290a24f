"""Numbers of the stories of the last sessions, as they were known at the close of each bar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.datasets.embedding_components import components
from services.analysis.research.datasets.feature_names import Feature, NewsFeature
from services.analysis.research.domain.news_history import NewsHistory, NewsRecords


def news_values(history: NewsHistory, ts_close: Int64s, session: Int64s, features: Sequence[Feature]) -> dict[str, Floats]:
    """The numbers of stories of an instrument, by column: (bars,) each. ``ts_close`` and ``session``: (bars,), ascending."""
    wanted = [each for each in features if isinstance(each, NewsFeature)]
    return {each.column: _values(history, ts_close, session, each) for each in wanted}


def _values(history: NewsHistory, ts_close: Int64s, session: Int64s, feature: NewsFeature) -> Floats:
    """NaN where the window begins before stories were recorded, or before the bars.

    The window of a bar begins after the close of the session that is ``feature.sessions`` before its own, and ends with its close.
    """
    number = np.unique(session, return_inverse=True)[1]
    ends = ts_close[np.append(np.flatnonzero(np.diff(number)), len(number) - 1)]
    records = history.industry if feature.measure == "industry_count" else history.own
    known = ts_close.searchsorted(np.maximum(records["known_at"], records["first_seen"]))
    over = number.searchsorted(ends.searchsorted(records["first_seen"]) + feature.sessions)
    match feature.measure:
        case "importance":
            values = _highest(records, known, over, len(number))
        case "embedding":
            values = _mean(history, known, over, len(number), feature.component)
        case _:
            values = _sum(records, known, over, len(number))
    start = number - feature.sessions
    complete = (start >= 0) & (ends[start] >= (np.inf if history.since is None else history.since))
    return np.where(complete, values, np.nan)


def _sum(records: NewsRecords, known: Int64s, over: Int64s, bars: int, weights: Floats | None = None) -> Floats:
    """How many stories: each from the bar at which its first record was known to the bar that its window leaves.

    ``weights``: what each story counts instead of 1, by its number.
    """
    stories, first = np.unique(records["story"], return_index=True)
    begin, end = known[first], np.maximum(known[first], over[first])
    each = None if weights is None else weights[stories]
    changes = np.bincount(begin, each, bars + 1) - np.bincount(end, each, bars + 1)
    return np.cumsum(changes[:bars]).astype(np.float64)


def _mean(history: NewsHistory, known: Int64s, over: Int64s, bars: int, component: int) -> Floats:
    """The mean of a component over the stories with an embedding; NaN where there is none."""
    if history.vectors is None or not len(history.own):
        return np.full(bars, np.nan)
    values = components(history.vectors)[:, component - 1]
    has = np.isfinite(values)
    count = _sum(history.own, known, over, bars, has.astype(np.float64))
    total = _sum(history.own, known, over, bars, np.where(has, values, 0.0))
    mean = np.full(bars, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def _highest(records: NewsRecords, known: Int64s, over: Int64s, bars: int) -> Floats:
    """The highest importance of a story, as its newest record says; 0 where there is none."""
    highest = np.zeros(bars)
    until: dict[int, int] = {}
    for row in range(len(records) - 1, -1, -1):
        story, begin = int(records["story"][row]), int(known[row])
        end = min(int(over[row]), until.get(story, bars))
        until[story] = begin
        np.maximum(highest[begin:end], records["importance"][row], out=highest[begin:end])
    return highest

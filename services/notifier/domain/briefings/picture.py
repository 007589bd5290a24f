"""The picture of a briefing: the index of the last sessions, and the industries of the period."""

from __future__ import annotations

from services.notifier.domain.picture_data import BriefingChart
from services.notifier.domain.telegram_html import clean
from services.notifier.words.catalogue import phrase
from shared.briefings import Briefing


def briefing_chart(briefing: Briefing, title: str, *, dark: bool) -> BriefingChart | None:
    """The picture; None where neither an index nor an industry is known. ``title``: what it is about."""
    if len(briefing.index_closes) < 2 and not briefing.industry_moves:
        return None
    return BriefingChart(
        title=clean(title, 120),
        index=clean(briefing.indices[0].name, 60) if briefing.indices else "",
        closes=briefing.index_closes,
        industries=tuple((clean(name, 24), move) for name, move in sorted(briefing.industry_moves, key=lambda each: -each[1])),
        heading=phrase(briefing.language, "brief-picture-industries"),
        note=phrase(briefing.language, "alert-replayed") if briefing.replayed else "",
        dark=dark,
    )

"""Metrics of analysis news."""

from __future__ import annotations

from shared.metrics import counter, gauge, histogram

articles = counter(
    "analysis_news_articles_total", "Articles handled: began or joined a story, changed or repeated one.", ("outcome",)
)
published = counter("analysis_news_stories_total", "Revisions of stories acknowledged by the broker.")
indexed = gauge("analysis_news_indexed_articles", "Articles with which a new one is compared.")
batch_seconds = histogram("analysis_news_batch_seconds", "Time to handle one batch of articles.")
reactions = counter("analysis_news_reactions_total", "Revisions of stories with new reactions.")
translations = counter("analysis_news_translations_total", "Attempts to translate a story.", ("outcome",))
splits = counter("analysis_news_splits_total", "Articles split off their story by command, or refused.", ("outcome",))
event_time = gauge("analysis_news_event_time_seconds", "Newest event time of a published story, seconds since the epoch.")
removed = counter("analysis_news_removed_total", "Stories that were removed for their age, or their articles alone.", ("what",))

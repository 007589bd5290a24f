"""Metrics of analysis industries."""

from __future__ import annotations

from shared.metrics import counter, gauge, histogram

published = counter("analysis_industry_views_total", "Views of industries and markets acknowledged by the broker.")
groups = gauge("analysis_industry_groups_count", "Industries and markets that have members.")
round_seconds = histogram("analysis_industry_round_seconds", "Time to compute and publish the views that have changed.")
reads = counter("analysis_industry_past_reads_total", "Times that the daily closes of a symbol were read from the database.")
event_time = gauge("analysis_industry_event_time_seconds", "Newest event time of a published view, seconds since the epoch.")

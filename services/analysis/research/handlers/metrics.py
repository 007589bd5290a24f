"""Metrics of analysis research."""

from __future__ import annotations

from shared.metrics import counter, histogram

jobs = counter("analysis_research_jobs_total", "Answered jobs: done, or the code of the error.", ("outcome",))
seconds = histogram("analysis_research_job_seconds", "Time from the receipt of a job to its result.")
quality_runs = counter(
    "analysis_research_quality_runs_total", "Computations of the records of signal quality: done or failed.", ("outcome",)
)

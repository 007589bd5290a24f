"""Metrics of analysis research."""

from __future__ import annotations

from shared.metrics import counter, gauge, histogram

jobs = counter("analysis_research_jobs_total", "Answered jobs: done, or the code of the error.", ("outcome",))
seconds = histogram("analysis_research_job_seconds", "Time from the receipt of a job to its result.")
runs = counter("analysis_research_runs_total", "Runs that ended: done, failed, refused or cancelled.", ("kind", "state"))
run_seconds = histogram(
    "analysis_research_run_seconds", "Time from the start of a run to its result.", ("kind",), (1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)
)
queued_runs = gauge("analysis_research_queued_runs", "Runs that wait.")
quality_runs = counter("analysis_research_quality_runs_total", "Computations of signal quality: done or failed.", ("outcome",))

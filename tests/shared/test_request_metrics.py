"""Counts and times of requests, compared with those of prometheus_client's own counter and histogram."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from shared.request_metrics import BOUNDS, RequestMetrics

ROUTES = st.sampled_from(["/v1/bars", '/v1/"quoted"\n', "unmatched"])
SECONDS = st.one_of(st.floats(0, 100), st.sampled_from(BOUNDS))


@given(st.lists(st.tuples(ROUTES, st.sampled_from([200, 404, 500]), SECONDS), max_size=40))
def test_prometheus_reads_the_same(answers: list[tuple[str, int, float]]) -> None:
    theirs = CollectorRegistry()
    counter = Counter("finstage_gateway_requests", "Answered requests.", ["route", "status"], registry=theirs)
    histogram = Histogram(
        "finstage_gateway_request_seconds",
        "Time to an answer in seconds, without streams.",
        ["route"],
        registry=theirs,
        buckets=BOUNDS,
    )
    ours, found = CollectorRegistry(), RequestMetrics("gateway")
    ours.register(found)
    for route, status, seconds in answers:
        counter.labels(route, str(status)).inc()
        histogram.labels(route).observe(seconds)
        found.count(route, status)
        found.observe(route, seconds)
    assert lines(ours) == lines(theirs)


def lines(registry: CollectorRegistry) -> list[str]:
    """What Prometheus reads, without the times at which prometheus_client made its metrics."""
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]

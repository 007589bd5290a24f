"""Counts and times of answered requests, for Prometheus.

Only the event loop writes them. So they need no locks, which prometheus_client's own counters take: those cost a cached answer a
fifteenth of its time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from shared import metrics

BOUNDS: Final = metrics.SECONDS
NAMES: Final = [*map(str, BOUNDS), "+Inf"]


class RequestMetrics(Collector):
    """``finstage_SERVICE_requests_total`` by route and status, and ``finstage_SERVICE_request_seconds`` by route."""

    def __init__(self, service: str) -> None:
        self._name = f"finstage_{service}_request"
        self._requests: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(NAMES))
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def count(self, route: str, status: int) -> None:
        """Count an answer."""
        self._requests[route, status] += 1

    def observe(self, route: str, seconds: float) -> None:
        """Add the time that an answer took."""
        self._buckets[route][bisect_left(BOUNDS, seconds)] += 1
        self._seconds[route] += seconds

    def collect(self) -> Iterable[Metric]:
        requests = CounterMetricFamily(f"{self._name}s", "Answered requests.", labels=["route", "status"])
        for (route, status), total in dict(self._requests).items():
            requests.add_metric([route, str(status)], total)
        seconds = HistogramMetricFamily(f"{self._name}_seconds", "Time to an answer in seconds, without streams.", labels=["route"])
        for route, buckets in dict(self._buckets).items():
            up_to = list(zip(NAMES, accumulate(buckets), strict=True))
            seconds.add_metric([route], up_to, sum_value=self._seconds[route])
        return requests, seconds

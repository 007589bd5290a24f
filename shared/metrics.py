"""Counters, gauges and histograms named ``finstage_<service>_<what>_<unit>``, in one registry per process.

A second call with the same name returns the existing metric: tests import a module or build an app twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

REGISTRY: Final = CollectorRegistry()
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Default buckets of histograms of durations."""

_NAME: Final = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")
_known: dict[str, Any] = {}
M = TypeVar("M", Counter, Gauge, Histogram)

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)


def counter(name: str, doc: str, labels: Sequence[str] = ()) -> Counter:
    """A count that only grows; ``ingest_ticks_total`` becomes ``finstage_ingest_ticks_total``.

    Raises:
        ValueError: the name is not snake case of at least two words, or is the name of a metric of another kind.
    """
    return _metric(Counter, name, doc, labels)


def gauge(name: str, doc: str, labels: Sequence[str] = ()) -> Gauge:
    """A value that can rise and fall. Raises as ``counter``."""
    return _metric(Gauge, name, doc, labels)


def histogram(name: str, doc: str, labels: Sequence[str] = (), buckets: Sequence[float] = SECONDS) -> Histogram:
    """A distribution, by default of seconds. Raises as ``counter``."""
    return _metric(Histogram, name, doc, labels, buckets=buckets)


def render() -> tuple[bytes, str]:
    """All metrics of the process in Prometheus's text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST


def joined(rendered: Mapping[str, bytes]) -> tuple[bytes, str]:
    """The metrics of several processes as those of one, each with the label ``process``, and their content type.

    Args:
        rendered: the output of ``render`` of each process, by its name.
    """
    families: dict[str, Metric] = {}
    for process, body in rendered.items():
        for family in text_string_to_metric_families(body.decode()):
            known = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            known.samples += [each._replace(labels={**each.labels, "process": process}) for each in family.samples]
    return generate_latest(_Families(tuple(families.values()))), CONTENT_TYPE_LATEST


@dataclass(frozen=True)
class _Families(Collector):
    families: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        return self.families


def _metric(kind: type[M], name: str, doc: str, labels: Sequence[str], **more: Any) -> M:
    if not _NAME.fullmatch(name):
        raise ValueError(f"metric {name!r}: expected <service>_<what>_<unit> in lower case")
    if name not in _known:
        _known[name] = kind(f"finstage_{name}", doc, labelnames=tuple(labels), registry=REGISTRY, **more)
    found = _known[name]
    if not isinstance(found, kind):
        raise ValueError(f"metric {name!r} is a {type(found).__name__} already")  # noqa: TRY004 - the name is wrong, not a type
    return found

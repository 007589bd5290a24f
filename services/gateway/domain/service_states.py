"""Which services of the mesh run and how many messages wait for each, from what Kafka says of them.

A service runs where its consumer group has members. ``ingest`` reads nothing and has no group: what it publishes shows that it
runs. When it publishes nothing, its tape may have ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import msgspec

from services.gateway.domain.analysis_progress import SILENT_MS, AnalysisProgress
from services.gateway.domain.source_health import STALE_MS, StoredSourceHealth
from services.gateway.domain.times import Time, rfc3339

Name = Literal["ingest", "analysis-live", "analysis-industries", "analysis-research", "analysis-news", "notifier", "gateway"]
State = Literal["running", "silent", "stopped", "not_seen", "unknown"]
LIVE: Final = "analysis-live"


class ServiceState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a service runs, and how far behind it is. Null where a value is unknown."""

    name: Name
    state: State
    """``silent``: it has published nothing for 30 seconds, and that alone does not mean that it has stopped; ``not_seen``: the
    broker knows nothing of it, as of a service that is switched off; ``unknown``: the broker or the database does not answer."""
    processes: int | None
    """Processes that read; one that was killed counts until its session times out. Null where they are not counted."""
    waiting: int | None
    """Messages that it has not read yet. Null where they are not counted."""
    checked: Time | None
    """When this was last found; null: never."""


class ServiceGroup(NamedTuple):
    """A consumer group of a service, and the topic that it reads."""

    name: str
    topic: str | None
    """None: it commits no offsets."""


class GroupFinding(NamedTuple):
    """A consumer group, as last found."""

    members: int
    waiting: int | None
    """Messages that it has not read; None where it commits no offsets."""


@dataclass
class ServiceWatch:
    """What was last found about the groups of each service."""

    groups: Mapping[Name, tuple[ServiceGroup, ...]]
    """The consumer groups of each service. The members of the first one are its processes; the others are optional."""
    found: Mapping[str, GroupFinding] | None = None
    """By group, without groups that do not exist; None while it is unknown."""
    checked_at: int = 0
    """When the groups were last found, in milliseconds since the epoch; 0: never."""

    def store(self, found: Mapping[str, GroupFinding], now: int) -> None:
        """Store a finding."""
        self.found, self.checked_at = found, now

    def mark_unknown(self) -> None:
        """Record that the broker does not answer."""
        self.found = None


def unread(log: Mapping[int, tuple[int, int]], committed: Mapping[int, int]) -> int:
    """Messages from the next offset to the end: (first offset, end) and next offset by partition; without it, the first counts.

    >>> unread({0: (5, 10), 1: (0, 4), 2: (0, 2)}, {0: 3, 1: 4})
    7
    """
    return sum(max(0, end - max(first, committed.get(partition, first))) for partition, (first, end) in log.items())


def service_states(
    watch: ServiceWatch,
    progress: AnalysisProgress,
    sources: Iterable[StoredSourceHealth],
    processes: int | None,
    now: int,
) -> list[ServiceState]:
    """Each service at ``now``; ``processes``: of the gateway."""
    by_group = {name: _of_groups(name, watch) for name in watch.groups}
    live = msgspec.structs.replace(by_group.pop(LIVE), waiting=progress.backlog)  # its checkpoints count, not what it commits
    gateway = ServiceState(name="gateway", state="running", processes=processes, waiting=None, checked=rfc3339(now))
    return [_ingest(progress, sources, now), live, *by_group.values(), gateway]


def _of_groups(name: Name, watch: ServiceWatch) -> ServiceState:
    checked = _time(watch.checked_at)
    if watch.found is None:
        return ServiceState(name=name, state="unknown", processes=None, waiting=None, checked=checked)
    first, *others = (watch.found.get(group.name) for group in watch.groups[name])
    if first is None:
        return ServiceState(name=name, state="not_seen", processes=0, waiting=None, checked=checked)
    counted = [first, *(other for other in others if other is not None and other.members)]
    waiting = None if first.waiting is None else sum(each.waiting or 0 for each in counted)
    state: State = "running" if first.members else "stopped"
    return ServiceState(name=name, state=state, processes=first.members, waiting=waiting, checked=checked)


def _ingest(progress: AnalysisProgress, sources: Iterable[StoredSourceHealth], now: int) -> ServiceState:
    reported_at = max((each.updated_at for each in sources), default=0)
    state: State
    if now - progress.log_grew_at < SILENT_MS or now - reported_at < STALE_MS:
        state = "running"
    elif progress.backlog is None:
        state = "unknown"
    elif reported_at:
        state = "stopped"
    elif not progress.end:
        state = "not_seen"
    else:  # a tape that has ended looks like an ingest that has stopped; a log is seen to grow only after some time
        state = "silent" if progress.log_grew_at or now - progress.first_at >= SILENT_MS else "unknown"
    return ServiceState(name="ingest", state=state, processes=None, waiting=None, checked=_time(progress.measured_at))


def _time(at: int) -> str | None:
    return rfc3339(at) if at else None

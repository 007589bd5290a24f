"""Makes a cluster's topics match ``shared.topics``: creates missing topics and restores changed settings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from infra.kafka.errors import BrokerError
from infra.kafka.ready import open_admin
from shared.topics import Topic, all_topics

TIMEOUT: Final = 30.0
SET_ON_TOPIC: Final = 1
"""``config_source`` of a setting that was set on the topic itself."""


@dataclass(frozen=True)
class ClusterTopic:
    """A topic in the cluster; ``config`` holds only settings of the topic itself."""

    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True)
class TopicChanges:
    """The changes that make the cluster match the list, and the changes that are refused."""

    create: tuple[Topic[Any], ...] = ()
    configure: tuple[Topic[Any], ...] = ()
    grow: tuple[Topic[Any], ...] = ()
    lines: tuple[str, ...] = ()
    """One line per change, for the terminal."""
    refused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Topics of the cluster that are not in the list; they stay as they are."""

    @property
    def is_empty(self) -> bool:
        """Whether the cluster matches the list."""
        return not (self.create or self.configure or self.grow)


def compare_topics(wanted: Iterable[Topic[Any]], found: Mapping[str, ClusterTopic], *, grow: bool = False) -> TopicChanges:
    """Compare the list with the cluster.

    Partitions never shrink (Kafka cannot). They grow only with ``grow``, because keys then move to other partitions.
    """
    create, configure, growing, lines, refused = [], [], [], [], []
    wanted = tuple(wanted)
    for topic in wanted:
        current = found.get(topic.name)
        if current is None:
            create.append(topic)
            lines.append(f"create {topic.name}: {topic.partitions} partitions, {_format_config(topic.config)}")
            continue
        if current.partitions > topic.partitions:
            refused.append(
                f"{topic.name} has {current.partitions} partitions and should have {topic.partitions}: "
                "Kafka cannot shrink a topic. Raise the number in shared/topics.py, or delete the topic and its data by hand."
            )
        elif current.partitions < topic.partitions and not grow:
            refused.append(
                f"{topic.name} has {current.partitions} partitions and should have {topic.partitions}: growing "
                "moves keys to other partitions, away from their order and saved state. Stop the services, then: "
                "python -m infra.kafka topics --grow"
            )
        elif current.partitions < topic.partitions:
            growing.append(topic)
            lines.append(f"grow {topic.name}: {current.partitions} -> {topic.partitions} partitions")
        if dict(current.config) != topic.config:
            configure.append(topic)
            lines.append(f"configure {topic.name}: {_difference(current.config, topic.config)}")
    unknown = sorted(set(found) - {topic.name for topic in wanted})
    return TopicChanges(tuple(create), tuple(configure), tuple(growing), tuple(lines), tuple(refused), tuple(unknown))


async def make_topics(
    bootstrap: str, wanted: Iterable[Topic[Any]] | None = None, *, grow: bool = False, replicas: int | None = None
) -> TopicChanges:
    """Apply the changes and return them. ``replicas`` defaults to three, or to the number of brokers if that is less.

    Raises:
        BrokerError: no broker answers, it rejects a change, or partitions would have to shrink or grow (nothing is changed then).
    """
    async with open_admin(bootstrap) as admin:
        changes = compare_topics(all_topics() if wanted is None else wanted, await find_topics(admin), grow=grow)
        if changes.refused:
            raise BrokerError("\n".join(changes.refused))
        if changes.create:
            brokers = len((await asyncio.wait_for(admin.describe_cluster(), TIMEOUT))["brokers"])
            await _create(admin, changes.create, replicas or min(3, brokers))
        if changes.grow:
            answer = await asyncio.wait_for(
                admin.create_partitions({t.name: NewPartitions(t.partitions) for t in changes.grow}), TIMEOUT
            )
            _raise_errors(answer.to_object()["topic_errors"])
        if changes.configure:
            configs = [ConfigResource(ConfigResourceType.TOPIC, t.name, t.config) for t in changes.configure]
            for answer in await asyncio.wait_for(admin.alter_configs(configs), TIMEOUT):
                _raise_errors(answer.to_object()["resources"])
        await _wait_until_visible(admin, changes)
        return changes


async def _wait_until_visible(admin: AIOKafkaAdminClient, changes: TopicChanges) -> None:
    """Return once the brokers show the changes, which the controller has already accepted."""
    changed = (*changes.create, *changes.configure, *changes.grow)
    deadline = time.monotonic() + TIMEOUT
    while not compare_topics(changed, await find_topics(admin)).is_empty:
        if time.monotonic() > deadline:
            raise BrokerError(f"The brokers do not show the changed topics after {TIMEOUT:.0f} s")
        await asyncio.sleep(0.05)


async def find_topics(admin: AIOKafkaAdminClient) -> dict[str, ClusterTopic]:
    """The topics of the cluster by name, without Kafka's internal topics."""
    described = await asyncio.wait_for(admin.describe_topics(), TIMEOUT)
    partitions = {t["topic"]: len(t["partitions"]) for t in described if not t["topic"].startswith("__")}
    if not partitions:
        return {}
    answers = await asyncio.wait_for(
        admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in partitions]), TIMEOUT
    )
    configs: dict[str, dict[str, str]] = {}
    for answer in answers:
        resources = answer.to_object()["resources"]
        _raise_errors(resources)
        for resource in resources:
            configs[resource["resource_name"]] = {
                entry["config_names"]: entry["config_value"]
                for entry in resource["config_entries"]
                if entry["config_source"] == SET_ON_TOPIC
            }
    return {name: ClusterTopic(count, configs.get(name, {})) for name, count in partitions.items()}


async def _create(admin: AIOKafkaAdminClient, topics: Iterable[Topic[Any]], replicas: int) -> None:
    new = [NewTopic(t.name, t.partitions, replicas, topic_configs=t.config) for t in topics]
    answer = await asyncio.wait_for(admin.create_topics(new), TIMEOUT)
    _raise_errors(answer.to_object()["topic_errors"])


def _raise_errors(results: Iterable[Mapping[str, Any]]) -> None:
    """Raise BrokerError for the first result with an error."""
    for result in results:
        if result["error_code"]:
            name = result.get("topic") or result.get("resource_name")
            raise BrokerError(f"{name}: {for_code(result['error_code']).__name__} {result.get('error_message') or ''}".strip())


def _format_config(config: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(config.items()))


def _difference(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    names = sorted(key for key in {*found, *wanted} if found.get(key) != wanted.get(key))
    return ", ".join(f"{name}: {found.get(name, 'default')} -> {wanted.get(name, 'default')}" for name in names)

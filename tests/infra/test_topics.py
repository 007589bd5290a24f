from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from hypothesis import given
from hypothesis import strategies as st

from infra.kafka.errors import BrokerError
from infra.kafka.ready import open_admin
from infra.kafka.topics import ClusterTopic, compare_topics, find_topics, make_topics
from shared.topics import QUOTES, SIGNALS, TICKS, Topic, all_topics
from tests.servers import Broker
from tests.until import until

SMALL = replace(TICKS, name="creator.small.v1", partitions=2)


def as_found(topics: Iterable[Topic[Any]]) -> dict[str, ClusterTopic]:
    return {topic.name: ClusterTopic(topic.partitions, topic.config) for topic in topics}


async def change(admin: AIOKafkaAdminClient, name: str, config: dict[str, str]) -> None:
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, config)])


async def config_is(admin: AIOKafkaAdminClient, name: str, config: dict[str, str]) -> bool:
    found = (await find_topics(admin)).get(name)
    return found is not None and found.config == config


async def test_the_cluster_has_exactly_the_topics_of_the_list(kafka: Broker) -> None:
    async with open_admin(kafka.bootstrap) as admin:
        found = await find_topics(admin)
    wanted = as_found(all_topics())
    assert {name: found.get(name) for name in wanted} == wanted
    assert found[QUOTES.name].config["cleanup.policy"] == "compact"


async def test_a_second_run_changes_nothing(kafka: Broker) -> None:
    changes = await make_topics(kafka.bootstrap)
    assert changes.is_empty
    assert changes.lines == ()


async def test_changed_topic_settings_are_restored_and_reported(kafka: Broker) -> None:
    async with open_admin(kafka.bootstrap) as admin:
        changed = {"retention.ms": "1000", "compression.type": "gzip"}
        await change(admin, SIGNALS.name, changed)
        await until(lambda: config_is(admin, SIGNALS.name, changed))
        changes = await make_topics(kafka.bootstrap)
        found = await find_topics(admin)
    assert found[SIGNALS.name].config == SIGNALS.config
    (line,) = changes.lines
    assert line.startswith(f"configure {SIGNALS.name}: ")
    assert "retention.ms: 1000 -> 7776000000" in line
    assert "compression.type: gzip -> default" in line


async def test_it_refuses_to_shrink_and_touches_nothing(kafka: Broker) -> None:
    other = replace(SMALL, name="creator.other.v1")
    async with open_admin(kafka.bootstrap) as admin:
        await admin.create_topics([NewTopic(SMALL.name, 3, 1)])
        await until(lambda: config_is(admin, SMALL.name, {}))
        with pytest.raises(BrokerError, match=r"creator.small.v1 has 3 partitions and should have 2: Kafka cannot shrink"):
            await make_topics(kafka.bootstrap, [other, SMALL])
        found = await find_topics(admin)
        await admin.delete_topics([SMALL.name])
    assert found[SMALL.name] == ClusterTopic(3, {})
    assert other.name not in found


async def test_a_topic_grows_only_on_request(kafka: Broker) -> None:
    small, large = replace(SMALL, name="creator.grow.v1"), replace(SMALL, name="creator.grow.v1", partitions=5)
    await make_topics(kafka.bootstrap, [small])
    with pytest.raises(BrokerError, match="topics --grow"):
        await make_topics(kafka.bootstrap, [large])
    changes = await make_topics(kafka.bootstrap, [large], grow=True)
    async with open_admin(kafka.bootstrap) as admin:
        found = await find_topics(admin)
        await admin.delete_topics([small.name])
    assert found[large.name].partitions == 5
    assert changes.lines == ("grow creator.grow.v1: 2 -> 5 partitions",)


async def test_a_typing_error_makes_no_topic(kafka: Broker) -> None:
    async with open_admin(kafka.bootstrap) as admin:
        await asyncio.wait_for(admin.describe_topics(["market.tikcs.v1"]), 10)
        assert "market.tikcs.v1" not in await find_topics(admin)


async def test_an_unreachable_broker_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"No Kafka answers at 127.0.0.1:1 .*Is it started"):
        await make_topics("127.0.0.1:1")


topics = st.builds(
    Topic,
    name=st.sampled_from(["a.v1", "b.v1", "c.v1"]),
    types=st.just(()),
    key=st.just("symbol"),
    about=st.just(""),
    writers=st.just(()),
    retention_ms=st.integers(1, 5),
    cleanup=st.sampled_from(["delete", "compact"]),
    partitions=st.integers(1, 4),
)
lists = st.lists(topics, unique_by=lambda topic: topic.name)


@given(wanted=lists, current=lists, grow=st.booleans())
def test_changes_without_refusals_lead_to_the_list(wanted: list[Topic[Any]], current: list[Topic[Any]], grow: bool) -> None:
    found = as_found(current)
    changes = compare_topics(wanted, found, grow=grow)
    shrunk = [t for t in wanted if t.name in found and found[t.name].partitions > t.partitions]
    grown = [t for t in wanted if t.name in found and found[t.name].partitions < t.partitions]
    assert len(changes.refused) == len(shrunk) + (0 if grow else len(grown))
    after = found | as_found(changes.create)
    for topic in (*changes.configure, *changes.grow):
        partitions = topic.partitions if topic in changes.grow else after[topic.name].partitions
        config = topic.config if topic in changes.configure else after[topic.name].config
        after[topic.name] = ClusterTopic(partitions, config)
    if not changes.refused:
        assert {t.name: after[t.name] for t in wanted} == as_found(wanted)
        assert compare_topics(wanted, after).is_empty
    assert set(changes.unknown) == set(found) - {t.name for t in wanted}

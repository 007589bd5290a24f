"""A cache of Kafka's loaded classes. A broker starts in about half the time with it."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from pathlib import Path

from infra.kafka.errors import BrokerError
from infra.kafka.jars import Report, exclusive_lock
from infra.kafka.node import KafkaNode, free_ports
from infra.kafka.ready import wait_ready
from infra.kafka.topics import make_topics


def make_class_cache(folder: Path, report: Report) -> None:
    """Make the class cache beside the jars in ``folder`` unless it exists. Brokers also work without it."""
    with exclusive_lock(folder / "warm.lock"):
        cache = KafkaNode.cache_of(folder)
        if cache.exists():
            return
        report("Making Kafka's class cache (once, about 15 s) ...")
        for stale in folder.glob("classes-*"):
            stale.unlink()
        with tempfile.TemporaryDirectory(prefix="finstage-kafka-") as scratch:
            port, controller_port = free_ports(2)
            node = KafkaNode(Path(scratch), folder, port, controller_port)
            _record(node, cache)
        report("Done." if cache.exists() else "The class cache could not be made; Kafka will start more slowly.")


def _record(node: KafkaNode, cache: Path) -> None:
    made = cache.with_suffix(".part")
    command = node.prepare()
    with node.log.open("ab") as log:
        child = subprocess.Popen(
            [command[0], f"-XX:AOTCacheOutput={made}", *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        asyncio.run(wait_ready(node.bootstrap, alive=lambda: child.poll() is None))
        asyncio.run(make_topics(node.bootstrap))
    except BrokerError as error:
        raise BrokerError(f"Kafka did not start: {error}. Its log: {node.log.read_text(errors='replace')[-1500:]}") from error
    finally:
        child.terminate()
        try:
            child.wait(90)  # Java writes the cache when it exits
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(10)
    if made.exists():
        made.rename(cache)

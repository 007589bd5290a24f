"""A Kafka broker for the benchmark, on free ports, in a temporary folder."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.kafka.jars import fetch
from infra.kafka.jvm_class_cache import make_class_cache
from infra.kafka.node import KafkaNode, free_ports
from infra.kafka.ready import wait_ready
from infra.kafka.topics import make_topics


@contextmanager
def open_broker() -> Iterator[str]:
    """Start a broker and create all topics; yields ``host:port``."""
    jars = Path(".cache").absolute() / "kafka"
    fetch(jars, print)
    make_class_cache(jars, print)
    with tempfile.TemporaryDirectory() as folder:
        port, controller_port = free_ports(2)
        node = KafkaNode(Path(folder) / "kafka", jars, port, controller_port)
        running = node.start()
        try:
            asyncio.run(wait_ready(node.bootstrap, alive=running.alive))
            asyncio.run(make_topics(node.bootstrap))
            yield node.bootstrap
        finally:
            running.stop(10)

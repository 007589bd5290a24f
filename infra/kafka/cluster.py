"""A cluster of several nodes on one machine, for tests with replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.kafka.node import KafkaNode, RunningNode, free_ports, new_cluster_id
from infra.kafka.ready import wait_ready


def cluster_nodes(folder: Path, jars: Path, count: int = 3, heap_mb: int = 256, ports: Sequence[int] = ()) -> tuple[KafkaNode, ...]:
    """Nodes 1 to ``count`` with folders under ``folder``; ``ports`` are 2 x ``count`` (free ports if empty)."""
    ports_used = list(ports) or free_ports(2 * count)
    voters = {number: ports_used[count + number - 1] for number in range(1, count + 1)}
    return tuple(
        KafkaNode(folder / f"node-{number}", jars, ports_used[number - 1], voters[number], number, voters, heap_mb)
        for number in range(1, count + 1)
    )


@dataclass
class Cluster:
    """Running nodes; each can be killed and started again."""

    nodes: tuple[KafkaNode, ...]
    running: list[RunningNode]

    @property
    def bootstrap(self) -> str:
        """All nodes, so that clients find a running one."""
        return ",".join(node.bootstrap for node in self.nodes)

    def kill(self, number: int) -> None:
        """Kill node ``number`` (from 1) with SIGKILL."""
        self.running[number - 1].kill()

    def restart(self, number: int) -> None:
        """Start node ``number`` again; wait for it with ``wait_ready``."""
        self.running[number - 1] = self.nodes[number - 1].start()

    async def wait_ready(self, seconds: float = 90) -> None:
        """Return once all nodes have joined the cluster.

        Raises:
            BrokerError: not within ``seconds``.
        """
        await wait_ready(self.bootstrap, len(self.nodes), seconds, lambda: all(node.alive() for node in self.running))

    def stop(self) -> None:
        """Stop all nodes together, since a single node has no quorum for a clean shutdown."""
        for node in self.running:
            node.process.terminate()
        for node in self.running:
            node.stop(15)


def start_cluster(nodes: tuple[KafkaNode, ...]) -> Cluster:
    """Start all nodes; they are not ready yet.

    Raises:
        BrokerError: as ``KafkaNode.start``; then none runs.
    """
    cluster_id = new_cluster_id()
    cluster = Cluster(nodes, [])
    try:
        for node in nodes:
            cluster.running.append(node.start(cluster_id))
    except BaseException:
        cluster.stop()
        raise
    return cluster

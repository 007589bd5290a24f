"""Several nodes on one machine that replicate to each other: for tests of what a real cluster survives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.kafka.node import Node, RunningNode, free_ports, new_cluster_id
from infra.kafka.ready import wait_ready


def cluster_nodes(folder: Path, jars: Path, count: int = 3, heap_mb: int = 256, ports: Sequence[int] = ()) -> tuple[Node, ...]:
    """Nodes 1 to ``count`` with folders under ``folder``; ``ports`` are 2 x ``count`` (any free ones where empty)."""
    ports_used = list(ports) or free_ports(2 * count)
    voters = {number: ports_used[count + number - 1] for number in range(1, count + 1)}
    return tuple(
        Node(folder / f"node-{number}", jars, ports_used[number - 1], voters[number], number, voters, heap_mb)
        for number in range(1, count + 1)
    )


@dataclass
class Cluster:
    """Running nodes; each can be killed and started again."""

    nodes: tuple[Node, ...]
    running: list[RunningNode]

    @property
    def bootstrap(self) -> str:
        """All nodes, so that clients find a living one."""
        return ",".join(node.bootstrap for node in self.nodes)

    def kill(self, number: int) -> None:
        """End node ``number`` (from 1) as a power cut would."""
        self.running[number - 1].kill()

    def restart(self, number: int) -> None:
        """Start node ``number`` again; wait for it with ``wait_ready``."""
        self.running[number - 1] = self.nodes[number - 1].start()

    async def wait_ready(self, seconds: float = 90) -> None:
        """Return once all nodes are members.

        Raises:
            BrokerError: not within ``seconds``.
        """
        await wait_ready(self.bootstrap, len(self.nodes), seconds, lambda: all(node.alive() for node in self.running))

    def stop(self) -> None:
        """End all nodes: together, since one alone has no quorum to say goodbye to."""
        for node in self.running:
            node.process.terminate()
        for node in self.running:
            node.stop(15)


def start_cluster(nodes: tuple[Node, ...]) -> Cluster:
    """Start all nodes; they are not ready yet.

    Raises:
        BrokerError: as ``Node.start``; then none runs.
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

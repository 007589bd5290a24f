"""The broker on the command line: ``python -m infra.kafka fetch|start|run|stop|topics|status``."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from infra.kafka.errors import BrokerError
from infra.kafka.jars import fetch
from infra.kafka.jvm_class_cache import make_class_cache
from infra.kafka.node import KafkaNode, write_owner
from infra.kafka.ready import brokers, wait_ready
from infra.kafka.topics import make_topics
from shared.settings import MeshSettings, data_folder, read_settings


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 on success."""
    chosen, settings = _parser().parse_args(arguments), read_settings(MeshSettings)
    folder: Path = chosen.folder or data_folder(settings.var) / "kafka"
    jars: Path = chosen.jars or settings.cache / "kafka"
    node = KafkaNode(
        folder.absolute() / "node-1", jars.absolute(), chosen.port, chosen.controller_port or chosen.port + 1, heap_mb=chosen.heap
    )
    try:
        return int(COMMANDS[chosen.command](node, chosen) or 0)
    except BrokerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _print_line(text: str) -> None:
    print(text, flush=True)


def _fetch(node: KafkaNode, _: argparse.Namespace) -> None:
    fetch(node.jars, _print_line)
    make_class_cache(node.jars, _print_line)


def _start(node: KafkaNode, chosen: argparse.Namespace) -> None:
    _fetch(node, chosen)
    if owner := node.lock_holder():
        _print_line(f"The broker already runs: {node.bootstrap}, process {owner['pid']}.")
        return
    running = node.start()
    _print_line(f"Starting Kafka on {node.bootstrap} ...")
    try:
        asyncio.run(wait_ready(node.bootstrap, alive=running.alive))
    except BrokerError as error:
        running.stop()
        raise BrokerError(f"{error}. The end of {node.log}:\n{running.log_end()}") from error
    except KeyboardInterrupt:
        running.stop()
        raise
    _print_line(f"Kafka answers on {node.bootstrap} (process {running.process.pid}, log {node.log}).")


def _run(node: KafkaNode, _: argparse.Namespace) -> None:
    """Replace this process with the broker, so that a supervisor sends signals to the broker and captures its output."""
    fetch(node.jars, _print_line)
    lock_file = node.lock()
    command = node.prepare()
    write_owner(lock_file, os.getpid(), node.port)
    os.set_inheritable(lock_file.fileno(), True)
    os.execv(command[0], command)  # noqa: S606 (an argument list of our own, no shell)


def _stop(node: KafkaNode, _: argparse.Namespace) -> None:
    _print_line("Kafka is stopped." if node.stop() else "No broker runs here.")


def _topics(node: KafkaNode, chosen: argparse.Namespace) -> None:
    bootstrap = chosen.bootstrap or node.bootstrap
    changes = asyncio.run(make_topics(bootstrap, grow=chosen.grow, replicas=chosen.replicas))
    for line in changes.lines:
        _print_line(line)
    for name in changes.unknown:
        _print_line(f"leave {name}: it is not in shared/topics.py")
    _print_line(f"{len(changes.lines)} changes at {bootstrap}." if changes.lines else f"The topics at {bootstrap} are up to date.")


def _status(node: KafkaNode, chosen: argparse.Namespace) -> int:
    bootstrap = chosen.bootstrap or node.bootstrap
    count = asyncio.run(brokers(bootstrap))
    owner = node.lock_holder()
    _print_line(f"{bootstrap}: " + (f"{count} broker(s) answer" if count else "no broker answers"))
    _print_line(f"{node.folder}: " + (f"process {owner['pid']}" if owner else "no broker runs from here"))
    return 0 if count else 3


COMMANDS = {"fetch": _fetch, "start": _start, "run": _run, "stop": _stop, "topics": _topics, "status": _status}


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65_534):
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 1 to 65534")
    return int(text)


def _addresses(text: str) -> str:
    for each in text.split(","):
        host, _, port = each.strip().rpartition(":")
        if not (host and port.isascii() and port.isdecimal() and 1 <= int(port) <= 65_535):
            raise argparse.ArgumentTypeError(f"{text!r} is not host:port, or several of them between commas")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.kafka", description="The local Apache Kafka: one node that listens on 127.0.0.1."
    )
    parser.add_argument("--folder", type=Path, help="its data (default: var/current/kafka)")
    parser.add_argument("--jars", type=Path, help="jars and class cache (default: .cache/kafka)")
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("KAFKA_PORT", "9092"), help="where clients connect (KAFKA_PORT, else 9092)"
    )
    parser.add_argument("--controller-port", type=int, default=0, help="for Kafka itself (the port plus one)")
    parser.add_argument("--heap", type=int, default=384, help="Java heap in MB (384)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="fetch and check Kafka's jars, and make its class cache")
    commands.add_parser("start", help="start in the background and return when the broker answers")
    commands.add_parser("run", help="run the broker in the foreground")
    commands.add_parser("stop", help="stop the broker: SIGTERM, then SIGKILL")
    topics = commands.add_parser("topics", help="create the topics of shared/topics.py and restore changed settings")
    topics.add_argument("--bootstrap", type=_addresses, help="another cluster, host:port,...")
    topics.add_argument("--grow", action="store_true", help="let topics get more partitions (keys move: stop the services first)")
    topics.add_argument("--replicas", type=int, default=None, help="copies of each partition (3, or as many as there are brokers)")
    status = commands.add_parser("status", help="print whether a broker answers; exit code 3 when none does")
    status.add_argument("--bootstrap", type=_addresses, help="another cluster, host:port,...")
    return parser


if __name__ == "__main__":
    sys.exit(main())

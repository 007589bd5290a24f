from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.kafka import jars
from infra.kafka.__main__ import main
from infra.kafka.errors import BrokerError
from infra.kafka.node import KafkaNode, free_ports
from infra.kafka.ready import brokers, wait_ready
from tests.servers import Broker


def node_in(folder: Path, kafka_jars: Path) -> KafkaNode:
    port, controller_port = free_ports(2)
    return KafkaNode(folder, kafka_jars, port, controller_port, heap_mb=256)


async def test_a_stopped_broker_leaves_no_process_and_no_lock(kafka_jars: Path, tmp_path: Path) -> None:
    node = node_in(tmp_path, kafka_jars)
    running = node.start()
    try:
        await wait_ready(node.bootstrap, alive=running.alive)
        owner = node.lock_holder()
        assert owner == {"pid": running.process.pid, "port": node.port}
        with pytest.raises(BrokerError, match=r"already runs in "):
            node.start()
    finally:
        code = running.stop()
    assert code == 143, "a clean end after TERM"
    assert not psutil.pid_exists(owner["pid"])
    assert node.lock_holder() == {}
    assert node.stop() is False
    assert await brokers(node.bootstrap) == 0


@pytest.mark.thorough
async def test_after_a_power_cut_it_starts_with_what_was_acknowledged(own_kafka: Broker) -> None:
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

    producer = AIOKafkaProducer(bootstrap_servers=own_kafka.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    for number in range(500):
        await producer.send_and_wait("market.ticks.v1", str(number).encode(), partition=0)
    own_kafka.kill()
    await producer.stop()
    assert own_kafka.node.lock_holder() == {}, "a killed broker leaves no stale lock"
    await own_kafka.restart()
    consumer = AIOKafkaConsumer("market.ticks.v1", bootstrap_servers=own_kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        found = [int((await consumer.getone()).value or b"") for _ in range(500)]
    finally:
        await consumer.stop()
    assert found == list(range(500))


def test_a_jar_with_a_wrong_sum_is_refused(kafka_jars: Path, tmp_path: Path) -> None:
    copy = tmp_path / "jars"
    shutil.copytree(kafka_jars, copy)
    bad = jars.class_path(copy)[5]
    bad.write_bytes(bad.read_bytes() + b"x")
    node = node_in(tmp_path / "node", copy)
    with pytest.raises(BrokerError, match=f"{bad.name} is not the file that jgo.lock.toml names"):
        node.start()
    assert node.lock_holder() == {}


def test_a_missing_jar_says_how_to_fetch(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"python -m infra.kafka fetch"):
        node_in(tmp_path / "node", tmp_path / "nothing").prepare()


def test_a_taken_port_is_named(kafka_jars: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=f"Port {port} is taken"):
            KafkaNode(tmp_path, kafka_jars, port, free_ports(1)[0]).start()


def test_a_full_disk_is_named(kafka_jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 1

    monkeypatch.setattr("infra.kafka.node.disk_usage", lambda _: Full)
    with pytest.raises(BrokerError, match="Less than 300 MB are free"):
        node_in(tmp_path, kafka_jars).start()


def test_empty_folders_are_not_set_and_an_empty_port_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("VAR", "CACHE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("KAFKA_PORT", str(free_ports(1)[0]))
    assert main(["status"]) == 3
    assert f"{tmp_path}/var/kafka/node-1: no broker runs from here" in capsys.readouterr().out
    monkeypatch.setenv("KAFKA_PORT", "")
    with pytest.raises(SystemExit) as ended:
        main(["status"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith("error: argument --port: '' is no port from 1 to 65534\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "65535", "status"], "--port: '65535' is no port from 1 to 65534"),
        (["--port", "kafka", "status"], "--port: 'kafka' is no port from 1 to 65534"),
        (["status", "--bootstrap", "nonsense"], "--bootstrap: 'nonsense' is not host:port"),
        (["topics", "--bootstrap", "a:9092,b:0"], "--bootstrap: 'a:9092,b:0' is not host:port"),
        (["topics", "--bootstrap", ""], "--bootstrap: '' is not host:port"),
    ],
)
def test_an_address_that_cannot_be_is_refused(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.thorough
def test_the_command_line_starts_and_stops(kafka_jars: Path, tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "jars").symlink_to(kafka_jars)
    ports = free_ports(2)
    place = ["--folder", str(tmp_path / "kafka"), "--port", str(ports[0]), "--controller-port", str(ports[1])]

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "infra.kafka", *place, command], capture_output=True, text=True, timeout=60, check=False
        )

    try:
        started, again, topics, status = run("start"), run("start"), run("topics"), run("status")
    finally:
        stopped = run("stop")
    assert started.returncode == 0, started.stderr
    assert f"Kafka answers on 127.0.0.1:{ports[0]}" in started.stdout
    assert "already runs" in again.stdout
    assert "create market.ticks.v1: 12 partitions" in topics.stdout
    assert "1 broker(s) answer" in status.stdout
    assert stopped.stdout == "Kafka is stopped.\n"
    assert run("status").returncode == 3

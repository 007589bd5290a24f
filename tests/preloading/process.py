"""A started service: what ``subprocess.Popen`` has, without its pipes."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

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


class _Parent:
    def __init__(self) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("parent.py"))],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.changed = threading.Condition()
        self._numbers = itertools.count()
        self._ready = False
        self._pids: dict[int, int] = {}
        self._running: dict[int, Process] = {}
        threading.Thread(target=self._read, name="preloading", daemon=True).start()
        self._await(lambda: self._ready)
        atexit.register(self.close)

    def start(self, process: Process, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path) -> int:
        number = next(self._numbers)
        log.touch()
        with self.changed:
            self._running[number] = process
        where = {"log": str(log.resolve()), "folder": str(ROOT)}
        self._send({"number": number, "arguments": arguments, "environment": dict(environment), **where})
        self._await(lambda: number in self._pids)
        return self._pids[number]

    def signal(self, process: Process, number: int) -> None:
        for key, each in list(self._running.items()):
            if each is process:
                self._send({"signal": number, "number": key})

    def close(self) -> None:
        """The children end with it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with self.changed:
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            self._process.stdin.flush()

    def _await(self, condition: Any) -> None:
        due = time.monotonic() + START_SECONDS
        with self.changed:
            while not condition():
                assert self._process.poll() is None, "the preloading process has ended"
                assert time.monotonic() < due, f"no answer within {START_SECONDS} s"
                self.changed.wait(1)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = msgspec.json.decode(line, type=dict[str, int])
            with self.changed:
                if "ready" in answer:
                    self._ready = True
                elif "pid" in answer:
                    self._pids[answer["number"]] = answer["pid"]
                else:
                    self._running.pop(answer["number"]).returncode = answer["code"]
                self.changed.notify_all()


@cache
def parent() -> _Parent:
    """That of this process, started at its first use."""
    return _Parent()

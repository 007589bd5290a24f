"""supervisord as a child process: start it, send it requests, stop it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from infra.local.errors import StackError
from infra.local.programs import CHILD_GUARD, configuration
from infra.local.settings import ROOT, LocalSettings
from infra.local.terminal import FAILING

LONGEST_SOCKET: Final = 100
"""Operating systems allow about 104 characters in the path of a Unix socket."""
START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 120.0


@dataclass
class Supervisor:
    """A running supervisord."""

    process: subprocess.Popen[bytes]
    socket: Path
    pid_file: Path
    scratch: Path | None = None
    """A temporary folder for the socket if its usual path is too long; removed by ``stop``."""
    _pids: set[int] = field(default_factory=set)

    def _rpc(self) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def start(self, name: str) -> None:
        """Start one program without waiting until it runs."""
        self._rpc().startProcess(name, False)

    def start_group(self, name: str) -> None:
        """Start all programs of a group without waiting until they run."""
        self._rpc().startProcessGroup(name, False)

    def states(self) -> list[dict[str, Any]]:
        """Supervisord's state of each program: name, statename, pid, exitstatus, description.

        Raises:
            StackError: supervisord does not answer.
        """
        try:
            states = list(self._rpc().getAllProcessInfo())
        except (OSError, HTTPException) as error:
            raise StackError(f"supervisord has exited or does not answer ({error!r})") from error
        self._pids = {int(state["pid"]) for state in states} - {0}
        return states

    def remaining(self) -> set[int]:
        """Process ids of the last ``states`` result that still exist."""
        return {pid for pid in self._pids if _exists(pid)}

    def failing(self, name: str) -> bool:
        """Whether a program exited instead of starting, or supervisord has exited."""
        if not self.alive():
            return True
        return any(state["name"] == name and state["statename"] in FAILING for state in self.states())

    def alive(self) -> bool:
        """Whether the supervisord process runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Stop the services, then the broker, then supervisord."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()  # child_guard ends its programs
                self.process.wait(10)
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        if self.scratch:
            self.scratch.rmdir()


def start_supervisor(settings: LocalSettings) -> Supervisor:
    """Start supervisord without starting a program, in its own session: the terminal's Ctrl-C does not reach it.

    Raises:
        StackError: it does not answer.
    """
    runtime = settings.folder / "run"
    for folder in (runtime, settings.logs):
        folder.mkdir(parents=True, exist_ok=True)
    socket, scratch = runtime / "supervisor.sock", None
    if len(str(socket)) > LONGEST_SOCKET:
        scratch = Path(tempfile.mkdtemp(prefix="finstage-"))
        socket = scratch / "supervisor.sock"
    config = runtime / "supervisord.conf"
    config.write_text(configuration(settings, socket))
    command = [sys.executable, "-I", str(CHILD_GUARD), sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)]
    with (settings.logs / "supervisor.err").open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **settings.environment(), "FINSTAGE_RUN": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
        )
    supervisor = Supervisor(process, socket, runtime / "supervisord.pid", scratch)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(supervisor):
        if not supervisor.alive() or time.monotonic() > deadline:
            supervisor.stop()
            output = (settings.logs / "supervisor.err").read_text(errors="replace")[-1000:]
            raise StackError(f"supervisord did not start. Its output: {output or 'none'} (see {settings.logs / 'supervisor.log'})")
        time.sleep(0.05)
    return supervisor


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _answers(supervisor: Supervisor) -> bool:
    try:
        supervisor.states()
    except (StackError, Fault):
        return False
    return True

"""supervisord as a child: started, asked and ended."""

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

from infra.local.account import FAILING
from infra.local.errors import StackError
from infra.local.programs import LEASH, configuration
from infra.local.settings import ROOT, LocalSettings

LONGEST_SOCKET: Final = 100
"""Operating systems take about 104 characters as the name of a Unix socket."""
START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 120.0


@dataclass
class Supervisor:
    """A running supervisord."""

    process: subprocess.Popen[bytes]
    socket: Path
    pid_file: Path
    scratch: Path | None = None
    """A folder to remove at the end, where the socket's name would have been too long."""
    _pids: set[int] = field(default_factory=set)

    def _ask(self) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def start(self, name: str) -> None:
        """Start one program, without waiting for it."""
        self._ask().startProcess(name, False)

    def start_group(self, name: str) -> None:
        """Start all programs of a group, without waiting for them."""
        self._ask().startProcessGroup(name, False)

    def states(self) -> list[dict[str, Any]]:
        """What supervisord says about each program: name, statename, pid, exitstatus, description.

        Raises:
            StackError: supervisord does not answer.
        """
        try:
            states = list(self._ask().getAllProcessInfo())
        except (OSError, HTTPException) as error:
            raise StackError(f"supervisord is gone or does not answer ({error!r})") from error
        self._pids = {int(state["pid"]) for state in states} - {0}
        return states

    def left(self) -> set[int]:
        """Process ids of programs that were seen last and are still there."""
        return {pid for pid in self._pids if _runs(pid)}

    def failing(self, name: str) -> bool:
        """Whether a program ended instead of starting, or supervisord is gone."""
        if not self.alive():
            return True
        return any(state["name"] == name and state["statename"] in FAILING for state in self.states())

    def alive(self) -> bool:
        """Whether supervisord itself is there."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End services, then broker, then supervisord."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()  # its programs are on a leash and end with it
                self.process.wait(10)
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        if self.scratch:
            self.scratch.rmdir()


def start_supervisor(settings: LocalSettings) -> Supervisor:
    """Start supervisord with all programs known and none running, in a session of its own: Ctrl-C reaches it through us alone.

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
    command = [sys.executable, "-I", str(LEASH), sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)]
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
            said = (settings.logs / "supervisor.err").read_text(errors="replace")[-1000:]
            raise StackError(f"supervisord did not start. It said: {said or 'nothing'} (see {settings.logs / 'supervisor.log'})")
        time.sleep(0.05)
    return supervisor


def _runs(pid: int) -> bool:
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

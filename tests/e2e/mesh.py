"""The services as processes of their own, as an operator runs them, against the suite's servers."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.reference_sequences import FOLLOWED
from tests.preloading.process import Process


@dataclass
class Program:
    """One process; what it writes goes to ``log``."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.process = Process(self.arguments, {**os.environ, **self.environment}, self.log)

    def running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 40) -> int:
        """SIGTERM, and the exit code."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.arguments} did not stop within {seconds} s; its log: {self.tail()}") from None

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def follow(database_url: str, log: Path) -> None:
    """The operator has the sequences of the reference followed."""
    for chain in FOLLOWED:
        command = "services.analysis.sequences", "add", chain.text
        code = Process(command, {**os.environ, "DATABASE_URL": database_url}, log).wait(60)
        assert code == 0, log.read_text()


@dataclass
class Mesh:
    """Starts programs with one environment; remembers them all."""

    folder: Path
    environment: Mapping[str, str]
    programs: dict[str, Program] = field(default_factory=dict)

    def start(self, name: str, *arguments: str, **environment: str) -> Program:
        program = Program(arguments, {**self.environment, "INSTANCE": name, **environment}, self.folder / f"{name}.log")
        self.programs[name] = program
        return program

    def revive(self) -> None:
        """Restarts processes that have ended, as the supervisor does."""
        for program in self.programs.values():
            if not program.running():
                program.start()

    def check(self) -> None:
        """Fail, with its log, if a program has ended."""
        for name, program in self.programs.items():
            assert program.running(), f"{name} ended with {program.process.returncode}:\n{program.tail()}"


@contextmanager
def open_mesh(folder: Path, bootstrap: str, database_url: str, **environment: str) -> Iterator[Mesh]:
    """A mesh without programs yet; whatever is started ends with the block."""
    common = {
        "KAFKA_BOOTSTRAP": bootstrap,
        "DATABASE_URL": database_url,
        "PROBE_PORT": "0",
        "VAR": str(folder),
        "LOG_LEVEL": "info",
        "SOURCE": "replay",
        **environment,
    }
    mesh = Mesh(folder, common)
    try:
        yield mesh
    except BaseException:
        for name, program in mesh.programs.items():
            print(f"--- {name}\n{program.tail(12)}")
        raise
    finally:
        for program in mesh.programs.values():
            if program.running():
                program.kill()

"""The whole mesh on this machine: ``python -m infra.local run|prepare|stop|status``. ``make run`` is the usual way in."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from infra.kafka.errors import BrokerError
from infra.local.account import say
from infra.local.errors import StackError
from infra.local.prepare import make_folder, prepare
from infra.local.settings import ROOT, LocalSettings
from infra.local.stack import run_stack

STOP_SECONDS = 150.0


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 when it did what it says."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="The whole mesh on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="prepare what is missing, start everything, stop it on Ctrl-C")
    commands.add_parser("prepare", help="fetch Kafka, build the page, compile; start nothing")
    commands.add_parser("stop", help="end a run that goes on in another terminal")
    commands.add_parser("status", help="say whether it runs; exit code 3 when it does not")
    chosen = parser.parse_args(arguments).command
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that what is under way cleans up
    os.chdir(ROOT)
    try:
        return COMMANDS[chosen](LocalSettings())
    except ValidationError as error:
        first = error.errors()[0]
        where = f"{str(first['loc'][0]).upper()}: {first['msg']} (it is {first['input']!r})" if first["loc"] else first["msg"]
        print(f"error: {where}", file=sys.stderr)
        return 1
    except (BrokerError, StackError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted before anything ran.")
        return 130


def _run(settings: LocalSettings) -> int:
    began = time.monotonic()
    make_folder(settings)
    with only_run(settings):
        say("Finstage: checking what is needed ...")
        prepare(settings, say)
        say("Starting:")
        return asyncio.run(run_stack(settings, began))


def _prepare(settings: LocalSettings) -> int:
    prepare(settings, say)
    say("Everything that a run needs is here.")
    return 0


def _stop(settings: LocalSettings) -> int:
    owner = running(settings)
    if not owner:
        say("Nothing runs from this checkout.")
        return 0
    say(f"Stopping process {owner.pid} ...")
    os.kill(owner.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while running(settings) == owner:
        if time.monotonic() > deadline:
            raise StackError(f"Process {owner.pid} did not end within {STOP_SECONDS:.0f} s. Look at it: ps -fp {owner.pid}")
        time.sleep(0.1)
    say("Stopped.")
    return 0


def _status(settings: LocalSettings) -> int:
    owner = running(settings)
    say(f"Finstage runs (process {owner.pid}): {owner.address}" if owner else "Nothing runs from this checkout.")
    return 0 if owner else 3


COMMANDS = {"run": _run, "prepare": _prepare, "stop": _stop, "status": _status}


@contextmanager
def only_run(settings: LocalSettings) -> Iterator[None]:
    """Hold this checkout for one run; the operating system frees it however we end.

    Raises:
        StackError: another run holds it.
    """
    path = _lock(settings)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = Owner.parse(path.read_text())
            raise StackError(
                f"Finstage runs already from this checkout (process {owner.pid}): "
                f"{owner.address}. Stop it with Ctrl-C in its terminal, or with: make stop"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()} http://{settings.host}:{settings.port}")
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


class Owner(NamedTuple):
    """The run that holds this checkout."""

    pid: int
    address: str
    """Of its page."""

    @classmethod
    def parse(cls, text: str) -> Owner:
        """What ``only_run`` wrote; process 0 while it is still being written."""
        pid, _, address = text.partition(" ")
        return cls(int(pid or 0), address)


def running(settings: LocalSettings) -> Owner | None:
    """The run of this checkout, or None."""
    path = _lock(settings)
    if not path.exists():
        return None
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Owner.parse(file.read())
    return None


def _lock(settings: LocalSettings) -> Path:
    return settings.folder / "run.lock"


if __name__ == "__main__":
    sys.exit(main())

"""The whole mesh on this machine: ``python -m infra.local run|prepare|stop|status``. ``make run`` is the usual way in."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from infra.kafka.errors import BrokerError
from infra.local.account import say
from infra.local.data import make_folder, move_earlier, writing
from infra.local.errors import StackError
from infra.local.prepare import prepare
from infra.local.runs import Owner, elsewhere, only_run, running
from infra.local.settings import ROOT, LocalSettings
from infra.local.stack import require_ports, run_stack

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
    with writing(settings.root):
        settings.root.mkdir(parents=True, exist_ok=True)
    with only_run(settings):
        say("Finstage: checking what is needed ...")
        require_ports(settings)
        move_earlier(settings.root, say)
        prepare(settings, say)
        make_folder(settings)
        say("Starting:")
        return asyncio.run(run_stack(settings, began))


def _prepare(settings: LocalSettings) -> int:
    prepare(settings, say)
    say("Everything that a run needs is here.")
    return 0


def _stop(settings: LocalSettings) -> int:
    root, owner = _one(settings)
    if owner is None:
        say(_nothing(settings))
        return 0
    say(f"Stopping process {owner.pid} with its data in {root} ...")
    os.kill(owner.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while running(root) == owner:
        if time.monotonic() > deadline:
            raise StackError(f"Process {owner.pid} did not end within {STOP_SECONDS:.0f} s. Look at it: ps -fp {owner.pid}")
        time.sleep(0.1)
    say("Stopped.")
    return 0


def _status(settings: LocalSettings) -> int:
    root, owner = _one(settings)
    say(f"Finstage runs (process {owner.pid}, data in {root}): {owner.address}" if owner else _nothing(settings))
    return 0 if owner else 3


def _one(settings: LocalSettings) -> tuple[Path, Owner | None]:
    """The run that is meant: the one with this VAR, or where none was named, the only one of this checkout.

    Raises:
        StackError: there are several.
    """
    if owner := running(settings.root):
        return settings.root, owner
    others = {} if "var" in settings.model_fields_set else elsewhere(settings)
    if len(others) > 1:
        raise StackError(f"Several runs have their data elsewhere. Name one: {_choices(others)}")
    return next(iter(others.items()), (settings.root, None))


def _nothing(settings: LocalSettings) -> str:
    others = elsewhere(settings)
    return f"Nothing runs with its data in {settings.root}." + (f" Elsewhere: {_choices(others)}" if others else "")


def _choices(others: Mapping[Path, Owner]) -> str:
    return ", ".join(f"VAR={root} (process {owner.pid}, {owner.address})" for root, owner in others.items())


COMMANDS = {"run": _run, "prepare": _prepare, "stop": _stop, "status": _status}


if __name__ == "__main__":
    sys.exit(main())

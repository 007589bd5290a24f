"""The whole mesh on this machine: ``python -m infra.local run|prepare|stop|status``. ``make run`` calls it."""

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
from infra.local.data_folders import explain_write_errors, make_data_folder, move_old_data
from infra.local.errors import StackError
from infra.local.ports import require_ports
from infra.local.prepare import prepare
from infra.local.run_lock import RunOwner, other_runs, run_lock, run_owner
from infra.local.settings import ROOT, LocalSettings
from infra.local.terminal import print_line
from infra.local.typed_names import require_known_names
from shared.settings import as_given

STOP_SECONDS = 150.0


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 on success."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="The whole mesh on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="prepare what is missing, start everything, stop it on Ctrl-C")
    commands.add_parser("prepare", help="fetch Kafka, build the page, compile; start nothing")
    commands.add_parser("stop", help="stop a run that was started in another terminal")
    commands.add_parser("status", help="print whether it runs; exit code 3 when it does not")
    chosen = parser.parse_args(arguments).command
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # SystemExit runs the clean-up of the current step
    os.chdir(ROOT)
    try:
        require_known_names(os.environ.get("MAKEFLAGS", ""))
        return COMMANDS[chosen](LocalSettings())
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        where = f"{as_given(LocalSettings, str(first['loc'][0]), first['input'])}: {message}" if first["loc"] else message
        print(f"error: {where}", file=sys.stderr)
        return 1
    except UnicodeDecodeError as error:
        print(f"error: the file of settings {LocalSettings.model_config['env_file']!r} is not UTF-8: {error}", file=sys.stderr)
        return 1
    except (BrokerError, StackError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print_line("\nInterrupted before anything started.")
        return 130


def _run(settings: LocalSettings) -> int:
    started_at = time.monotonic()
    with explain_write_errors(settings.root):
        settings.root.mkdir(parents=True, exist_ok=True)
    with run_lock(settings):
        print_line("Finstage: checking requirements ...")
        require_ports(settings)
        move_old_data(settings.root, print_line)
        prepare(settings, print_line)
        make_data_folder(settings)
        from infra.local.stack import run_stack  # a third of all imports, which status, stop and a refused run do without

        print_line("Starting:")
        return asyncio.run(run_stack(settings, started_at))


def _prepare(settings: LocalSettings) -> int:
    prepare(settings, print_line)
    print_line("Everything that a run needs is prepared.")
    return 0


def _stop(settings: LocalSettings) -> int:
    root, owner = _find_run(settings)
    if owner is None:
        print_line(_not_running(settings))
        return 0
    print_line(f"Stopping process {owner.pid} with its data in {root} ...")
    os.kill(owner.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while run_owner(root) == owner:
        if time.monotonic() > deadline:
            raise StackError(f"Process {owner.pid} did not end within {STOP_SECONDS:.0f} s. Inspect it: ps -fp {owner.pid}")
        time.sleep(0.1)
    print_line("Stopped.")
    return 0


def _status(settings: LocalSettings) -> int:
    root, owner = _find_run(settings)
    print_line(f"Finstage runs (process {owner.pid}, data in {root}): {owner.address}" if owner else _not_running(settings))
    return 0 if owner else 3


def _find_run(settings: LocalSettings) -> tuple[Path, RunOwner | None]:
    """The run to act on: the one with this VAR, or if VAR is not set, the only one of this checkout.

    Raises:
        StackError: VAR is not set and several runs exist.
    """
    if owner := run_owner(settings.root):
        return settings.root, owner
    others = {} if "var" in settings.model_fields_set else other_runs(settings)
    if len(others) > 1:
        raise StackError(f"Several runs have their data elsewhere. Name one: {_choices(others)}")
    return next(iter(others.items()), (settings.root, None))


def _not_running(settings: LocalSettings) -> str:
    others = other_runs(settings)
    return f"Nothing runs with its data in {settings.root}." + (f" Elsewhere: {_choices(others)}" if others else "")


def _choices(others: Mapping[Path, RunOwner]) -> str:
    return ", ".join(f"VAR={root} (process {owner.pid}, {owner.address})" for root, owner in others.items())


COMMANDS = {"run": _run, "prepare": _prepare, "stop": _stop, "status": _status}


if __name__ == "__main__":
    sys.exit(main())

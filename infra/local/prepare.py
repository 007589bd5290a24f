"""Everything that has to be there before the first process starts. Each step does nothing when it was done before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, cast

from infra.kafka.jars import fetch
from infra.kafka.warm import warm
from infra.local.errors import StackError
from infra.local.page import build_page
from infra.local.settings import ROOT, LocalSettings
from shared.settings import EXIT_BAD_SETTINGS

Say = Callable[[str], None]
PATIENCE_SECONDS: Final = 4.0
LIMIT_SECONDS: Final = 1800.0
"""Compiling takes about two minutes of two cores, and many times that on a machine with other work."""


def prepare(settings: LocalSettings, say: Say) -> None:
    """See whether the settings can work; fetch Kafka and build the page, while the kernels are compiled.

    Raises:
        StackError: SOURCE, TAPE, SPEED or the database do not fit together, or a step failed.
        BrokerError: Kafka could not be fetched.
    """
    with ExitStack() as stack:
        checking = stack.enter_context(running(settings, "services.ingest", "check"))
        compiling = [stack.enter_context(running(settings, "services.analysis", part)) for part in ("compile-patterns", "compile")]
        finish(checking)
        fetch(settings.cached / "kafka", say)
        warm(settings.cached / "kafka", say)
        build_page(say)
        with telling(say, "Making the machine code of the indicators ready (compiled once, which takes about two minutes) ..."):
            for each in compiling:
                finish(each)


@contextmanager
def telling(say: Say, what: str) -> Iterator[None]:
    """Say ``what`` only when the block takes so long that somebody wonders."""
    timer = threading.Timer(PATIENCE_SECONDS, say, (what,))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def migrate(settings: LocalSettings) -> None:
    """Bring the database's tables up to date.

    Raises:
        StackError: the migration failed.
    """
    call(settings, "shared.migrations", "upgrade")


def call(settings: LocalSettings, module: str, *arguments: str) -> None:
    """Run ``python -m module arguments`` to its end in the environment of the services.

    Raises:
        StackError: it failed; the message holds its last words.
    """
    with running(settings, module, *arguments) as process:
        finish(process)


@contextmanager
def running(settings: LocalSettings, module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``python -m module arguments`` in the environment of the services; what it prints is kept for ``finish``."""
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, **settings.environment()}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()  # nothing, where it has ended
        process.wait()


def finish(process: subprocess.Popen[str]) -> None:
    """Wait for its end.

    Raises:
        StackError: it refused its settings, failed, or took longer than ``LIMIT_SECONDS``; the message holds what it printed.
    """
    command = " ".join(["python", *cast("list[str]", process.args)[1:]])
    try:
        printed, _ = process.communicate(timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise StackError(f"{command} did not end within {LIMIT_SECONDS:g} s") from None
    errors = [line.removeprefix("error: ") for line in printed.splitlines() if line.startswith("error: ")]
    if process.returncode == EXIT_BAD_SETTINGS and errors:
        raise StackError("\n".join(errors))
    if process.returncode != 0:
        raise StackError(f"{command} failed:\n{printed.strip()[-1500:]}")

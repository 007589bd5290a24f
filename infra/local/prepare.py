"""Everything that has to be there before the first process starts. Each step does nothing when it was done before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, cast

from infra.kafka.jars import fetch
from infra.kafka.warm import warm
from infra.local.errors import StackError
from infra.local.page import build_page
from infra.local.settings import ROOT, LocalSettings

Say = Callable[[str], None]
PATIENCE_SECONDS: Final = 4.0
LIMIT_SECONDS: Final = 600.0


def prepare(settings: LocalSettings, say: Say) -> None:
    """Fetch Kafka and build the page, while the kernels are compiled.

    Raises:
        StackError: a step failed.
        BrokerError: Kafka could not be fetched.
    """
    call(settings, "services.ingest", "check")  # a wrong SOURCE, SPEED or TAPE is told before anything starts
    make_folder(settings)
    compiling = begin(settings, "services.analysis", "compile")
    try:
        fetch(settings.folder / "kafka" / "jars", say)
        warm(settings.folder / "kafka" / "jars", say)
        build_page(settings.folder, say)
        with telling(say, "Making the machine code of the indicators ready (compiled once, which takes up to a minute) ..."):
            finish(compiling)
    finally:
        compiling.kill()  # nothing, where it has ended
        compiling.wait()


def make_folder(settings: LocalSettings) -> None:
    """Make the folder that everything is written to.

    Raises:
        StackError: it cannot be made.
    """
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(f"cannot write into {settings.folder}: {error.strerror}; name another folder with VAR=...") from error


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
    finish(begin(settings, module, *arguments))


def begin(settings: LocalSettings, module: str, *arguments: str) -> subprocess.Popen[str]:
    """Start ``python -m module arguments`` in the environment of the services; what it says is kept for ``finish``."""
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, **settings.environment()}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    """Wait for its end.

    Raises:
        StackError: it failed, or took longer than ten minutes; the message holds its last words.
    """
    command = " ".join(["python", *cast("list[str]", process.args)[1:]])
    try:
        said, _ = process.communicate(timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise StackError(f"{command} did not end within {LIMIT_SECONDS:g} s") from None
    if process.returncode != 0:
        raise StackError(f"{command} failed:\n{said.strip()[-1500:]}")

"""Everything that has to be there before the first process starts. Each step does nothing when it was done before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from infra.kafka.jars import fetch
from infra.kafka.warm import warm
from infra.local.errors import StackError
from infra.local.page import build_page
from infra.local.settings import ROOT, LocalSettings

Say = Callable[[str], None]
PATIENCE_SECONDS: Final = 4.0


def prepare(settings: LocalSettings, say: Say) -> None:
    """Fetch Kafka, build the page, compile the kernels.

    Raises:
        StackError: a step failed.
        BrokerError: Kafka could not be fetched.
    """
    call(settings, "services.ingest", "check")  # a wrong SOURCE, SPEED or TAPE is told before anything starts
    make_folder(settings)
    fetch(settings.folder / "kafka" / "jars", say)
    warm(settings.folder / "kafka" / "jars", say)
    build_page(settings.folder, say)
    with telling(say, "Making the machine code of the indicators ready (compiled once, which takes up to a minute) ..."):
        call(settings, "services.analysis", "compile")


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
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, **settings.environment()}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        words = (done.stdout + done.stderr).strip()[-1500:]
        raise StackError(f"python -m {module} {' '.join(arguments)} failed:\n{words}")

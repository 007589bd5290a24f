"""Prepares what a run needs before its first process starts. A step that is already done does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, cast

from infra.kafka.jars import Report, fetch
from infra.kafka.jvm_class_cache import make_class_cache
from infra.local.errors import StackError
from infra.local.kernel_stamp import kernel_stamp
from infra.local.settings import ROOT, LocalSettings
from infra.local.web_page import build_page
from shared.settings import EXIT_BAD_SETTINGS

REPORT_AFTER_SECONDS: Final = 4.0
LIMIT_SECONDS: Final = 600.0
"""Compiling takes about two minutes of two cores, and many times that on a machine with other work."""


def prepare(settings: LocalSettings, report: Report) -> None:
    """Check the settings, fetch Kafka and build the page while the kernels compile.

    Raises:
        StackError: SOURCE, TAPE, SPEED and the database contradict each other, or a step failed.
        BrokerError: Kafka could not be fetched.
    """
    with ExitStack() as stack:
        checking = stack.enter_context(start_process(settings, "services.ingest", "check"))
        stamp = kernel_stamp(settings.cache_folder)
        compiling = [
            stack.enter_context(start_process(settings, "services.analysis", part))
            for part in ("compile-patterns", "compile")
            if not stamp.exists()
        ]
        wait_process(checking)
        fetch(settings.cache_folder / "kafka", report)
        make_class_cache(settings.cache_folder / "kafka", report)
        build_page(report)
        with report_if_slow(report, "Compiling the indicators (once, about two minutes) ..."):
            for each in compiling:
                wait_process(each)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()


@contextmanager
def report_if_slow(report: Report, what: str) -> Iterator[None]:
    """Report ``what`` if the block takes longer than ``REPORT_AFTER_SECONDS``."""
    timer = threading.Timer(REPORT_AFTER_SECONDS, report, (what,))
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
    run_process(settings, "shared.migrations", "upgrade")


def store_records(settings: LocalSettings) -> None:
    """Save the records of the tape's history before its start, unless there are records already.

    Raises:
        StackError: it failed.
    """
    if settings.source == "replay":
        run_process(settings, "services.analysis", "research", "quality", "--store", "--tape", settings.tape)


def run_process(settings: LocalSettings, module: str, *arguments: str) -> None:
    """Run ``python -m module arguments`` in the environment of the services and wait until it exits.

    Raises:
        StackError: it failed; the message holds the end of its output.
    """
    with start_process(settings, module, *arguments) as process:
        wait_process(process)


@contextmanager
def start_process(settings: LocalSettings, module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start ``python -m module arguments`` with the services' environment; its output is captured. Leaving kills it."""
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, **settings.environment()}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()  # no effect if it has exited
        process.wait()


def wait_process(process: subprocess.Popen[str]) -> None:
    """Wait until the process exits.

    Raises:
        StackError: it rejected its settings, failed, or took longer than ``LIMIT_SECONDS``; the message holds its output.
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

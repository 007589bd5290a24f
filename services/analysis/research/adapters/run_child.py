"""The process that does runs: takes tasks from a connection, sends progress and outcomes."""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Final

from services.analysis.research.domain.run_messages import DoneMessage, FailedMessage, Message, ProgressMessage, RunTask
from services.analysis.research.settings import ResearchSettings

NICE: Final = 10
PROGRESS_SECONDS: Final = 0.5
"""Progress is sent at most this often."""


def serve(connection: Connection, settings: ResearchSettings, kinds: Mapping[str, str]) -> None:
    """Do tasks until the parent closes the connection or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    with suppress(OSError, AttributeError):
        os.nice(NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, BrokenPipeError):
        while True:
            task: RunTask = connection.recv()
            connection.send(_outcome(task, connection, settings, kinds))


def _outcome(task: RunTask, connection: Connection, settings: ResearchSettings, kinds: Mapping[str, str]) -> Message:
    from services.analysis.research.adapters.artefacts import RunFiles
    from services.analysis.research.adapters.run_data import SeriesData
    from services.analysis.research.domain.refusals import RefusedError
    from services.analysis.research.domain.run_record import EncodedRecord
    from services.analysis.research.domain.runs import COMPILING
    from services.analysis.research.runs.execution import execute
    from services.analysis.research.runs.table import run_kind

    sent = 0.0

    def progress(done: float, total: float, note: str = "") -> None:
        nonlocal sent
        if time.monotonic() - sent >= PROGRESS_SECONDS or note == COMPILING:
            sent = time.monotonic()
            connection.send(ProgressMessage(float(done), float(total), note))

    try:
        kind, files = run_kind(task.request.kind, kinds), RunFiles(settings.research_artefacts)
        found = execute(kind, task.request.parameters, SeriesData(task.request.data, settings), progress, task.id)
        return DoneMessage(EncodedRecord.of(found.record), files.save(task.folder, found.record, found.artefacts))
    except RefusedError as error:
        return FailedMessage(True, str(error), "invalid-job", reason=error.refusal().reason)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the worker stores and logs it, and the process goes on with the next run
        return FailedMessage(False, f"{type(error).__name__}: {error}", "error", traceback.format_exc())


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)

"""The data folders: one for each source under VAR, so that prices of two sources are never mixed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from infra.kafka.jars import Report
from infra.kafka.node import KafkaNode
from infra.local.errors import StackError
from infra.local.settings import LocalSettings, folder_name

OLD_PARTS: Final = ("kafka/node-1", "log", "finstage.db-wal", "finstage.db-shm", "finstage.db")
"""What earlier releases stored directly in VAR. The database is last because it decides the target folder."""


def make_data_folder(settings: LocalSettings) -> None:
    """Create the data folder of the source and point the link ``current`` to it.

    Raises:
        StackError: it cannot be created.
    """
    with explain_write_errors(settings.folder):
        settings.folder.mkdir(parents=True, exist_ok=True)
        _set_link(settings.root / "current", settings.folder.name)


@contextmanager
def explain_write_errors(folder: Path) -> Iterator[None]:
    """Raise a StackError that says what to do if the folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise StackError(f"cannot write into {folder}: {error.strerror}; name another folder with VAR=...") from error


def _set_link(link: Path, name: str) -> None:
    fresh = link.with_name("current.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(link)


def move_old_data(root: Path, report: Report) -> None:
    """Move data of an earlier release, stored in ``root`` itself, into the folder of its source.

    Raises:
        StackError: its broker still runs, or the folder cannot be written.
    """
    database = root / "finstage.db"
    if not database.is_file():
        return
    name = _folder_of(database)
    if name is None:
        report(f"{database} of an earlier release does not record one source of prices. It is left alone and not used.")
        return
    target = root / name
    if any((target / part).exists() for part in OLD_PARTS if (root / part).exists()):
        report(f"{database} of an earlier release is left alone because {target} is in use. Delete it when you no longer need it.")
        return
    if owner := KafkaNode(root / "kafka" / "node-1", root, 0, 0).lock_holder():
        raise StackError(f"The broker of an earlier release still runs in {root / 'kafka'}. Stop it first: kill {owner['pid']}")
    with explain_write_errors(target):
        for part in OLD_PARTS:
            if (root / part).exists():
                (target / part).parent.mkdir(parents=True, exist_ok=True)
                (root / part).rename(target / part)
    report(f"The data of an earlier release has moved from {root} to {target}. {root / 'kafka'} and {root / 'kernels'} are unused.")


def _folder_of(database: Path) -> str | None:
    """The folder of the only source that was published into this database; None for no source or several."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            cursors = [str(name) for (name,) in connection.execute("SELECT cursor FROM ingest_cursors")]
    except sqlite3.Error:
        return None
    tapes = {cursor.removeprefix("replay:") for cursor in cursors if cursor.startswith("replay:")}
    names = {folder_name("replay", tape) for tape in tapes}
    if len(tapes) < len(cursors):
        names.add(folder_name("yahoo", ""))
    return names.pop() if len(names) == 1 else None

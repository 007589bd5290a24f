"""The active runs: at most one for each folder VAR. The checkout's cache folder lists them."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from infra.local.errors import StackError
from infra.local.settings import LocalSettings


class RunOwner(NamedTuple):
    """The process of a run and the address of its page."""

    pid: int
    address: str
    """URL of the page."""

    @classmethod
    def parse(cls, text: str) -> RunOwner:
        """Parse what ``run_lock`` wrote; the process is 0 if the text is not written yet."""
        pid, _, address = text.partition(" ")
        return cls(int(pid or 0), address)


@contextmanager
def run_lock(settings: LocalSettings) -> Iterator[None]:
    """Lock the folder VAR for one run; the operating system releases the lock when the process exits.

    Raises:
        StackError: another run holds the lock.
    """
    path, entry = _lock(settings.root), _entry(settings)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = RunOwner.parse(path.read_text())
            raise StackError(
                f"Finstage already runs from this checkout (process {owner.pid}): "
                f"{owner.address}. Stop it with Ctrl-C in its terminal, or with: make stop"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()} http://{settings.host}:{settings.port}")
        file.flush()
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(str(settings.root))
        try:
            yield
        finally:
            entry.unlink(missing_ok=True)
            path.unlink(missing_ok=True)


def run_owner(root: Path) -> RunOwner | None:
    """The run that holds the lock of the folder ``root``, or None."""
    path = _lock(root)
    if not path.exists():
        return None
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return RunOwner.parse(file.read())
    return None


def other_runs(settings: LocalSettings) -> dict[Path, RunOwner]:
    """The runs of this checkout with another VAR, keyed by that folder."""
    roots = {Path(entry.read_text()) for entry in _registry(settings).glob("*") if entry.is_file()} - {settings.root}
    return {root: owner for root in sorted(roots) if (owner := run_owner(root))}


def _lock(root: Path) -> Path:
    return root / "run.lock"


def _registry(settings: LocalSettings) -> Path:
    return settings.cache_folder / "runs"


def _entry(settings: LocalSettings) -> Path:
    return _registry(settings) / hashlib.sha256(str(settings.root).encode()).hexdigest()[:16]

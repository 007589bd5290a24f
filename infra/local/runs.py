"""Which runs there are: one at a time for each folder VAR. The checkout's cache lists them."""

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


class Owner(NamedTuple):
    """A run."""

    pid: int
    address: str
    """Of its page."""

    @classmethod
    def parse(cls, text: str) -> Owner:
        """What ``only_run`` wrote; process 0 while it is still being written."""
        pid, _, address = text.partition(" ")
        return cls(int(pid or 0), address)


@contextmanager
def only_run(settings: LocalSettings) -> Iterator[None]:
    """Hold the folder VAR for one run; the operating system frees it however we end.

    Raises:
        StackError: another run holds it.
    """
    path, note = _lock(settings.root), _note(settings)
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
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(str(settings.root))
        try:
            yield
        finally:
            note.unlink(missing_ok=True)
            path.unlink(missing_ok=True)


def running(root: Path) -> Owner | None:
    """The run that holds the folder ``root``, or None."""
    path = _lock(root)
    if not path.exists():
        return None
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Owner.parse(file.read())
    return None


def elsewhere(settings: LocalSettings) -> dict[Path, Owner]:
    """The runs of this checkout with another VAR, by that folder."""
    roots = {Path(note.read_text()) for note in _notes(settings).glob("*") if note.is_file()} - {settings.root}
    return {root: owner for root in sorted(roots) if (owner := running(root))}


def _lock(root: Path) -> Path:
    return root / "run.lock"


def _notes(settings: LocalSettings) -> Path:
    return settings.cached / "runs"


def _note(settings: LocalSettings) -> Path:
    return _notes(settings) / hashlib.sha256(str(settings.root).encode()).hexdigest()[:16]

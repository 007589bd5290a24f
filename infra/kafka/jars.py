"""Apache Kafka's jars: resolved by jgo, checked against the sums in ``jgo.lock.toml``, stored in one folder for all brokers."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile, disk_usage, rmtree
from typing import Final

from infra.kafka.errors import BrokerError

HERE: Final = Path(__file__).parent
LOCK: Final = HERE / "jgo.lock.toml"
NEEDED_BYTES: Final = 400_000_000
"""Free space required for jars, class cache and the first log segments."""

Report = Callable[[str], None]


def locked_sums(lock: Path = LOCK) -> dict[str, str]:
    """SHA-256 in hexadecimal by file name, for each jar in the lock."""
    found = tomllib.loads(lock.read_text())["dependencies"]
    return {f"{jar['artifactId']}-{jar['version']}.{jar.get('packaging', 'jar')}": jar["sha256"] for jar in found}


def lock_hash(lock: Path = LOCK) -> str:
    """Twelve hexadecimal digits that identify this exact set of jars."""
    text = json.dumps(locked_sums(lock), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def class_path(folder: Path, lock: Path = LOCK) -> list[Path]:
    """The jars in ``folder`` in a stable order; their sums are not checked.

    Raises:
        BrokerError: one is missing.
    """
    present = {path.name: path for part in ("jars", "modules") for path in sorted((folder / part).glob("*.jar"))}
    missing = sorted(set(locked_sums(lock)) - set(present))
    if missing:
        raise BrokerError(
            f"{len(missing)} of Kafka's jars are not in {folder} (first: {missing[0]}). Run: python -m infra.kafka fetch"
        )
    return [present[name] for name in sorted(locked_sums(lock))]


def check(folder: Path, lock: Path = LOCK) -> None:
    """Compare every jar with the lock.

    Raises:
        BrokerError: a jar is missing or its sum differs from the lock.
    """
    sums: Mapping[str, str] = locked_sums(lock)
    for path in class_path(folder, lock):
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sums[path.name]:
            raise BrokerError(
                f"{path} is not the file that {lock.name} names (sha256 {found}, expected {sums[path.name]}). "
                f"Nothing was started. Delete {folder} and run: python -m infra.kafka fetch"
            )


def fetch(folder: Path, report: Report, lock: Path = LOCK) -> None:
    """Download the jars into ``folder`` if they are not there, and check them.

    Raises:
        BrokerError: too little disk space, no network, or a wrong sum.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(folder / "fetch.lock"):
        if not (folder / "fetched").exists():
            if disk_usage(folder).free < NEEDED_BYTES:
                raise BrokerError(
                    f"Less than {NEEDED_BYTES // 1_000_000} MB are free in {folder}. Free space, or set CACHE to another folder."
                )
            report("Fetching Apache Kafka 4.3.1 (47 jars, 44 MB) ...")
            _sync(folder, lock)
            check(folder, lock)
            rmtree(folder / "repository")
            (folder / "fetched").touch()
        check(folder, lock)


def _sync(folder: Path, lock: Path) -> None:
    for file in (HERE / "jgo.toml", lock):
        copyfile(file, folder / file.name)
    done = subprocess.run(
        [sys.executable, "-m", "jgo", "--resolver", "python", "--links", "copy", "--cache-dir", str(folder), "sync"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "M2_REPO": str(folder / "repository"), "COLOR": "plain"},
    )
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip()[-600:]
        raise BrokerError(f"Kafka's jars could not be fetched from Maven Central. Check the network or proxy. jgo printed: {last}")


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``path``. The operating system releases it when the process exits, so it is never stale."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

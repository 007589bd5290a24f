"""Builds the web page with the Node from a Python package; does nothing if the page is up to date."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from infra.kafka.jars import Report
from infra.local.errors import StackError
from infra.local.settings import ROOT

PAGE: Final = ROOT / "services" / "gateway" / "page"
WORDS: Final = ROOT / "shared" / "words"
PACKAGES: Final = PAGE / "node_modules"
"""Also holds the stamps: hashes of the lock file and of the sources of the last build."""
GENERATED: Final = {"node_modules", "dist"}


def build_page(report: Report) -> None:
    """Install the page's npm packages and build the page.

    Raises:
        StackError: npm or the build failed.
    """
    lock_stamp, page_stamp = PACKAGES / "finstage-packages.stamp", PACKAGES / "finstage-page.stamp"
    lock = hashlib.sha256((PAGE / "package-lock.json").read_bytes()).hexdigest()
    if not _is_current(lock_stamp, lock):
        report("Fetching the npm packages of the web page (once) ...")
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        lock_stamp.write_text(lock)
    sources = _hash_of_sources()
    if not _is_current(page_stamp, sources) or not (PAGE / "dist").is_dir():
        report("Building the web page ...")
        _npm("run", "--silent", "build")
        page_stamp.write_text(sources)


def _is_current(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _hash_of_sources() -> str:
    total = hashlib.sha256()
    for path in (*_sources(PAGE), *_sources(WORDS)):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in GENERATED:
                yield from _sources(path)
        else:
            yield path


def _npm(*arguments: str) -> None:
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        done = subprocess.run(
            [tools / "npm", *arguments], cwd=PAGE, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise StackError(
            "npm did not finish within ten minutes. Check the network or proxy, and run the same command again."
        ) from error
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()[-1500:]
        raise StackError(
            f"npm {arguments[0]} failed for the web page. Check the network or proxy, and run it again. Its output:\n{output}"
        )


def main(arguments: Sequence[str]) -> int:
    """Build the page; returns the exit code."""
    argparse.ArgumentParser(prog="python -m infra.local.web_page", description=__doc__).parse_args(arguments)
    try:
        build_page(print)
    except StackError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

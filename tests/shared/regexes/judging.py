"""Runs ``check.mjs`` with the Node of the environment; what it needs is fetched once, by its hashes, into ``var``."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "check.mjs")


def judge(patterns: Sequence[dict[str, str]], scripts: Sequence[Path], var: Path) -> dict[str, list[dict[str, str]]]:
    """The verdicts by recheck: ``safe``, a complexity like ``exponential``, or why there is none.

    The same question is answered from a file beside the tools: to judge all expressions takes ten seconds of CPU time.
    """
    asked = json.dumps({"patterns": list(patterns), "scripts": [str(path) for path in scripts]})
    folder = _installed(var)
    digest = hashlib.sha256(b"\0".join((asked.encode(), *(path.read_bytes() for path in scripts)))).hexdigest()
    kept = folder / f"answer-{digest}.json"
    if kept.exists():
        return _read(kept.read_text("utf-8"))
    done = subprocess.run(
        [Path(sys.executable).parent / "node", "check.mjs"],
        cwd=folder,
        input=asked,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    written = folder / f"{kept.name}-{os.getpid()}"
    written.write_text(done.stdout, "utf-8")
    written.rename(kept)
    return _read(done.stdout)


def _read(answer: str) -> dict[str, list[dict[str, str]]]:
    verdicts: dict[str, list[dict[str, str]]] = json.loads(answer)
    return verdicts


def _installed(var: Path) -> Path:
    lock = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    folder = var / f"regexes-{lock}"
    if folder.is_dir():
        return folder
    making = var / f"regexes-{lock}-{os.getpid()}"
    making.mkdir(parents=True)
    for name in FILES:
        shutil.copy(HERE / name, making)
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(tools / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=making, env=environment, capture_output=True, text=True, timeout=160, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    making.rename(folder)
    return folder

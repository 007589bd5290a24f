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
from typing import Any

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "check.mjs")


def judge(patterns: Sequence[dict[str, str]], scripts: Sequence[Path], var: Path) -> dict[str, list[dict[str, str]]]:
    """The verdicts by recheck: ``safe``, a complexity like ``exponential``, or why there is none."""
    asked = json.dumps({"patterns": list(patterns), "scripts": [str(path) for path in scripts]})
    done = subprocess.run(
        [Path(sys.executable).parent / "node", "check.mjs"],
        cwd=_installed(var),
        input=asked,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


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

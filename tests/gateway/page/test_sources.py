"""The page's sources: types, rules of style, the tests of its logic, its size, and the types generated from the API's document."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "services" / "gateway" / "page"
BUDGET = 300_000
"""Compressed bytes of the page, without the document of the API at /docs."""
TYPES = ("tsc", "--noEmit", "--incremental", "--tsBuildInfoFile", "node_modules/.cache/types.tsbuildinfo")
"""It checks again what changed since the last run."""


def node(*arguments: str) -> str:
    """The output of a command of the page's packages."""
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}", "NO_COLOR": "1"}
    done = subprocess.run(arguments, cwd=PAGE, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_the_types_are_those_of_the_api(built: Path) -> None:
    found = node("node", "types.mjs", "--print")
    committed = (PAGE / "src" / "data" / "schema.d.ts").read_text(encoding="utf-8")
    assert found == committed, "src/data/schema.d.ts is out of date: run `make docs` and commit it"


@pytest.mark.parametrize("command", [TYPES, ("biome", "check", "."), ("vitest", "run")], ids=lambda each: each[0])
def test_the_sources_pass_their_checks(built: Path, command: tuple[str, ...]) -> None:
    node(f"node_modules/.bin/{command[0]}", *command[1:])


def test_the_page_is_smaller_than_its_budget(built: Path) -> None:
    html = (built / "index.html").read_text()
    assert "http" not in html.replace("http-equiv", ""), "nothing is loaded from another host"
    files = [path for path in (built / "assets").iterdir() if not path.name.startswith(("docs-", "swagger-"))]
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in files}
    assert 50_000 < sum(sizes.values()) < BUDGET, sizes
    first = [name for name in sizes if name in html]
    assert sum(sizes[name] for name in first) < BUDGET / 4, "what the first screen waits for"

"""``python -m infra.clients``: write the generated parts of the clients; ``--check`` fails where one is not current."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.clients.python_methods import methods
from infra.clients.python_types import models

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "clients" / "python" / "finstage_client"


def generated() -> dict[Path, str]:
    """Each generated file with its text."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    return {PACKAGE / "models.py": formatted(models(document)), PACKAGE / "operations.py": formatted(methods(document))}


def formatted(text: str) -> str:
    """The text as ruff formats it."""
    command = (sys.executable, "-m", "ruff", "format", "--config", str(ROOT / "pyproject.toml"), "-")
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def main(arguments: Sequence[str]) -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.clients", description="Writes the generated parts of the clients.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where one is not current")
    check = parser.parse_args(arguments).check
    stale = {path: text for path, text in generated().items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    if check:
        print(*stale, sep="\n")
        return int(bool(stale))
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

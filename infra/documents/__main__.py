"""``python -m infra.documents [--check]``: write docs/asyncapi.json, docs/topics.md and the page's tables, or check them."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Final

from infra.documents.page import topics_page
from infra.documents.page_tables import page_exchanges, page_signals, page_tapes, page_timeframes, page_vocabulary
from shared.asyncapi import document

ROOT: Final = Path(__file__).parent.parent.parent


def documents(root: Path = ROOT) -> dict[Path, str]:
    """The generated text of each document by its path."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    data = root / "services" / "gateway" / "page" / "src" / "data"
    return {
        root / "docs" / "asyncapi.json": json.dumps(document(version), indent=1, ensure_ascii=False) + "\n",
        root / "docs" / "topics.md": topics_page(),
        data / "timeframes.ts": page_timeframes(),
        data / "exchanges.ts": page_exchanges(),
        data / "tapes.ts": page_tapes(),
        data / "signals.ts": page_signals(),
        data / "vocabulary.ts": page_vocabulary(),
    }


def main(arguments: list[str]) -> int:
    """Write the documents; with ``--check`` only compare. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.documents", description="Writes the generated documents and tables.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where one is out of date")
    check = parser.parse_args(arguments).check
    outdated = [path for path, text in documents().items() if not path.exists() or path.read_text() != text]
    if check:
        for path in outdated:
            sys.stderr.write(f"{path.relative_to(ROOT)} is out of date: run `make docs` and commit it\n")
        return 1 if outdated else 0
    for path, text in documents().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

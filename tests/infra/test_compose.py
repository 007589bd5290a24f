"""What `make up` does before the services start, without containers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, dict[str, Any]] = msgspec.yaml.decode((ROOT / "docker-compose.yml").read_bytes())["services"]


@pytest.mark.parametrize(
    ("source", "code", "printed"),
    [
        ("yahoo", 0, ""),
        ("replay", 0, "-m services.analysis research quality --store --tape demo 2\n"),
        ("replay", 1, "-m services.analysis research quality --store --tape demo 2\nthere are no records before"),
    ],
)
def test_the_records_of_the_tape_are_stored_before_ingest_starts(source: str, code: int, printed: str, tmp_path: Path) -> None:
    """The command of the container, with a ``python`` that prints its arguments. A failure does not stop the start."""
    assert SERVICES["ingest"]["depends_on"]["records"] == {"condition": "service_completed_successfully"}
    assert SERVICES["records"]["environment"] == SERVICES["check"]["environment"] == SERVICES["ingest"]["environment"]
    (tmp_path / "python").write_text(f'#!/bin/sh\necho "$@"\nexit {code}\n')
    (tmp_path / "python").chmod(0o755)
    command = [part.replace("$$", "$") for part in SERVICES["records"]["command"]]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SOURCE": source, "TAPE": "demo 2"}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert (found.stdout[: len(printed)], bool(printed)) == (printed, bool(found.stdout))


def test_what_a_service_waits_for_is_there() -> None:
    for name, service in SERVICES.items():
        for other in service.get("depends_on", ()):
            assert other in SERVICES, f"{name} waits for {other}"

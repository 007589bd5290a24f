"""What `make up` does before the services start, without containers."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.notifier.settings import NotifierSettings
from shared.settings import MeshSettings

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


SET_BY_COMPOSE = {"telegram_webhook_host", "telegram_webhook_port", "probe_port"}
"""They belong to the container."""
NOT_PASSED = {"notifier_group", "research_artefacts"} | MeshSettings.model_fields.keys() - {"probe_port"}
"""The same for the whole mesh, or places in the container."""


def test_every_setting_of_the_notifier_can_be_given() -> None:
    """A new setting is passed to the container, stands in the example, and has its default there."""
    given = SERVICES["notifier"]["environment"]
    example = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    fields = {name: field for name, field in NotifierSettings.model_fields.items() if name not in NOT_PASSED}
    assert {name for name in fields if name.upper() not in given} == set()
    passed = fields.keys() - SET_BY_COMPOSE
    assert {name for name in passed if given[name.upper()] is not None} == set(), "only with the value of .env"
    assert {name for name in passed if name.upper() not in example} == set()
    filled = {name.upper(): example[name.upper()] for name in passed if example[name.upper()]}
    assert NotifierSettings.model_validate({name.lower(): value for name, value in filled.items()}) == NotifierSettings(
        _env_file=None
    )

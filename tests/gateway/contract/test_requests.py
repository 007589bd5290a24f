"""Requests that are generated from the document, valid and invalid: all checks of schemathesis on."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.events import ConditionHistory, ConditionHistoryJob
from tests.gateway import market
from tests.gateway.running_gateway import create_key, read_directory, running_gateway
from tests.gateway.test_computed_indicators import Computes
from tests.gateway.test_research_jobs import Answers
from tests.sizes import examples

CONFIG = Path(__file__).parent / "schemathesis.toml"
UNLIMITED: dict[str, Any] = {
    "rate_limit": "",
    "key_rate_limit": "",
    "research_rate_limit": "",
    "auth_failures": "1000000/second",
}
SECONDS = 600
"""Time limit of each phase. No ``--max-time``: with it schemathesis goes on until the time is over."""
ENDLESS = ("/v1/events",)
"""A stream has no end; test_stream.py reads it."""


class Analysis(Answers):
    """Analysis research, which also evaluates conditions: on no bars."""

    async def request(self, job: ConditionHistoryJob, seconds: float) -> ConditionHistory:  # noqa: ARG002 - the port's
        return ConditionHistory(job_id=job.id, ts_event=1, ts_init=1, source="test")


@pytest.mark.parametrize(
    "phase",
    [
        "examples,fuzzing",
        pytest.param("coverage", marks=pytest.mark.thorough),
        pytest.param("stateful", marks=pytest.mark.thorough),
    ],
)
@pytest.mark.timeout(SECONDS + 120)
async def test_the_gateway_does_what_its_document_says(tmp_path: Path, phase: str) -> None:
    """No failure of any check: of random values, of every limit of every value, and of sequences of requests."""
    folder = tmp_path / "research"
    (folder / "dataset-1").mkdir(parents=True)
    (folder / "dataset-1" / "manifest.json").write_text("{}")
    market.write_backtest(folder)
    async with running_gateway(tmp_path, **UNLIMITED, research_artefacts=str(folder)) as server:
        server.gateway.research = Analysis(server)
        server.gateway.computed.jobs = Computes()
        await market.store(server.database, bars=600, signals=30)
        await read_directory(server)
        market.fill(server.gateway.market, first=300)
        options = ["--config-file", str(CONFIG), "run", f"{server.url}/openapi.json", "--checks", "all", "--seed", "1"]
        options += ["--max-examples", str(examples(20, 6)), "--no-color", "--warnings", "off"]
        options += ["--continue-on-failure", "--no-shrink"]
        options += ["--header", f"Authorization: Bearer {await create_key(server, 'admin')}"]
        options += ["--phases", phase]
        for path in ENDLESS:
            options += ["--exclude-path", path]
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "schemathesis.cli", *options,
            cwd=tmp_path, env=os.environ | {"NO_COLOR": "1"}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                output, _ = await child.communicate()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    assert child.returncode == 0, output.decode()[-20_000:]
    assert b"No issues found" in output

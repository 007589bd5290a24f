"""Jobs from gateway and bot through a real broker to analysis research and back, on a MariaDB: done, refused, cancelled."""

from __future__ import annotations

import asyncio
import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from infra.kafka.node import free_ports
from services.notifier.adapters.backtest_runs import ResearchBacktests
from shared.db import open_database
from shared.migrations.command import upgrade
from shared.run_files import RunReader, open_files
from shared.tables import bars, research_runs
from tests.gateway.test_mesh import process
from tests.gateway.test_research_jobs import JOBS, get, post
from tests.notifier.test_backtest import Drawing
from tests.notifier.test_bot import bot_user
from tests.research.quality.test_stored import bar_rows
from tests.research.role import client as research_client
from tests.research.role import running, skip_jobs, started
from tests.servers import Broker
from tests.until import until

SECONDS = 280
"""The first run of a kind loads its kernels."""
LATE = 0.25
"""Seconds, fifty times the goal: a machine with other work delays every process."""
ON_TAPE = {"tape": "daily", "symbols": ["AAPL", "SPY"], "start": "2017-01-03"}
CROSSES = {"entry": "golden_cross({fast}, {slow})", "exit": "dead_cross({fast}, {slow})", **ON_TAPE}


async def late_timers(folder: Path) -> tuple[float, float]:
    """How many timers of the event loop of research ran more than ``LATE`` late, and how many there were."""
    (port,) = {line["port"] for line in map(json.loads, (folder / "research.log").read_text().splitlines()) if "port" in line}
    async with aiohttp.ClientSession() as probes, probes.get(f"http://127.0.0.1:{port}/metrics") as response:
        found = dict(line.rpartition(" ")[::2] for line in (await response.text()).splitlines() if "loop_lag" in line)
    every = float(found["finstage_mesh_loop_lag_seconds_count"])
    return every - float(found[f'finstage_mesh_loop_lag_seconds_bucket{{le="{LATE}"}}']), every


async def reached(client: aiohttp.ClientSession, address: str, *states: str) -> dict[str, Any]:
    """The job once it is in one of these states."""

    async def found() -> dict[str, Any] | None:
        status, body = await get(client, address)
        assert status == 200, body
        (job,) = body["results"]
        return job if job["state"] in states else None

    return await until(found, SECONDS, f"{address} to be {states}")


async def requested(client: aiohttp.ClientSession, kind: str, body: dict[str, Any]) -> str:
    """The address of a new job."""
    status, answer, headers = await post(client, body, kind)
    assert status == 202, answer
    return str(headers["Location"])


@pytest.mark.timeout(900)
async def test_jobs_from_the_request_to_the_result(kafka: Broker, mariadb_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(lambda: asyncio.run(upgrade(mariadb_url)))
    port, probes = free_ports(2)
    group = f"research-mesh-{os.getpid()}"
    await skip_jobs(kafka.bootstrap, group)
    with running(kafka.bootstrap, mariadb_url, tmp_path, VAR=str(tmp_path), RESEARCH_GROUP=group):
        await started(tmp_path)
        async with (
            process(kafka, mariadb_url, tmp_path, port, probes),
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
        ):
            await a_backtest(client)
            before = await late_timers(tmp_path)
            await a_cancelled_grid(client)
            await a_grid(client)
            await records_of_a_rule(client)
            await a_data_set(client)
            late, all_ = (after - earlier for after, earlier in zip(await late_timers(tmp_path), before, strict=True))
            assert late <= 0.01 * all_, f"{late:g} of {all_:g} timers of the event loop ran more than {LATE} s late while jobs ran"
            await refusals(client)
        await a_backtest_of_the_bot(kafka, mariadb_url, tmp_path / "research")


async def a_backtest_of_the_bot(kafka: Broker, database_url: str, files: Path) -> None:
    """The bot answers at once; the figures of the stored result and their picture follow."""
    async with research_client(kafka.bootstrap) as jobs, open_database(database_url) as database:
        runner = ResearchBacktests(jobs, database, RunReader(open_files(str(files))), lambda: time.time_ns() // 1_000_000, SECONDS)
        async with bot_user(database_url, backtest_runner=runner, renderer=Drawing()) as user:
            async with database.begin() as connection:
                await connection.execute(bars.insert(), bar_rows("AAPL")[:1000])
            await user.ask("/lang en")
            assert "running" in await user.ask("/backtest AAPL close > sma_20 exit after 5 bars")
            await until(lambda: len(user.telegram.accepted) == 3, SECONDS, "the result")
            first = user.telegram.accepted[2]
            assert "running" in await user.ask("/backtest AAPL close > 1 on 1h exit after 5 bars")
            await until(lambda: len(user.telegram.accepted) == 5, SECONDS, "the reason why there is no result")
            assert "Instrument: there are no bars of 1h of AAPL" in user.telegram.texts()[-1]
        async with database.connect() as connection:
            mine = select(research_runs.c.result).where(research_runs.c.requested_by == "chat:telegram:7")
            done, refused = (await connection.execute(mine.order_by(research_runs.c.state))).scalars()
    figures = json.loads(done)["summary"]["metrics"]
    assert (figures["trades"] > 0, refused) == (True, "")
    assert f"Trades: {figures['trades']:.0f}, won {figures['win_rate']:.0%}" in first.text
    assert f"Return: {figures['total_return']:+.2%}" in first.text
    assert (first.photo or b"")[:4] == b"\x89PNG"


async def a_backtest(client: aiohttp.ClientSession) -> None:
    address = await requested(client, "backtests", {"entry": "ema_cross", "exit": "ema_cross", **ON_TAPE})
    job = await reached(client, address, "done", "failed", "refused")
    assert job["state"] == "done", job
    figures = job["result"]["metrics"]
    assert (figures["trades"] > 0, "total_return" in job["result"]["buy_and_hold"]) == (True, True)
    _, trades = await get(client, f"{address}/trades?limit=10000")
    assert len(trades["results"]) == figures["trades"]
    _, equity = await get(client, f"{address}/equity?limit=10000")
    assert len(equity["results"]) == job["result"]["bars"]
    assert equity["results"][-1]["equity"] / equity["results"][0]["equity"] - 1 == pytest.approx(figures["total_return"])
    async with client.get(next(file["url"] for file in job["files"] if file["name"] == "trades.png")) as response:
        assert (await response.read()).startswith(b"\x89PNG")


async def a_cancelled_grid(client: aiohttp.ClientSession) -> None:
    """It is cancelled once it reports how much there is to do: 6,000 sets take longer than the cancellation."""
    ranges = {"fast": "2:61:1", "slow": "130:229:1"}
    address = await requested(client, "grids", {**CROSSES, "ranges": ranges, "stop_loss": 0.05})

    async def counted() -> bool:
        job = await reached(client, address, "queued", "running")
        return bool(job["progress"]["total"])

    await until(counted, SECONDS, "the grid to report progress")
    async with client.delete(address) as response:
        assert response.status == 202
    job = await reached(client, address, "cancelled", "done")
    assert (job["state"], job["error"]["code"], job["result"]) == ("cancelled", "cancelled", None)
    assert (job["progress"]["total"], job["progress"]["done"] < 6000) == (6000, True)


async def a_grid(client: aiohttp.ClientSession) -> None:
    ranges = {"fast": [10, 20], "slow": "50:100:50"}
    options = {"minimum_trades": 0, "folds": 1, "blocks": 2, "radius": 0}
    address = await requested(client, "grids", {**CROSSES, "ranges": ranges, **options})
    job = await reached(client, address, "done", "failed", "refused")
    assert job["state"] == "done", job
    assert {"heatmap.png", "heatmap.json", "sets.json"} <= {file["name"] for file in job["files"]}
    assert job["parameters"]["ranges"] == {"fast": [10.0, 20.0], "slow": "50:100:50"}


async def records_of_a_rule(client: aiohttp.ClientSession) -> None:
    address = await requested(client, "quality", {"rule": "macd_cross", "level": "all", "horizon": 5, **ON_TAPE})
    job = await reached(client, address, "done", "failed", "refused")
    assert job["state"] == "done", job
    listed = job["result"]["listed"]
    assert [(each["rule"], each["direction"], each["quality"]["horizon_bars"]) for each in listed] == [
        ("macd_cross", "down", 5),
        ("macd_cross", "up", 5),
    ]
    assert job["result"]["tried"] == listed[0]["quality"]["tried"] > len(listed)
    (file,) = (each for each in job["files"] if each["name"] == "records.json")
    async with client.get(file["url"]) as response:
        assert await response.json(content_type=None) == listed


async def a_data_set(client: aiohttp.ClientSession) -> None:
    body = {"features": ["rsi_14"], "labels": ["forward_return(5)"], **ON_TAPE}
    address = await requested(client, "datasets", body)
    job = await reached(client, address, "done", "failed", "refused")
    assert job["state"] == "done", job
    _, listed = await get(client, f"/v1/research/datasets/{job['id']}")
    assert listed["results"][0]["features"] == ["rsi_14"]


async def refusal(client: aiohttp.ClientSession, body: dict[str, Any], kind: str) -> dict[str, Any] | None:
    """The problem; None while research is too slow to check the request before the gateway answers, as when it loads a kind."""
    status, problem, _ = await post(client, body, kind)
    assert status in {202, 422}, problem
    return problem if status == 422 else None


async def refusals(client: aiohttp.ClientSession) -> None:
    """Each names the field and the value, and nothing waits."""
    for kind, body, field, detail in (
        ("backtests", {"entry": "goldn_cross", "time_exit": 5}, "entry", "'goldn_cross' is no rule, chart pattern or condition"),
        ("backtests", {"entry": "golden_cross"}, "exit", "nothing ends a position"),
        ("backtests", {"entry": "golden_cross", "stop_loss": 1.5}, "stop_loss", "1.5 is not above 0"),
        ("backtests", {"entry": "golden_cross", "time_exit": 5, "tape": "nightly"}, "tape", "'nightly' is no tape"),
        ("grids", {**CROSSES, "ranges": {"fast": "5:50:5"}}, "ranges", "slow has no values"),
        ("grids", {**CROSSES, "ranges": {"fast": "0:1:1", "slow": "50"}}, "entry", "golden_cross"),
        ("discoveries", {"index": "S P"}, "index", "'S P' is no symbol"),
        ("quality", {"rule": "golden_cros"}, "rule", "did you mean golden_cross"),
        ("datasets", {"labels": ["wat(5)"]}, "labels", "'wat(5)' is no label"),
    ):
        problem = await until(partial(refusal, client, body, kind), SECONDS, f"{body} to be refused")
        assert (problem.get("field"), detail in problem["detail"]) == (field, True), problem
    _, page = await get(client, f"{JOBS}?state=queued")
    assert page["results"] == []

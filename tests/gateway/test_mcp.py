"""The MCP server, as a process and within one, asked by the official client, in front of a real gateway."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer
from sqlalchemy import update
from typer.testing import CliRunner

from services.gateway.adapters.own_api import RefusedError, gateway_url, open_own_api
from services.gateway.command.commands import commands
from shared import tables
from shared.events import ResearchError
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, create_key, read_directory, running_gateway
from tests.gateway.test_research_jobs import Answers
from tests.until import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def private(tmp_path: Path) -> AsyncIterator[RunningGateway]:
    """A gateway that answers nothing without a key."""
    async with running_gateway(tmp_path, public_read=False) as server:
        await market.store(server.database, bars=300, signals=30)
        await read_directory(server)
        market.fill(server.gateway.market, first=0)
        yield server


def started(server: RunningGateway, key: str) -> Any:
    """A client of the program; closing it ends the program."""
    from mcp import Client, StdioServerParameters, stdio_client  # the import takes a second

    environment = os.environ | {"FINSTAGE_KEY": key}
    arguments = ["-m", "services.gateway", "mcp", "--url", server.url]
    return Client(stdio_client(StdioServerParameters(command=sys.executable, args=arguments, env=environment, cwd=ROOT)))


@asynccontextmanager
async def connected(server: RunningGateway, key: str) -> AsyncIterator[Any]:
    """A client of what the program serves, without its process."""
    from mcp import Client

    from services.gateway.adapters.assistant_server import assistant_server

    async with open_own_api(gateway_url(server.url), key) as api, Client(assistant_server(api, "0")) as client:
        yield client


async def test_tools_answer_with_totals_and_assumptions_and_errors_with_valid_values(private: RunningGateway) -> None:
    async with started(private, await create_key(private, "read")) as client:

        async def call(tool: str, **arguments: Any) -> Any:
            found = await client.call_tool(tool, arguments)
            assert not found.is_error, found
            return found.structured_content

        async def refused(tool: str, **arguments: Any) -> str:
            found = await client.call_tool(tool, arguments)
            assert found.is_error
            return str(found.content[0])

        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert listed == {"instruments", "bars", "signals", "news", "backtest", "explain_move"}
        assert [each["symbol"] for each in (await call("instruments", words="삼성"))["results"]] == ["005930.KS"]
        assert "q" in await refused("instruments", q="삼성"), "an argument that it does not have is not ignored"
        bars = await call("bars", symbol="AAPL", limit=3)
        assert (bars["shown"], bars["total"]) == (3, 300)
        assert bars["results"][0]["close"] == market.bar("AAPL", 299).close
        assert "adjusted" in bars["assumptions"]
        assert any("replayed" in line for line in bars["warnings"])
        assert (await call("bars", symbol="AAPL", limit=10_000))["shown"] == 50
        assert (await call("signals", symbol="AAPL", limit=1))["results"][0]["quality"] is None
        assert "first seen" in (await call("news"))["assumptions"]
        move = await call("explain_move", symbol="NVDA")
        quote = market.quote("NVDA", 1)
        assert move["move"] == round(quote.change_percent or 0, 10)
        assert {each["industry"] for each in move["industries"]} == {"semiconductors", "ai"}
        assert "There are: 1Min, 5Min" in await refused("bars", symbol="AAPL", timeframe="2Day")
        assert "there is no instrument 'NOPE'" in await refused("explain_move", symbol="NOPE")
        assert "has not the scope research" in await refused("backtest", entry="golden_cross", symbols=["AAPL"])


async def test_without_a_key_nothing_is_answered(private: RunningGateway) -> None:
    private.gateway.research = Answers(private)
    async with connected(private, "") as client:
        found = await client.call_tool("instruments", {"words": "apple"})
        assert found.is_error
        assert "send a key" in str(found.content[0])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense", "no http or https URL with a host"),
        ("", "no http or https URL with a host"),
        ("ftp://x", "no http or https URL with a host"),
        ("http://", "no http or https URL with a host"),
        ("http://a b", "no http or https URL with a host"),
        ("http://x:99999", "Port out of range"),
        ("http://[", "Invalid IPv6 URL"),
        ("http://x/api", "it has more than a host and a port"),
    ],
)
def test_an_address_of_no_gateway_is_refused_at_the_start(url: str, why: str) -> None:
    refused = CliRunner().invoke(commands, ["mcp", "--url", url])
    assert (refused.exit_code, refused.output.count("\n")) == (2, 1), refused.output
    assert refused.output.startswith(f"error: --url {url!r}: {why}")
    assert "http://127.0.0.1:8080" in refused.output


@pytest.mark.parametrize("url", ["http://kim:canary@127.0.0.1:three", "http://127.0.0.1:8080/?key=canary"])
def test_a_secret_in_an_address_is_not_repeated(url: str) -> None:
    refused = CliRunner().invoke(commands, ["mcp", "--url", url])
    assert (refused.exit_code, refused.output[:24]) == (2, "error: --url 'http://***")
    assert "canary" not in refused.output


def test_tools_need_standard_input() -> None:
    command = [sys.executable, "-m", "services.gateway", "mcp"]
    ended = subprocess.run(["sh", "-c", 'exec "$0" "$@" <&-', *command], capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stderr.count("\n"), "standard input" in ended.stderr) == (2, 1, True)


async def test_an_error_names_the_gateway_that_does_not_answer() -> None:
    with socket.socket() as silent:  # bound, and does not listen
        silent.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        async with open_own_api(gateway_url(f"http://kim:secret@{address}"), "") as api:
            with pytest.raises(RefusedError, match=f"^the gateway at http://{address} does not answer: "):
                await api.get("/v1/quotes")


async def test_a_server_that_is_no_gateway_is_named_too() -> None:
    async def listed(_: web.BaseRequest) -> web.Response:
        return web.json_response([])

    async with RawTestServer(listed) as server, open_own_api(server.make_url("/"), "") as api:
        with pytest.raises(RefusedError, match=f":{server.port} answers with JSON that no gateway sends"):
            await api.get("/v1/quotes")


async def test_a_backtest_is_asked_for_awaited_and_shown(private: RunningGateway) -> None:
    """Analysis research takes the job and does it; the tool polls until it is done."""
    private.gateway.research = answers = Answers(private)

    async def done() -> None:
        job = await until(lambda: answers.jobs[-1] if answers.jobs else None, seconds=30, what="the job")
        row = market.backtest_row(9)
        changes = {name: row[name] for name in ("state", "started_at", "finished_at", "result")}
        ran = update(tables.research_runs).where(tables.research_runs.c.id == job.id)

        async def stored() -> bool:
            async with private.database.begin() as connection:
                return bool((await connection.execute(ran.values(**changes))).rowcount)

        await until(stored, what="the job to be stored")

    async with connected(private, await create_key(private, "research")) as client:
        doing = asyncio.create_task(done())
        found = await client.call_tool("backtest", {"entry": "golden_cross", "exit": "dead_cross", "symbols": ["AAPL"]})
        await doing
        assert not found.is_error, found
        answer: Any = found.structured_content
        assert (answer["ended"], answer["job"]["state"]) == (True, "done")
        assert answer["job"]["result"]["metrics"]["trades"] == 3
        assert "next open" in answer["assumptions"]
        (job,) = answers.jobs
        assert (list(job.symbols), job.requested_by[:4], job.id) == (["AAPL"], "key:", answer["job"]["id"])
        assert any("replayed" in line for line in answer["warnings"])
        answers.error = ResearchError(code="invalid-job", message="entry: there is no rule golden_cros; do you mean golden_cross?")
        for tool, given, expected in (
            ("signals", {"rule": "golden_cros"}, "golden_cross"),
            ("signals", {"timeframe": "1d"}, "1Day"),
            ("instruments", {"industry": "teapots"}, "There are: ai, banks, semiconductors"),
            ("instruments", {"q": "samsung"}, "The arguments of instruments are: words, industry, limit"),
            ("bars", {"limit": "many"}, "The arguments of bars are: symbol, timeframe, start, end, limit"),
            ("backtest", {"entry": "golden_cros"}, "golden_cross"),
        ):
            wrong = await client.call_tool(tool, given)
            assert wrong.is_error, (tool, given)
            assert expected in str(wrong.content[0]), wrong.content

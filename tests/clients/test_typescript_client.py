"""The TypeScript client: its types are those of the document, its example runs in Node against a real gateway."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.clients.__main__ import ROOT
from infra.local.web_page import PACKAGES, PAGE, build_page
from tests.gateway import market
from tests.gateway.running_gateway import RunningGateway, read_directory, running_gateway
from tests.until import until

CLIENT = ROOT / "clients" / "typescript"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client with the packages of the page, of which its own are some."""
    build_page(print)
    copy = tmp_path_factory.mktemp("client") / "typescript"
    shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns("node_modules"))
    (copy / "node_modules").symlink_to(PACKAGES)
    return copy


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path) as gateway:
        await market.store(gateway.database, bars=30)
        await read_directory(gateway)
        market.fill(gateway.gateway.market, bars=300)
        yield gateway


async def started(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}", "NO_COLOR": "1"}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec("node", *arguments, cwd=folder, env=environment, stdout=pipe, stderr=pipe)


@pytest.mark.usefixtures("folder")
async def test_the_types_are_those_of_the_api() -> None:
    output, errors = await (await started(PAGE, "types.mjs", "--print-client")).communicate()
    assert output.decode() == (CLIENT / "src" / "schema.d.ts").read_text(encoding="utf-8"), errors.decode() or "make docs"


async def test_the_example_program_runs(server: RunningGateway, folder: Path) -> None:
    child = await started(folder, "example.ts", server.url, "AAPL", "3")
    try:
        await until(lambda: server.gateway.test_hub.is_subscribed("q"), 60, "the example to subscribe")
        server.gateway.test_hub.publish("q", "FAKE", b'{"symbol":"FAKE"}')
        server.gateway.test_hub.publish("s", "FAKE", b'{"symbol":"FAKE","id":"1"}')
        await until(lambda: not server.gateway.test_hub.with_unsent, 10, "both messages to be sent")
        for connection in list(server.streams.test.sockets.values()):
            connection.transport.abort()
        await until(lambda: not server.gateway.test_hub.is_subscribed("q"), 10, "the break")
        server.gateway.test_hub.publish("s", "FAKE", b'{"symbol":"FAKE","id":"1"}')  # again: it is left out
        server.gateway.test_hub.publish("s", "FAKE", b'{"symbol":"FAKE","id":"1","revision":2}')
        output, errors = await asyncio.wait_for(child.communicate(), 60)
    finally:
        if child.returncode is None:
            child.kill()
    assert child.returncode == 0, errors.decode()
    lines = output.decode().splitlines()
    closes = [float(line.split()[1]) for line in lines[:5]]
    assert closes == [market.bar(n=n).close for n in range(299, 294, -1)], "of two pages"
    assert lines[5:] == ["screened 2", "urn:finstage:problem:unknown-symbol", "q FAKE", "s FAKE", "s FAKE"]


@pytest.mark.thorough
async def test_the_sources_have_no_type_error(folder: Path) -> None:
    child = await started(folder, "node_modules/typescript/bin/tsc", "-p", ".")
    output, _ = await child.communicate()
    assert child.returncode == 0, output.decode()

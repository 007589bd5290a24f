"""Several gateway processes that share a port."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.kafka.node import free_ports
from services.gateway.adapters import gateway_process
from services.gateway.adapters.gateway_process import GatewayProcess
from services.gateway.adapters.shared_counts import PART_WORDS, SharedCounts, create_counts
from services.gateway.adapters.shared_port import reserved_port
from services.gateway.app import follow_parent
from services.gateway.domain.hub import OVERLAP, Subscriber, new_hub
from services.gateway.domain.instrument_directory import InstrumentDirectory
from services.gateway.domain.rate_window import rate_window
from services.gateway.domain.subscriptions import Subscribe, Subscription
from services.gateway.domain.unsent import UnsentMessages
from shared import metrics
from shared.listening import ListenError
from shared.runtime import Lifecycle
from tests.databases import empty_database
from tests.gateway.running_gateway import running_gateway
from tests.gateway.test_mesh import process
from tests.servers import Broker
from tests.sizes import examples
from tests.until import until


@pytest.fixture
def counts(tmp_path: Path) -> list[SharedCounts]:
    create_counts(tmp_path / "counts", 2, 1000.0)
    return [SharedCounts(tmp_path / "counts", number) for number in range(2)]


def test_a_limit_holds_for_the_requests_of_all_processes(counts: list[SharedCounts]) -> None:
    one, two = (rate_window("5/minute", "requests", each) for each in counts)
    hits = [window.hit("a", 1030.0) for window in (one, two, two, one, two, one, two)]
    assert [hit.remaining for hit in hits] == [4, 3, 2, 1, 0, 0, 0]
    assert [hit.wait for hit in hits] == [0, 0, 0, 0, 0, 30, 30], "windows begin at the same times in all processes"
    assert (one.wait("a", 1059.0), two.wait("a", 1059.0), two.wait("b", 1059.0)) == (1, 1, 0)
    assert (one.wait("a", 1060.0), two.hit("a", 1060.0).remaining) == (0, 4)
    other = rate_window("5/minute", "runs", counts[0])
    assert other.hit("a", 1030.0).remaining == 4, "purposes are counted apart"


@settings(max_examples=examples(20))
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 1), st.sampled_from([1, -1])), max_size=40))
def test_open_streams_are_those_of_all_processes(tmp_path_factory: pytest.TempPathFactory, changes: Any) -> None:
    file = tmp_path_factory.mktemp("open") / "counts"
    create_counts(file, 2, 0.0)
    opened = [SharedCounts(file, number).open("live") for number in range(2)]
    expected = {(owner, number): 0 for owner in "ab" for number in range(2)}
    for owner, number, change in changes:
        if expected[owner, number] + change >= 0:
            opened[number].add(owner, change)
            expected[owner, number] += change
    for owner in "ab":
        total = expected[owner, 0] + expected[owner, 1]
        assert [each.get(owner) for each in opened] == [total, total]
    restarted = SharedCounts(file, 1).open("live")
    assert restarted.get("a") == expected["a", 0], "the streams of a process that has ended are not open"


def test_a_shared_count_is_never_too_small(counts: list[SharedCounts]) -> None:
    windows = [each.windows("requests") for each in counts]
    for n in range(3000):
        windows[n % 2].add(f"client {n}", 1060.0, 1000.0)
    found = [windows[n % 2].get(f"client {n}", 1001.0) for n in range(3000)]
    assert min(found) == 1
    assert sum(count > 1 for count in found) < 40, "two cells, both shared: (3000 / 65536) squared of the clients, about 6"
    assert len(counts[0].words) == 2 * PART_WORDS


def test_a_number_of_another_process_resumes_some_seconds_earlier() -> None:
    now = [1_700_000_000_000_000]
    one, two = (new_hub(now[0] // 1000 - 60_000, InstrumentDirectory, 100, lambda: now[0], (number, 2)) for number in range(2))
    for n in range(20):
        now[0] += 1_000_001
        (one if n % 2 else two).publish("s", "AAPL", b'{"n":%d}' % n)
        (two if n % 2 else one).publish("s", "AAPL", b'{"n":%d}' % n)
    assert {message.seq % 2 for message in one.resume_buffer.ordered} == {0}
    assert {message.seq % 2 for message in two.resume_buffer.ordered} == {1}
    cursor = one.resume_buffer.ordered[9].seq
    resumed = []
    for hub in (one, two):
        subscriber = Subscriber("", UnsentMessages(100), Subscription(10))
        hub.add(subscriber)
        hub.subscribe(subscriber, Subscribe(signals=("*",)))
        resumed.append([message.seq for message in hub.resume(subscriber, cursor)])
    assert len(resumed[0]) == 10, "its own number: what came after it"
    assert len(resumed[1]) == 15, "the other's: from five seconds before it"
    assert min(resumed[1]) >= cursor - OVERLAP


def test_metrics_of_processes_are_told_apart() -> None:
    metrics.counter("gateway_test_total", "A test.", ["what"]).labels('a "b"').inc()
    own = metrics.render()[0]
    body, _ = metrics.joined({"0": own, "1": own})
    lines = body.decode().splitlines()
    assert [line for line in lines if line.startswith("finstage_gateway_test_total")] == [
        f'finstage_gateway_test_total{{process="{n}",what="a \\"b\\""}} 1.0' for n in range(2)
    ]
    heads = [line for line in lines if line.startswith("# TYPE ")]
    assert len(heads) == len(set(heads)) == len([line for line in own.decode().splitlines() if line.startswith("# TYPE ")])


async def test_metrics_that_come_in_parts_are_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_process, "PROBE_SECONDS", 0.01)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for part in (b"a_total 1\nb_tot", b"al 2\n"):
            await response.write(part)
            await asyncio.sleep(0.05)  # so that it is sent alone
        return response

    application = web.Application()
    application.router.add_get("/{any}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    child = await asyncio.create_subprocess_exec("sleep", "60")
    process = GatewayProcess(0, {}, 1.0)
    process._address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    process._answered = asyncio.get_running_loop().time()
    probing = asyncio.create_task(process._probe(child))
    try:
        await until(lambda: process.metrics, what="the metrics")
        assert process.metrics == b"a_total 1\nb_total 2\n"
    finally:
        probing.cancel()
        child.kill()
        await child.wait()
        await runner.cleanup()


async def test_a_process_that_cannot_be_started_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, stopping = [], asyncio.Event()

    async def refused(*_: Any, **__: Any) -> asyncio.subprocess.Process:
        tried.append(1)
        if len(tried) == 2:
            stopping.set()
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refused)
    async with asyncio.timeout(30):
        await GatewayProcess(0, {}, 1.0).run(stopping)
    assert len(tried) == 2


async def test_a_port_that_is_in_use_is_not_shared(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    loop = asyncio.get_running_loop()
    with reserved_port("127.0.0.1", port):
        for _ in range(2):
            shared = await loop.create_server(asyncio.Protocol, "127.0.0.1", port, reuse_port=True)
            with pytest.raises(ListenError, match=f"HOST=127.0.0.1 PORT={port}: .* in use"), reserved_port("127.0.0.1", port):
                pass
            shared.close()
            await shared.wait_closed()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        used = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"HOST=127.0.0.1 PORT={used}: Address already in use"):
            async with running_gateway(tmp_path, port=used):
                pass
    with reserved_port("127.0.0.1", 0) as free:
        assert free > 0


async def test_a_process_ends_with_the_one_that_started_it() -> None:
    lifecycle = Lifecycle()
    following = asyncio.create_task(follow_parent(os.getppid(), lifecycle))
    async with asyncio.timeout(10):
        await follow_parent(os.getpid(), lifecycle)  # not the parent: it has ended
        assert not following.done()
        lifecycle.stopping.set()
        await following


@pytest.mark.thorough  # three starts of a gateway
async def test_two_processes_answer_on_one_port(kafka: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes a part of the connections, limits hold for both together, and one that is killed is started again."""
    monkeypatch.setenv("GATEWAY_PROCESSES", "2")
    monkeypatch.setenv("RATE_LIMIT", "300/hour")
    monkeypatch.setenv("MAX_READERS_PER_ADDRESS", "3")
    port, probes = free_ports(2)
    (tmp_path / "gateway.db").write_bytes(empty_database())
    async with process(kafka, f"sqlite+aiosqlite:///{tmp_path}/gateway.db", tmp_path, port, probes):
        address = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as client:

            async def processes() -> list[dict[str, Any]]:
                async with client.get(f"http://127.0.0.1:{probes}/readyz") as response:
                    found: list[dict[str, Any]] = (await response.json())["details"]["processes"]
                    return found

            async def both_ready() -> bool:
                return all(each["ready"] for each in await processes())

            await until(both_ready, seconds=60, what="both processes to be ready")
            remaining = [await once(f"{address}/v1/industries") for _ in range(40)]
            assert remaining == list(range(299, 259, -1)), "one count for all connections"

            async def answered_by_both() -> bool:
                async with client.get(f"http://127.0.0.1:{probes}/metrics") as response:
                    lines = (await response.text()).splitlines()
                wanted = 'finstage_gateway_requests_total{process="'
                found = {line.removeprefix(wanted)[0] for line in lines if line.startswith(wanted) and "/v1/industries" in line}
                return found == {"0", "1"}

            await until(answered_by_both, seconds=30, what="both processes to have answered")
            sockets = [await client.ws_connect(f"{address}/v1/stream") for _ in range(4)]
            first = [(await socket.receive_json())[0] for socket in sockets]
            assert [each["T"] for each in first] == ["success"] * 3 + ["error"]
            killed = (await processes())[1]["pid"]
            os.kill(killed, signal.SIGKILL)

            async def restarted() -> bool:
                found = (await processes())[1]
                return found["pid"] not in {None, killed} and found["ready"] and found["starts"] == 2

            await until(restarted, seconds=60, what="the killed process to be back")
            pids = [each["pid"] for each in await processes()]
            for socket in sockets:
                await socket.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def once(address: str) -> int:
    """A request on a connection of its own; returns how many are left."""
    async with aiohttp.ClientSession() as client, client.get(address) as response:
        assert response.status == 200
        return int(response.headers["RateLimit-Remaining"])

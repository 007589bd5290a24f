from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pytest

CANARY = "4711"


@contextmanager
def service(how: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.shared.service_process", how],
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "DRAIN_SECONDS": "1",
            "DATABASE_URL": "mysql+aiomysql://fin:canary-zero-4711@127.0.0.1/x",
            **environment,
        },
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)
        log_of(process).close()


def log_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stderr is not None
    return process.stderr


def lines_until(process: subprocess.Popen[bytes], event: str) -> list[dict[str, Any]]:
    """The log lines up to the one with ``event``."""
    found = []
    for line in log_of(process):
        found.append(json.loads(line))
        if found[-1]["event"] == event:
            return found
    raise AssertionError(f"the process ended without saying {event!r}: {found}")


def rest(process: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log_of(process)]


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_closes_and_exits_with_0(number: signal.Signals) -> None:
    with service("clean") as process:
        lines_until(process, "working")
        process.send_signal(number)
        events = [line["event"] for line in rest(process)]
        assert process.wait(10) == 0
    assert events.index("draining") < events.index("closed")
    assert {"stopping", "other drained", "ended"} <= set(events)


@pytest.mark.parametrize(
    ("how", "output"),
    [
        ("fails", "task failed"),
        ("returns", "task returned before a stop was requested"),
        ("cancelled", "task failed"),
        ("exits", "task failed"),
    ],
)
def test_a_task_that_ends_stops_the_process_with_1(how: str, output: str) -> None:
    with service(how) as process:
        lines = rest(process)
        assert process.wait(10) == 1
    assert next(line for line in lines if line["event"] == output)["task"] == "work"
    assert "other drained" in [line["event"] for line in lines]
    assert "closed" in [line["event"] for line in lines]


def test_a_task_that_does_not_drain_is_cancelled_and_the_exit_code_is_1() -> None:
    with service("stubborn") as process:
        lines_until(process, "working")
        process.send_signal(signal.SIGTERM)
        lines = rest(process)
        assert process.wait(10) == 1
    events = [line["event"] for line in lines]
    assert events.index("drain took too long: cancelling") < events.index("cancelled") < events.index("closed")


def test_a_second_signal_ends_it_at_once() -> None:
    with service("second", DRAIN_SECONDS="60") as process:
        lines_until(process, "working")
        process.send_signal(signal.SIGTERM)
        lines_until(process, "draining")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM


def test_a_task_cancelled_while_draining_makes_the_exit_code_1() -> None:
    with service("drain-cancelled") as process:
        lines_until(process, "working")
        process.send_signal(signal.SIGTERM)
        lines = rest(process)
        assert process.wait(10) == 1
    assert next(line for line in lines if line["event"] == "task failed")["task"] == "work"
    assert "closed" in [line["event"] for line in lines]


def test_a_cancelled_error_during_the_start_exits_with_1() -> None:
    with service("start-cancelled") as process:
        lines = rest(process)
        assert process.wait(10) == 1
    assert next(line for line in lines if line["event"] == "failed")["during"] == "starting"


def test_a_start_that_fails_exits_with_1() -> None:
    with service("start") as process:
        lines = rest(process)
        assert process.wait(10) == 1
    assert "no broker" in next(line for line in lines if line["event"] == "failed")["exception"]


def test_a_start_that_hangs_can_be_stopped() -> None:
    with service("start-hangs") as process:
        lines_until(process, "hanging")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("how", ["close-fails", "close-cancelled"])
def test_a_failure_to_close_makes_the_exit_code_1(how: str) -> None:
    with service(how) as process:
        lines_until(process, "working")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 1


@pytest.mark.parametrize("how", ["clean", "fails", "start"])
def test_no_secret_reaches_the_log(how: str) -> None:
    with service(how, LOG_LEVEL="debug") as process:
        if how == "clean":
            received = lines_until(process, "working")
            process.send_signal(signal.SIGTERM)
        else:
            received = []
        text = json.dumps(received + rest(process))
        process.wait(10)
    assert "***" in text or how == "start-hangs"
    assert CANARY not in text


def test_probes_and_metrics() -> None:
    with service("clean") as process:
        lines = lines_until(process, "working")
        port = next(line for line in lines if line["event"] == "probes listen")["port"]
        assert get(port, "/healthz")[0] == 200
        status, body = get(port, "/readyz")
        assert (status, json.loads(body)["checks"]) == (200, {"running": True, "fine": True})
        deadline = time.monotonic() + 10
        while "finstage_mesh_loop_lag_seconds_count" not in (shown := get(port, "/metrics")[1]):
            assert time.monotonic() < deadline, shown
        assert "process_cpu_seconds_total" in shown


def test_not_ready_is_503() -> None:
    with service("unready") as process:
        port = next(line for line in lines_until(process, "working") if line["event"] == "probes listen")["port"]
        status, body = get(port, "/readyz")
        assert (status, json.loads(body)["checks"]["fine"]) == (503, False)
        assert get(port, "/healthz")[0] == 200

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.failures import SettingsError
from shared.listening import ListenError, listening
from tests.preloading.process import Process

CANARIES = "canary", "kestrel"
"""How each secret begins and ends: words, since a number can be that of a process or of a moment."""


class Service(Process):
    """A service whose log lines are read as they are written."""

    def __init__(self, how: str, environment: Mapping[str, str], log: Path) -> None:
        os.mkfifo(log)
        super().__init__(("tests.shared.service_process", how), environment, log)
        self.lines = log.open("rb")

    def lines_until(self, event: str) -> list[dict[str, Any]]:
        """The log lines up to the one with ``event``."""
        found = []
        for line in self.lines:
            found.append(json.loads(line))
            if found[-1]["event"] == event:
                return found
        raise AssertionError(f"the process ended without saying {event!r}: {found}")

    def rest(self) -> list[dict[str, Any]]:
        """The log lines until it ends."""
        return [json.loads(line) for line in self.lines]


Start = Callable[..., Service]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Start]:
    started = []

    def start(how: str, **environment: str) -> Service:
        database = "mysql+aiomysql://fin:canary-zero-kestrel@127.0.0.1/x"
        process = Service(how, {**os.environ, "DRAIN_SECONDS": "1", "DATABASE_URL": database, **environment}, tmp_path / "log")
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)
        process.lines.close()


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_closes_and_exits_with_0(service: Start, number: signal.Signals) -> None:
    process = service("clean")
    process.lines_until("working")
    process.send_signal(number)
    events = [line["event"] for line in process.rest()]
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
def test_a_task_that_ends_stops_the_process_with_1(service: Start, how: str, output: str) -> None:
    process = service(how)
    lines = process.rest()
    assert process.wait(10) == 1
    assert next(line for line in lines if line["event"] == output)["task"] == "work"
    assert "other drained" in [line["event"] for line in lines]
    assert "closed" in [line["event"] for line in lines]


def test_a_task_that_does_not_drain_is_cancelled_and_the_exit_code_is_1(service: Start) -> None:
    process = service("stubborn")
    process.lines_until("working")
    process.send_signal(signal.SIGTERM)
    lines = process.rest()
    assert process.wait(10) == 1
    events = [line["event"] for line in lines]
    assert events.index("drain took too long: cancelling") < events.index("cancelled") < events.index("closed")


def test_a_second_signal_ends_it_at_once(service: Start) -> None:
    process = service("second", DRAIN_SECONDS="60")
    process.lines_until("working")
    process.send_signal(signal.SIGTERM)
    process.lines_until("draining")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 128 + signal.SIGTERM


def test_a_task_cancelled_while_draining_makes_the_exit_code_1(service: Start) -> None:
    process = service("drain-cancelled")
    process.lines_until("working")
    process.send_signal(signal.SIGTERM)
    lines = process.rest()
    assert process.wait(10) == 1
    assert next(line for line in lines if line["event"] == "task failed")["task"] == "work"
    assert "closed" in [line["event"] for line in lines]


def test_a_cancelled_error_during_the_start_exits_with_1(service: Start) -> None:
    process = service("start-cancelled")
    lines = process.rest()
    assert process.wait(10) == 1
    assert next(line for line in lines if line["event"] == "failed")["during"] == "starting"


def test_a_start_that_fails_exits_with_1(service: Start) -> None:
    process = service("start")
    lines = process.rest()
    assert process.wait(10) == 1
    assert "no broker" in next(line for line in lines if line["event"] == "failed")["exception"]


def test_a_port_that_is_taken_is_one_line_that_names_its_setting(service: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = service("clean", PROBE_PORT=port)
        lines = process.rest()
        assert process.wait(10) == 1, "a restart can help"
    assert [line["event"] for line in lines] == ["cannot listen", "ended"]
    assert lines[0]["error"].startswith(f"PROBE_HOST=127.0.0.1 PROBE_PORT={port}: Address already in use; ")
    assert "exception" not in lines[0]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), SettingsError),
        (PermissionError(errno.EACCES, "Permission denied"), SettingsError),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), ListenError),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), ListenError),
    ],
    ids=lambda each: getattr(each, "strerror", None),
)
def test_where_a_restart_cannot_help_the_settings_are_refused(error: OSError, kind: type[Exception]) -> None:
    with (
        pytest.raises(kind, match=f"^HOST=nohost PORT=80: {error.strerror}; choose another$"),
        listening("nohost", 80, "HOST", "PORT"),
    ):
        raise error


def test_an_address_of_another_machine_is_named_too(service: Start) -> None:
    process = service("clean", PROBE_HOST="192.0.2.1")  # of RFC 5737: no machine has it
    (refused, _) = process.rest()
    assert process.wait(10) == 1
    assert refused["error"] == "PROBE_HOST=192.0.2.1 PROBE_PORT=0: Cannot assign requested address; choose another"


def test_a_start_that_hangs_can_be_stopped(service: Start) -> None:
    process = service("start-hangs")
    process.lines_until("hanging")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


@pytest.mark.parametrize("how", ["close-fails", "close-cancelled"])
def test_a_failure_to_close_makes_the_exit_code_1(service: Start, how: str) -> None:
    process = service(how)
    process.lines_until("working")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 1


@pytest.mark.parametrize("how", ["clean", "fails", "start"])
def test_no_secret_reaches_the_log(service: Start, how: str) -> None:
    process = service(how, LOG_LEVEL="debug")
    if how == "clean":
        received = process.lines_until("working")
        process.send_signal(signal.SIGTERM)
    else:
        received = []
    text = json.dumps(received + process.rest())
    process.wait(10)
    assert "***" in text or how == "start-hangs"
    assert not [word for word in CANARIES if word in text]


def test_probes_and_metrics(service: Start) -> None:
    process = service("clean")
    lines = process.lines_until("working")
    port = next(line for line in lines if line["event"] == "probes listen")["port"]
    assert get(port, "/healthz")[0] == 200
    status, body = get(port, "/readyz")
    assert (status, json.loads(body)["checks"]) == (200, {"running": True, "fine": True})
    deadline = time.monotonic() + 10
    while "finstage_mesh_loop_lag_seconds_count" not in (shown := get(port, "/metrics")[1]):
        assert time.monotonic() < deadline, shown
    assert "process_cpu_seconds_total" in shown


def test_not_ready_is_503(service: Start) -> None:
    process = service("unready")
    port = next(line for line in process.lines_until("working") if line["event"] == "probes listen")["port"]
    status, body = get(port, "/readyz")
    assert (status, json.loads(body)["checks"]["fine"]) == (503, False)
    assert get(port, "/healthz")[0] == 200

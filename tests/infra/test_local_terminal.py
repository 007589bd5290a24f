"""Lines about programs that exit: the reason, printed once, and an error when a restart cannot help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.local.errors import StackError
from infra.local.exit_reasons import LONGEST, UNKNOWN, last_cause, last_error
from infra.local.terminal import QUIET_SECONDS, ProgramStateReporter
from shared.settings import EXIT_BAD_SETTINGS

TRACEBACK = """Traceback (most recent call last):
  File "app.py", line 1, in main
    raise ValueError("no: such")
services.ingest.domain.tape.TapeError: tape 'demo': it is another edition
than the one that was played"""
GROUP = """  + Exception Group Traceback (most recent call last):
  | ExceptionGroup: two (1 sub-exception)
  +-+---------------- 1 ----------------
    | OSError: [Errno 28] No space left on device
    +------------------------------------"""
JAVA = """[main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception
java.lang.IllegalStateException: outer
\tat kafka.Kafka.main(Kafka.scala)
Caused by: java.net.BindException: Address already in use
\tat sun.nio.ch.Net.bind0(Native Method)"""


def logged(**fields: object) -> str:
    return json.dumps({"at": "2026-01-01", "service": "ingest", **fields})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (logged(level="error", event="failed", exception=TRACEBACK), "TapeError: tape 'demo': it is another edition"),
        (logged(level="error", event="task failed", exception=GROUP), "OSError: [Errno 28] No space left on device"),
        (logged(level="error", event="refused", error="the database holds tape demo."), "the database holds tape demo"),
        (logged(level="error", event="the broker is away", error="no route"), "the broker is away: no route"),
        (logged(level="critical", event="task returned"), "task returned"),
        (TRACEBACK, "TapeError: tape 'demo': it is another edition"),
        (JAVA, "BindException: Address already in use"),
        ("error: setting SPEED='fast': Input should be 'tape'", "setting SPEED='fast': Input should be 'tape'"),
        ("ModuleNotFoundError: No module named 'numba'\n\n", "ModuleNotFoundError: No module named 'numba'"),
        (logged(level="warning", event="slow", error="x"), UNKNOWN),
        ("[1, 2]\n{\"level\": 3}\n{\"level\": \"error\", \"event\": null}", UNKNOWN),
        ("", UNKNOWN),
    ],
)  # fmt: skip
def test_the_last_error_becomes_a_line(tmp_path: Path, text: str, expected: str) -> None:
    log = tmp_path / "ingest.log"
    log.write_text(f"{logged(level='error', event='older')}\n{text}\n{logged(level='info', event='ended')}\n")
    older = expected == UNKNOWN
    assert last_error(log, len(logged(level="error", event="older"))) == expected
    assert older == (last_error(log) == "older")


def test_a_hostile_error_cannot_control_or_flood_the_terminal(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_bytes(
        logged(level="error", event="refused", error="a\x1b[2J\r\nb\u202ec\x9b" + "d" * 10_000).encode() + b"\n\xff\xfe\n"
    )
    found = last_error(log)
    assert found.isprintable()
    assert found.startswith("a [2J b c ddd")
    assert len(found) == LONGEST


def test_a_log_that_was_rotated_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text(logged(level="error", event="new"))
    assert last_error(log, 10_000_000) == "new"
    assert last_error(tmp_path / "none.log") == UNKNOWN


class WatchedProgram:
    """A gateway whose states come from the test."""

    def __init__(self, folder: Path) -> None:
        self.log, self.supervisor = folder / "gateway.log", folder / "supervisor.log"
        self.log.write_text(logged(level="error", event="of an earlier run") + "\n")
        self.changes, self.now = ProgramStateReporter(folder), 0.0
        assert self.state("STOPPED") == []

    def exit(self, cause: str, program: str = "gateway") -> None:
        """supervisord's line of an exit, as it writes it."""
        expected = "expected" if cause == "exit status 0" else "not expected"
        with self.supervisor.open("a") as file:
            file.write(f"2026-01-01 00:00:00,000 WARN exited: {program} ({cause}; {expected})\n")

    def state(self, name: str, pid: int = 0, error: str = "") -> list[str]:
        if error:
            with self.log.open("a") as file:
                file.write(logged(level="error", event="refused", error=error) + "\n")
        self.now += 1
        return list(self.changes.lines([{"name": "gateway", "statename": name, "pid": pid}], self.now))


def test_an_exit_is_printed_with_its_reason_and_a_start_is_not(tmp_path: Path) -> None:
    watched = WatchedProgram(tmp_path)
    assert [*watched.state("STARTING", 7), *watched.state("RUNNING", 7), *watched.state("RUNNING", 7)] == []
    ended = f"! gateway exited and is restarted: port taken. Its log: {watched.log}"
    assert watched.state("BACKOFF", 0, "port taken") == [ended]
    assert watched.state("BACKOFF") == []
    assert watched.state("STARTING", 9) == []
    assert watched.state("RUNNING", 9) == ["  gateway runs again"]
    killed = f"! gateway exited and is restarted: {UNKNOWN}. Its log: {watched.log}"
    assert watched.state("STARTING", 10) == [killed], "a new process whose exit was not observed"


def test_a_killed_program_is_told_from_one_that_failed(tmp_path: Path) -> None:
    """The last exit of this program counts, not that of another one or an older one."""
    watched = WatchedProgram(tmp_path)
    assert last_cause("gateway", watched.supervisor) == ""
    pid = 7
    for cause, expected in (
        ("exit status 0", "it was asked to stop by something else (exit status 0)"),
        ("terminated by SIGKILL", "it was killed (SIGKILL)"),
        ("terminated by SIGSEGV (core dumped)", "it was killed (SIGSEGV (core dumped))"),
        ("exit status 1", UNKNOWN),
    ):
        watched.state("RUNNING", pid, "the broker was away" if cause != "exit status 1" else "")  # and it went on
        watched.exit(cause)
        watched.exit(f"exit status {EXIT_BAD_SETTINGS}", "ingest")
        pid += 1
        assert watched.state("RUNNING", pid) == [f"! gateway exited and is restarted: {expected}. Its log: {watched.log}"]
        assert last_cause("gateway", watched.supervisor) == cause


def test_a_repeated_failure_is_reported_once_in_a_while(tmp_path: Path) -> None:
    watched, lines = WatchedProgram(tmp_path), list[str]()
    for pid in range(1, 301):  # exits one second after it started
        lines += watched.state("STARTING", pid) + watched.state("RUNNING", pid) + watched.state("EXITED", 0, "no disk")
    assert QUIET_SECONDS < 3 * 300
    assert [line for line in lines if line.startswith("!")] == [
        f"! gateway exited and is restarted: no disk. Its log: {watched.log}",
        f"! gateway exited 201 times and is restarted: no disk. Its log: {watched.log}",
    ]
    assert len(lines) <= 4
    assert watched.state("STARTING", 999) == []
    assert len(watched.state("BACKOFF", 0, "another reason")) == 1


@pytest.mark.parametrize("before", ["STARTING", "RUNNING"])
@pytest.mark.parametrize("seen", [("BACKOFF", 0), ("EXITED", 0), ("STARTING", 2), ("RUNNING", 2)], ids=lambda seen: seen[0])
def test_refused_settings_end_the_run_with_their_reason(tmp_path: Path, before: str, seen: tuple[str, int]) -> None:
    """Also where only the next process was seen, for which supervisord has forgotten how the last one ended."""
    watched = WatchedProgram(tmp_path)
    watched.state(before, 1)
    watched.exit(f"exit status {EXIT_BAD_SETTINGS}")
    with pytest.raises(StackError, match="gateway cannot run with these settings: PORT is a word"):
        watched.state(*seen, error="PORT is a word")

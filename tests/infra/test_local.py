"""The local stack, as ``make run`` starts it, with all services."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from infra.kafka.errors import BrokerError
from infra.kafka.node import require_free
from infra.local.prepare import run_process
from infra.local.programs import configuration
from infra.local.settings import LocalSettings
from infra.local.terminal import FileFollower
from infra.local.web_page import build_page
from tests.until import until

ROOT = Path(__file__).parents[2]
START_SECONDS = 150


def eleven_free_ports() -> int:
    """The first of eleven consecutive ports below the ephemeral range."""
    while True:
        first = random.randrange(21_000, 21_990)
        try:
            for port in range(first, first + 11):
                require_free(port)
        except BrokerError:
            continue
        return first


class Run:
    """``python -m infra.local run`` with a folder and ports of its own."""

    def __init__(self, folder: Path, cache: Path) -> None:
        first = eleven_free_ports()
        kafka, probes, self.port = first, first + 3, first + 10
        names = {"VAR": folder, "CACHE": cache, "KAFKA_PORT": kafka, "PROBES_FROM": probes, "PORT": self.port}
        names |= {"SOURCE": "replay", "TAPE": "demo", "TELEGRAM_BOT_TOKEN": ""}
        self.environment = {**os.environ, **{name: str(value) for name, value in names.items()}}
        self.folder, self.output = folder, folder / "terminal"
        self.data = folder / "replay-demo"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.local", "run"], cwd=ROOT, env=self.environment, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "infra.local", name], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    def printed(self) -> str:
        return self.output.read_text()

    async def until_open(self, times: int = 1) -> None:
        assert self.process is not None
        process = self.process

        def settled() -> bool:
            return self.printed().count("Open http://") == times or process.poll() is not None

        await until(settled, START_SECONDS, "the start")
        assert self.process.poll() is None, self.printed()

    def children(self) -> dict[str, psutil.Process]:
        """The processes of the stack by module, the broker as ``kafka``."""
        assert self.process is not None
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                line = child.cmdline() or ["gone"]
            except psutil.Error:  # a short task of the start has just ended
                continue
            name = "kafka" if "kafka.Kafka" in line else line[line.index("-m") + 1] if "-m" in line else line[0]
            found[name] = child
        return found

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{int(self.environment['PROBES_FROM']) + 4}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@pytest.fixture
def run(kafka_jars: Path, tmp_path: Path) -> Iterator[Run]:
    build_page(print)
    run = Run(tmp_path, kafka_jars.parent)
    yield run
    if run.process and run.process.poll() is None:
        run.process.terminate()
        run.process.wait(120)


@pytest.mark.thorough
@pytest.mark.kill
@pytest.mark.timeout(900)
async def test_it_starts_restarts_programs_refuses_a_second_run_and_stops_everything(run: Run) -> None:
    run.start()
    await run.until_open()
    assert run.process is not None
    before = run.children()
    assert {"kafka", "services.ingest", "services.analysis", "services.notifier", "services.gateway"} <= set(before)
    assert "replayed real prices, not live" in run.printed()

    second = run.command("run")
    assert second.returncode == 1
    assert f"already runs from this checkout (process {run.process.pid})" in second.stderr
    assert run.command("status").returncode == 0

    before["services.gateway"].kill()
    await until(lambda: "! gateway exited" in run.printed(), 30)
    await until(run.ready, 60, "the gateway is back")

    os.killpg(run.process.pid, signal.SIGINT)  # Ctrl-C reaches the whole foreground group
    assert run.process.wait(120) == 0
    assert_nothing_left(run, before)

    run.start()
    await run.until_open(2)
    assert "topics are right" in run.printed(), "the second run continues with the data of the first"
    again = run.children()
    assert run.command("stop").returncode == 0
    run.process.wait(10)
    assert_nothing_left(run, again)
    assert run.command("status").returncode == 3

    run.environment["TAPE"] = "crypto"
    run.start()
    await run.until_open(3)
    assert (run.folder / "current").readlink() == Path("replay-crypto")
    assert len(list(run.folder.glob("replay-*/kafka/node-1"))) == 2, "a broker with its own log for each tape"
    assert run.command("stop").returncode == 0
    assert "! ingest" not in run.printed()


@pytest.mark.kill
def test_a_database_of_another_source_is_refused_before_anything_starts(run: Run) -> None:
    database = run.folder / "shared.db"
    run.environment |= {"DATABASE_URL": f"sqlite+aiosqlite:///{database}", "TAPE": "seconds"}
    run_process(LocalSettings(database_url=run.environment["DATABASE_URL"], _env_file=None), "shared.migrations", "upgrade")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO ingest_cursors VALUES ('replay:crypto', '{\"digest\": \"x\"}', 1)")
    done = run.command("run")
    assert done.returncode == 1
    assert "holds tape crypto, so tape seconds cannot go there: go on with SOURCE=replay TAPE=crypto" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (run.folder / "replay-seconds").exists()


@pytest.mark.kill
async def test_nothing_outlives_a_killed_run(run: Run) -> None:
    run.start()
    await until(lambda: "  kafka" in run.printed(), START_SECONDS)
    assert run.process is not None
    await until(lambda: len(run.children()) >= 5, START_SECONDS)
    children = run.children()
    run.process.kill()
    run.process.wait(10)
    await until(lambda: not any(child.is_running() for child in children.values()), 120, "all processes end")
    assert not (run.data / "run" / "supervisord.pid").exists()
    assert run.command("status").returncode == 3


@pytest.mark.thorough
@pytest.mark.kill
async def test_all_processes_end_when_the_supervisor_is_killed(run: Run) -> None:
    run.start()
    await until(lambda: "  gateway" in run.printed(), START_SECONDS)
    children = run.children()
    children["supervisor.supervisord"].kill()
    assert run.process is not None
    assert run.process.wait(120) == 1
    assert "supervisord has exited" in run.printed()
    assert_nothing_left(run, {name: child for name, child in children.items() if "supervisord" not in name})


def assert_nothing_left(run: Run, children: dict[str, psutil.Process]) -> None:
    alive = {name for name, child in children.items() if child.is_running() and child.status() != psutil.STATUS_ZOMBIE}
    assert alive == set()
    remaining = {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.suffix in {".pid", ".sock"}}
    assert remaining == set()
    assert not (run.folder / "run.lock").exists()


def test_taken_ports_are_named_before_anything_starts(run: Run, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", run.port))
        taken.listen()
        done = run.command("run")
    assert done.returncode == 1
    assert f"Port {run.port} is taken" in done.stderr
    assert "choose another: PORT=..." in done.stderr
    assert not (tmp_path / "replay-demo" / "run" / "supervisord.conf").exists()


def test_a_port_used_twice_is_an_error(run: Run) -> None:
    run.environment["PORT"] = str(int(run.environment["PROBES_FROM"]) + 1)
    done = run.command("run")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert f"port {run.environment['PORT']} is used twice: by PROBES_FROM" in done.stderr


def test_an_invalid_setting_is_named(run: Run) -> None:
    run.environment["PORT"] = "eighty"
    done = run.command("status")
    assert done.returncode == 1
    assert done.stderr.startswith("error: PORT='eighty': ")


def test_a_database_without_a_driver_is_refused_before_anything_starts(run: Run) -> None:
    run.environment["DATABASE_URL"] = "mysql://fin:canary-4711@127.0.0.1/x"
    done = run.command("run")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: DATABASE_URL='mysql://***': has driver 'mysql'; supported: sqlite+aiosqlite, mysql+aiomysql"
    )
    assert "canary" not in done.stderr + done.stdout


def test_the_configuration_escapes_folder_names(tmp_path: Path) -> None:
    from supervisor.options import ServerOptions

    settings = LocalSettings(var=tmp_path / "100% folder with spaces", _env_file=None)
    folder = settings.folder
    for name in ("log", "run"):
        (folder / name).mkdir(parents=True)
    config = folder / "supervisord.conf"
    config.write_text(configuration(settings, folder / "s.sock"))
    options = ServerOptions()
    options.realize(["-c", str(config)])
    programs = {program.name: program for group in options.process_group_configs for program in group.process_configs}
    assert set(programs) == {"kafka", "ingest", "analysis", "industries", "notifier", "gateway", "research", "news"}
    assert programs["kafka"].stderr_logfile == str(folder / "log" / "kafka.log")
    assert all(0 < program.stderr_logfile_maxbytes <= 10_000_000 for program in programs.values())
    priorities = [group.priority for group in sorted(options.process_group_configs)]
    assert min(options.process_group_configs).name == "kafka", "first to start, last to stop"
    assert priorities == sorted(priorities)


def test_the_follower_reads_whole_lines_across_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old\n")
    follower = FileFollower(path)
    follower.skip()
    assert list(follower.lines()) == []
    with path.open("a") as file:
        file.write("one\nhal")
    assert list(follower.lines()) == ["one"]
    with path.open("a") as file:
        file.write("f\n")
    assert list(follower.lines()) == ["half"]
    path.rename(tmp_path / "out.1")
    path.write_text("after\n")
    assert list(follower.lines()) == ["after"]

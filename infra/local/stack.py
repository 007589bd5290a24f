"""The run of ``make run``: start the programs in order, print their state, stop everything on the first signal."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from infra.kafka.errors import BrokerError
from infra.kafka.ready import wait_ready
from infra.kafka.topics import make_topics
from infra.local.errors import StackError
from infra.local.exit_reasons import last_error
from infra.local.ports import require_ports
from infra.local.prepare import migrate, store_records
from infra.local.programs import broker, services
from infra.local.settings import LocalSettings
from infra.local.source_status import follow_sources
from infra.local.supervision import Supervisor, start_supervisor
from infra.local.terminal import FileFollower, ProgramStateReporter, print_line

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS: Final = 120.0
EXIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.25


@dataclass
class Stack:
    """One run of the whole mesh."""

    settings: LocalSettings
    stopping: asyncio.Event
    started_at: float

    async def run(self) -> int:
        """Run until a signal arrives; returns the exit code.

        Raises:
            StackError: something did not start.
            BrokerError: Kafka did not start.
        """
        require_ports(self.settings)
        await asyncio.to_thread(migrate, self.settings)
        supervisor = start_supervisor(self.settings)
        try:
            alerts = FileFollower(self.settings.logs / "notifier.out")
            alerts.skip()
            await self._run_tasks(supervisor, alerts)
        finally:
            print_line("\nStopping: services first, the broker last ...")
            await asyncio.to_thread(supervisor.stop)
            await self._wait_for_exit(supervisor)
            print_line("Everything is stopped. make run continues from here.")
        return 0 if self.stopping.is_set() else 1

    async def _run_tasks(self, supervisor: Supervisor, alerts: FileFollower) -> None:
        """Start everything and print changes until a signal arrives or the start fails."""
        running = {
            asyncio.create_task(self._start(supervisor), name="start"),
            asyncio.create_task(self._print_changes(supervisor, alerts), name="changes"),
            asyncio.create_task(follow_sources(self.settings.probes_from, self.stopping), name="sources"),
        }
        try:
            while running and not self.stopping.is_set():
                ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _wait_for_exit(self, supervisor: Supervisor) -> None:
        """Wait until all programs have exited. If supervisord was killed, they exit on their own a little later."""
        deadline = time.monotonic() + EXIT_SECONDS
        while remaining := supervisor.remaining():
            if time.monotonic() > deadline:
                raise StackError(f"These processes did not end: {', '.join(map(str, remaining))}. Inspect them: ps -fp PID")
            await asyncio.sleep(POLL_SECONDS)

    async def _start(self, supervisor: Supervisor) -> None:
        records = asyncio.create_task(self._store_records(), name="records")
        try:
            await self._start_kafka(supervisor)
            await records
        finally:
            records.cancel()
        supervisor.start_group("services")
        waiting = {asyncio.create_task(self._ready(s.name, s.port), name=s.name) for s in services(self.settings)}
        try:
            await asyncio.gather(*waiting)
        finally:
            for task in waiting:
                task.cancel()
        print_line(f"\nOpen http://{self.settings.host}:{self.settings.port}  ({_source(self.settings)})")
        print_line(f"Logs are in {self.settings.logs}. Ctrl-C stops everything.\n")

    async def _store_records(self) -> None:
        """Save the records of the tape's history, which the first alerts show. Without them the run starts all the same."""
        try:
            await asyncio.to_thread(store_records, self.settings)
        except StackError as error:
            print_line(f"  records    not there before analysis has computed them: {error}")

    async def _start_kafka(self, supervisor: Supervisor) -> None:
        kafka = broker(self.settings)
        supervisor.start(kafka.name)
        bootstrap = f"127.0.0.1:{kafka.port}"
        try:
            await wait_ready(bootstrap, seconds=READY_SECONDS, alive=lambda: not supervisor.failing(kafka.name))
        except BrokerError as error:
            raise StackError(f"{error}. The end of its log:\n{_log_ends(self.settings.logs, kafka.name)}") from error
        changes = await make_topics(bootstrap)
        topics = f"{len(changes.create)} topics created" if changes.create else "topics are right"
        self._print_started("kafka", f"{bootstrap}, {topics}")

    async def _ready(self, name: str, port: int) -> None:
        """Return once the service's /readyz returns 200."""
        deadline = time.monotonic() + READY_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                        if answer.status == 200:
                            break
                if time.monotonic() > deadline:
                    log = self.settings.logs / f"{name}.log"
                    raise StackError(f"{name} is not ready after {READY_SECONDS:.0f} s: {last_error(log)}. Its log: {log}")
                await asyncio.sleep(POLL_SECONDS)
        self._print_started(name, "ready")

    def _print_started(self, name: str, what: str) -> None:
        print_line(f"  {name:<11}{what} ({time.monotonic() - self.started_at:.0f} s)")

    async def _print_changes(self, supervisor: Supervisor, alerts: FileFollower) -> None:
        """Print alerts and program changes until a signal arrives."""
        changes = ProgramStateReporter(self.settings.logs)
        while not self.stopping.is_set():
            if not supervisor.alive():
                raise StackError(f"supervisord has exited; see {self.settings.logs / 'supervisor.log'}")
            _print(alerts.lines())
            _print(changes.lines(await asyncio.to_thread(supervisor.states), time.monotonic()))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), POLL_SECONDS)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print_line(line)


def _log_ends(logs: Path, name: str) -> str:
    """The end of both log files of a program."""
    files = (logs / f"{name}.out", logs / f"{name}.log")
    return "\n".join(file.read_text(errors="replace")[-800:].strip() for file in files if file.exists())


def _source(settings: LocalSettings) -> str:
    return "live prices from Yahoo" if settings.source == "yahoo" else "replayed real prices, not live"


async def run_stack(settings: LocalSettings, started_at: float) -> int:
    """Run the mesh until SIGINT, SIGTERM or the closing of the terminal; returns the exit code.

    Raises:
        StackError: something did not start; all that had started is stopped again.
        BrokerError: Kafka did not start; everything is stopped again.
    """
    stack = Stack(settings, asyncio.Event(), started_at)
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, _stop(stack))
    return await stack.run()


def _stop(stack: Stack) -> Callable[[], None]:
    def stop() -> None:
        if stack.stopping.is_set():
            print_line("Still stopping ...")
        stack.stopping.set()

    return stop

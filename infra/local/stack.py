"""The life of ``make run``: start in order, tell a short account, end everything on the first signal."""

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
from infra.kafka.node import require_free
from infra.kafka.ready import wait_ready
from infra.kafka.topics import make_topics
from infra.local.account import Changes, Follower, say
from infra.local.errors import StackError
from infra.local.prepare import migrate
from infra.local.programs import broker, services
from infra.local.reasons import reason
from infra.local.settings import LocalSettings
from infra.local.sources import follow_sources
from infra.local.supervision import Supervisor, start_supervisor

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS: Final = 300.0
SILENT_SECONDS: Final = 60.0
PACE_SECONDS: Final = 0.25


@dataclass
class Stack:
    """One run of the whole mesh."""

    settings: LocalSettings
    stopping: asyncio.Event
    began: float

    async def run(self) -> int:
        """Until a signal comes; returns the exit code.

        Raises:
            StackError: something did not start.
            BrokerError: Kafka did not.
        """
        require_ports(self.settings)
        await asyncio.to_thread(migrate, self.settings)
        supervisor = start_supervisor(self.settings)
        try:
            alerts = Follower(self.settings.logs / "notifier.out")
            alerts.skip()
            await self._live(supervisor, alerts)
        finally:
            say("\nStopping: services first, the broker last ...")
            await asyncio.to_thread(supervisor.stop)
            await self._until_gone(supervisor)
            say("Everything is stopped. make run continues where this ended.")
        return 0 if self.stopping.is_set() else 1

    async def _live(self, supervisor: Supervisor, alerts: Follower) -> None:
        """Start everything and tell what happens, until a signal comes or the start fails."""
        running = {
            asyncio.create_task(self._start(supervisor), name="start"),
            asyncio.create_task(self._tell(supervisor, alerts), name="account"),
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

    async def _until_gone(self, supervisor: Supervisor) -> None:
        """Where supervisord was killed, its programs end by themselves, a little later."""
        deadline = time.monotonic() + SILENT_SECONDS
        while left := supervisor.left():
            if time.monotonic() > deadline:
                raise StackError(f"These processes did not end: {', '.join(map(str, left))}. Look at them with: ps -fp PID")
            await asyncio.sleep(PACE_SECONDS)

    async def _start(self, supervisor: Supervisor) -> None:
        kafka = broker(self.settings)
        supervisor.start(kafka.name)
        bootstrap = f"127.0.0.1:{kafka.port}"
        try:
            await wait_ready(bootstrap, seconds=READY_SECONDS, alive=lambda: not supervisor.failing(kafka.name))
        except BrokerError as error:
            raise StackError(f"{error}. The end of its log:\n{_last_words(self.settings.logs, kafka.name)}") from error
        done = await make_topics(bootstrap)
        self._good("kafka", f"{bootstrap}, " + (f"{len(done.create)} topics made" if done.create else "topics are right"))
        supervisor.start_group("services")
        waiting = {asyncio.create_task(self._ready(s.name, s.port), name=s.name) for s in services(self.settings)}
        try:
            await asyncio.gather(*waiting)
        finally:
            for task in waiting:
                task.cancel()
        say(f"\nOpen http://{self.settings.host}:{self.settings.port}  ({_source(self.settings)})")
        say(f"Logs are in {self.settings.logs}. Ctrl-C stops everything.\n")

    async def _ready(self, name: str, port: int) -> None:
        """Return once the service says that it is ready."""
        deadline = time.monotonic() + READY_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                        if answer.status == 200:
                            break
                if time.monotonic() > deadline:
                    log = self.settings.logs / f"{name}.log"
                    raise StackError(f"{name} is not ready after {READY_SECONDS:.0f} s: {reason(log)}. Its log: {log}")
                await asyncio.sleep(PACE_SECONDS)
        self._good(name, "ready")

    def _good(self, name: str, what: str) -> None:
        say(f"  {name:<11}{what} ({time.monotonic() - self.began:.0f} s)")

    async def _tell(self, supervisor: Supervisor, alerts: Follower) -> None:
        """Print alerts and changes until a signal comes."""
        changes = Changes(self.settings.logs)
        while not self.stopping.is_set():
            if not supervisor.alive():
                raise StackError(f"supervisord is gone; see {self.settings.logs / 'supervisor.log'}")
            _print(alerts.lines())
            _print(changes.lines(await asyncio.to_thread(supervisor.states), time.monotonic()))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), PACE_SECONDS)


def require_ports(settings: LocalSettings) -> None:
    """See whether every port is free. Raises BrokerError: one is not; the message names the setting that moves it."""
    for program in (broker(settings), *services(settings)):
        require_free(program.port, settings.hint(program.name))
    require_free(settings.port, settings.hint("page"))
    require_free(settings.kafka_port + 1, settings.hint("kafka"))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)


def _last_words(logs: Path, name: str) -> str:
    """The end of what a program printed in both its files."""
    files = (logs / f"{name}.out", logs / f"{name}.log")
    return "\n".join(file.read_text(errors="replace")[-800:].strip() for file in files if file.exists())


def _source(settings: LocalSettings) -> str:
    return "live prices from Yahoo" if settings.source == "yahoo" else "replayed real prices, not live"


async def run_stack(settings: LocalSettings, began: float) -> int:
    """Run the mesh until SIGINT, SIGTERM or the closing of the terminal; returns the exit code.

    Raises:
        StackError: something did not start; all that had started is stopped again.
        BrokerError: Kafka did not start; likewise.
    """
    stack = Stack(settings, asyncio.Event(), began)
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, _stop(stack))
    return await stack.run()


def _stop(stack: Stack) -> Callable[[], None]:
    def stop() -> None:
        if stack.stopping.is_set():
            say("Still stopping; what was begun is being finished ...")
        stack.stopping.set()

    return stop

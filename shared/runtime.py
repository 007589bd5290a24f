"""The life of a process: event loop, signals, named tasks, probes, drain, exit code.

Exit codes: 0 after a clean stop (SIGTERM or SIGINT, everything drained); 1 when a task failed, returned or was cancelled though the
process was not to stop, when the drain or the closing took too long, or when the start failed; 2 (``WRONG``) when the settings
cannot work with what is there. A second signal ends the process at once, with 130 or 143.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Final, NoReturn, TypeVar

import structlog
import uvloop

from shared import logs, metrics
from shared.failures import SettingsError
from shared.probes import Checks, serve_probes
from shared.settings import EXIT_BAD_SETTINGS, MeshSettings
from shared.tasks import failure_of

Task = Callable[[], Awaitable[None]]
S = TypeVar("S", bound=MeshSettings)
EXIT_CLEAN: Final = 0
EXIT_FAILED: Final = 1
CLOSE_SECONDS: Final = 15.0
"""How long the closing of connections may take, after the drain."""
CANCEL_SECONDS: Final = 5.0
"""How long a cancelled task may take to end."""
LAG_EVERY_SECONDS: Final = 0.1

log = structlog.get_logger("runtime")


class Lifecycle(Checks):
    """Handed to ``build``: when to stop, and what health and readiness depend on (``on_ready``, ``on_alive``)."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = asyncio.Event()
        """Set on SIGTERM or SIGINT: stop polling, finish what you began, return."""
        self.started = False
        """True once everything is open and the tasks run."""
        self.on_ready("running", lambda: self.started and not self.stopping.is_set())


Build = Callable[[S, Lifecycle], AbstractAsyncContextManager[Mapping[str, Task]]]


def run(name: str, settings: S, build: Build[S]) -> NoReturn:
    """Run a service to its end and exit with its code.

    ``build`` opens what the service needs, wires it and yields its tasks by name.

    Raises:
        SystemExit: always; 0 after a clean stop, 1 otherwise.
    """
    logs.hide_secrets(logs.secrets_of(settings))
    logs.configure(name, settings.instance or f"{socket.gethostname()}:{os.getpid()}", settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(run_async(name, settings, build))
        _leave_in_time(code)
    sys.exit(code)


async def run_async(name: str, settings: S, build: Build[S]) -> int:
    """The whole life of the service in the running loop; returns its exit code."""
    lifecycle = Lifecycle()
    main = asyncio.create_task(_main(name, settings, build, lifecycle), name="main")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _on_signal, number, lifecycle, main)
    try:
        return await main
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _on_signal(number: int, lifecycle: Lifecycle, main: asyncio.Task[int]) -> None:
    if lifecycle.stopping.is_set():
        log.warning("second signal: leaving at once", signal=signal.Signals(number).name)
        os._exit(128 + number)
    log.info("stopping", signal=signal.Signals(number).name)
    lifecycle.stopping.set()
    if not lifecycle.started:
        main.cancel()


async def _main(name: str, settings: S, build: Build[S], lifecycle: Lifecycle) -> int:
    stack = AsyncExitStack()
    code = EXIT_FAILED
    try:
        port = await stack.enter_async_context(serve_probes(lifecycle, settings.probe_host, settings.probe_port))
        log.info("probes listen", host=settings.probe_host, port=port)
        tasks = await stack.enter_async_context(build(settings, lifecycle))
        lifecycle.started = True
        log.info("started", name=name, tasks=sorted(tasks))
        code = await _supervise(tasks, lifecycle, settings.drain_seconds)
    except asyncio.CancelledError:
        if lifecycle.started or not lifecycle.stopping.is_set():  # no signal asked for it: something raised it
            log.exception("failed", during="running" if lifecycle.started else "starting")
        else:
            log.info("stopped while starting")
            code = EXIT_CLEAN
    except SettingsError as error:
        log.error("refused", error=str(error))  # noqa: TRY400 - the message is for the operator; a traceback says no more
        code = EXIT_BAD_SETTINGS
    except Exception:  # the process ends here, with its reason in the log
        log.exception("failed", during="running" if lifecycle.started else "starting")
    finally:
        lifecycle.started = False
        closed = await _close(stack)
    log.info("ended", exit_code=code if closed else EXIT_FAILED)
    return code if closed else EXIT_FAILED


async def _supervise(tasks: Mapping[str, Task], lifecycle: Lifecycle, drain_seconds: float) -> int:
    """Run the tasks until one ends or the process is told to stop; then drain them all."""
    running = {asyncio.create_task(_named(task), name=name): name for name, task in tasks.items()}
    stop = asyncio.create_task(_stopped(lifecycle), name="stopping")
    lag = asyncio.create_task(_measure_lag(), name="loop lag")
    code = EXIT_CLEAN
    try:
        ended, _ = await asyncio.wait({*running, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not lifecycle.stopping.is_set():
            code = EXIT_FAILED
            for one in ended - {stop}:
                if not one.cancelled() and one.exception() is None:
                    log.error("task returned though nothing told it to stop", task=one.get_name())
        lifecycle.stopping.set()
        await asyncio.wait(running, timeout=drain_seconds) if running else None
        return max(code, await _reap(running, drain_seconds))
    finally:
        stop.cancel()
        lag.cancel()


async def _stopped(lifecycle: Lifecycle) -> None:
    await lifecycle.stopping.wait()


async def _named(task: Task) -> None:
    try:
        await task()
    except SystemExit as error:  # it would end the event loop at once, with the others not drained
        raise RuntimeError(f"a task asked for the end of the process, exit code {error.code}") from error


async def _reap(running: Mapping[asyncio.Task[None], str], drain_seconds: float) -> int:
    """Cancel what did not finish in time, and log how each task ended."""
    code = EXIT_CLEAN
    late = {one for one in running if not one.done()}
    if late:
        code = EXIT_FAILED
        log.error("drain took too long: cancelling", seconds=drain_seconds, tasks=sorted(running[one] for one in late))
        for one in late:
            one.cancel()
        await asyncio.wait(late, timeout=CANCEL_SECONDS)
    for one, name in running.items():
        if one.done() and not (one in late and one.cancelled()) and (error := failure_of(one)) is not None:
            code = EXIT_FAILED
            log.error("task failed", task=name, exc_info=error)
    return code


async def _close(stack: AsyncExitStack) -> bool:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await stack.aclose()
    except TimeoutError:
        log.exception("closing took too long", seconds=CLOSE_SECONDS)
        return False
    except (Exception, asyncio.CancelledError):  # the process ends anyway: what cannot be closed is logged, and fails the exit code
        log.exception("closing failed")
        return False
    return True


async def _measure_lag() -> None:
    """How late the event loop runs what is due: the time that something blocked it."""
    lag = metrics.histogram("mesh_loop_lag_seconds", "How late the event loop ran a timer.")
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_EVERY_SECONDS
        await asyncio.sleep(LAG_EVERY_SECONDS)
        lag.observe(max(0.0, loop.time() - due))


def _leave_in_time(code: int) -> None:
    """A thread of an executor that never returns must not keep the process alive."""
    timer = threading.Timer(CANCEL_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()

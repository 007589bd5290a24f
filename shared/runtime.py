"""Running a service process: event loop, signals, named tasks, probes, drain, exit code.

Exit codes: 0 after a clean stop (SIGTERM or SIGINT, all tasks drained); 1 when a task failed, returned or was cancelled before a
stop was requested, when draining or closing took too long, or when the start failed; 2 (``EXIT_BAD_SETTINGS``) when the settings do
not fit the data or the environment. A second signal ends the process at once, with 130 or 143.
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
from shared.listening import ListenError
from shared.probes import Checks, serve_probes
from shared.settings import EXIT_BAD_SETTINGS, MeshSettings
from shared.tasks import failure_of

Task = Callable[[], Awaitable[None]]
S = TypeVar("S", bound=MeshSettings)
EXIT_CLEAN: Final = 0
EXIT_FAILED: Final = 1
CLOSE_SECONDS: Final = 15.0
"""Limit for closing connections, after the drain."""
CANCEL_SECONDS: Final = 5.0
"""Limit for a cancelled task to end."""
LAG_EVERY_SECONDS: Final = 0.1

log = structlog.get_logger("runtime")


class Lifecycle(Checks):
    """The argument of ``build``: the stop event, and the registration of checks (``on_ready``, ``on_alive``)."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = asyncio.Event()
        """Set on SIGTERM or SIGINT: tasks stop polling, finish the work in progress and return."""
        self.started = False
        """True while the tasks run."""
        self.on_ready("running", lambda: self.started and not self.stopping.is_set())


Build = Callable[[S, Lifecycle], AbstractAsyncContextManager[Mapping[str, Task]]]


def run(name: str, settings: S, build: Build[S]) -> NoReturn:
    """Run a service until it stops, and exit with its code.

    ``build`` opens connections, wires the service and yields its tasks by name.

    Raises:
        SystemExit: always; 0 after a clean stop, 1 otherwise.
    """
    logs.hide_secrets(logs.secrets_of(settings))
    logs.configure(name, settings.instance or f"{socket.gethostname()}:{os.getpid()}", settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(run_async(name, settings, build))
        _exit_after_timeout(code)
    sys.exit(code)


async def run_async(name: str, settings: S, build: Build[S]) -> int:
    """Run the service in the running event loop; returns its exit code."""
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
        log.warning("second signal: exiting at once", signal=signal.Signals(number).name)
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
        if lifecycle.started or not lifecycle.stopping.is_set():  # not caused by a signal: something raised it
            log.exception("failed", during="running" if lifecycle.started else "starting")
        else:
            log.info("stopped while starting")
            code = EXIT_CLEAN
    except SettingsError as error:
        log.error("refused", error=str(error))  # noqa: TRY400 - the message is for the operator; a traceback adds nothing
        code = EXIT_BAD_SETTINGS
    except ListenError as error:
        log.error("cannot listen", error=str(error))  # noqa: TRY400 - it names the settings
    except Exception:  # the process ends here and logs the reason
        log.exception("failed", during="running" if lifecycle.started else "starting")
    finally:
        lifecycle.started = False
        closed = await _close(stack)
    log.info("ended", exit_code=code if closed else EXIT_FAILED)
    return code if closed else EXIT_FAILED


async def _supervise(tasks: Mapping[str, Task], lifecycle: Lifecycle, drain_seconds: float) -> int:
    """Run the tasks until one ends or a stop is requested; then drain them all."""
    running = {asyncio.create_task(_without_system_exit(task), name=name): name for name, task in tasks.items()}
    stop = asyncio.create_task(_stopped(lifecycle), name="stopping")
    lag = asyncio.create_task(_measure_lag(), name="loop lag")
    code = EXIT_CLEAN
    try:
        ended, _ = await asyncio.wait({*running, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not lifecycle.stopping.is_set():
            code = EXIT_FAILED
            for one in ended - {stop}:
                if not one.cancelled() and one.exception() is None:
                    log.error("task returned before a stop was requested", task=one.get_name())
        lifecycle.stopping.set()
        await asyncio.wait(running, timeout=drain_seconds) if running else None
        return max(code, await _log_endings(running, drain_seconds))
    finally:
        stop.cancel()
        lag.cancel()


async def _stopped(lifecycle: Lifecycle) -> None:
    await lifecycle.stopping.wait()


async def _without_system_exit(task: Task) -> None:
    try:
        await task()
    except SystemExit as error:  # it would end the event loop without draining the other tasks
        raise RuntimeError(f"a task raised SystemExit with code {error.code}") from error


async def _log_endings(running: Mapping[asyncio.Task[None], str], drain_seconds: float) -> int:
    """Cancel tasks that did not finish in time, and log how each task ended; returns the exit code."""
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
    except (Exception, asyncio.CancelledError):  # the process ends anyway: log it, and exit with 1
        log.exception("closing failed")
        return False
    return True


async def _measure_lag() -> None:
    """Measure how late the event loop runs a timer: the time that a callback blocked it."""
    lag = metrics.histogram("mesh_loop_lag_seconds", "How late the event loop ran a timer.")
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_EVERY_SECONDS
        await asyncio.sleep(LAG_EVERY_SECONDS)
        lag.observe(max(0.0, loop.time() - due))


def _exit_after_timeout(code: int) -> None:
    """End the process even if a thread of an executor never returns."""
    timer = threading.Timer(CANCEL_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()

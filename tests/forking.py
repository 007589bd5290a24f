"""A plugin of pytest that runs tests in several processes, forked from one that has imported and collected them.

To collect takes half a minute of CPU time: forked processes share it. The parent hands out units, a group of files or a file at a
time, and reports what the workers say about each test.
"""

from __future__ import annotations

import multiprocessing
import threading
import warnings
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import SimpleNamespace
from typing import Any, Final

import pytest

from tests.scheduling import ends_group, unit_of

END_SECONDS: Final = 60.0
"""How long a worker may take to end its servers."""
FORK: Final = multiprocessing.get_context("fork")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--processes 4``."""
    parser.addoption("--processes", type=int, default=1, help="run the tests in so many processes")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Runs what was collected. With errors of collection or nothing to run, pytest says what it always says."""
    if not session.items or session.testsfailed or session.config.option.collectonly:
        return None
    assert threading.active_count() == 1, f"forked processes would lack what collection started: {threading.enumerate()}"
    units = defaultdict[str, list[int]](list)
    for number, item in enumerate(session.items):
        units[unit_of(item.nodeid)].append(number)
    parent = Parent(session, deque(units.values()))
    try:
        parent.run(session.config.getoption("processes"))
    finally:
        parent.close()
    return True


@dataclass
class Worker:
    """A forked process, seen from its parent."""

    process: BaseProcess
    link: Connection
    unit: list[int] = field(default_factory=list)
    """Tests that it has not finished, by their place in ``session.items``."""


class Parent:
    """Hands out the units in their order."""

    def __init__(self, session: pytest.Session, units: deque[list[int]]) -> None:
        self._session = session
        self._reporter: Any = session.config.pluginmanager.getplugin("terminalreporter")
        self._units = units
        self._workers: dict[Connection, Worker] = {}
        self._started = 0

    def run(self, processes: int) -> None:
        """Until every test has been reported."""
        for _ in range(min(processes, len(self._units))):
            self._start()
        while self._workers:
            for link in wait(list(self._workers)):
                assert isinstance(link, Connection)
                if (said := _received(link)) is None:
                    self._ended(self._workers.pop(link))
                else:
                    self._hear(self._workers[link], *said)
            if self._session.shouldfail:
                raise self._session.Failed(self._session.shouldfail)
            if self._session.shouldstop:
                raise self._session.Interrupted(self._session.shouldstop)

    def close(self) -> None:
        """Workers that still run see their link closed, and end their servers and themselves."""
        for worker in self._workers.values():
            worker.link.close()
        for worker in self._workers.values():
            worker.process.join(END_SECONDS)
            worker.process.kill()

    def _start(self) -> None:
        link, other = FORK.Pipe()
        process = FORK.Process(target=work, args=(self._session, self._started, other, [link, *self._workers]))
        process.start()
        other.close()
        self._workers[link] = Worker(process, link)
        self._started += 1

    def _hear(self, worker: Worker, name: str, value: Any) -> None:
        hook = self._session.config.hook
        if name == "next":
            unit = self._units.popleft() if self._units else []
            worker.unit += unit
            worker.link.send(unit)
        elif name == "report":
            hook.pytest_runtest_logreport(report=hook.pytest_report_from_serializable(config=self._session.config, data=value))
        elif name == "finished":
            item = self._session.items[worker.unit.pop(0)]
            hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        else:
            nodeid, *warned = value
            self._reporter.pytest_warning_recorded(warning_message=warnings.WarningMessage(*warned), nodeid=nodeid)

    def _ended(self, worker: Worker) -> None:
        """Of a worker that ended in the midst of its tests, another runs those after the one that failed."""
        worker.process.join()
        worker.link.close()
        if not worker.unit:
            assert worker.process.exitcode == 0, f"a worker ended with exit code {worker.process.exitcode} after its last test"
            return
        item = self._session.items[worker.unit.pop(0)]
        said = f"The process that ran it ended with exit code {worker.process.exitcode}."
        report = pytest.TestReport(item.nodeid, item.location, {}, "failed", said, "call")
        self._session.config.hook.pytest_runtest_logreport(report=report)
        self._session.config.hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        if worker.unit:
            self._units.appendleft(worker.unit)
        if self._units:
            self._start()


def _received(link: Connection) -> tuple[str, Any] | None:
    try:
        said: tuple[str, Any] = link.recv()
    except (EOFError, ConnectionResetError):
        return None
    return said


class Teller:
    """In a worker: sends what the parent has to report."""

    def __init__(self, config: pytest.Config, link: Connection) -> None:
        self._config = config
        self._link = link

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._link.send(("report", data))

    def pytest_runtest_logfinish(self) -> None:
        self._link.send(("finished", None))

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        told = (nodeid, str(warning_message.message), warning_message.category, warning_message.filename, warning_message.lineno)
        self._link.send(("warning", told))


def work(session: pytest.Session, number: int, link: Connection, of_parent: Sequence[Connection]) -> None:
    """In a worker: run units until there are none."""
    for each in of_parent:
        each.close()  # else no worker would see that the parent has gone
    plugins = session.config.pluginmanager
    reporter: Any = plugins.unregister(name="terminalreporter")
    plugins.register(SimpleNamespace(_tw=reporter._tw), "terminalreporter")  # pytest-timeout still prints stacks with its writer
    capture: Any = plugins.getplugin("capturemanager")
    capture.stop_global_capturing()  # it writes to a file that the workers would share
    capture.start_global_capturing()
    capture.suspend_global_capture()
    folders: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]
    folders._basetemp = folders.mktemp(f"worker{number}", numbered=False)
    plugins.register(Teller(session.config, link))
    hook = session.config.hook
    try:
        items = _items(session, link)
        item = next(items)
        while item is not None and not session.shouldfail:
            following = next(items)
            # after the last test of a group its servers end: idle they still cost the other tests CPU time
            hook.pytest_runtest_protocol(item=item, nextitem=None if ends_group(item, following) else following)
            item = following
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the parent has gone, or both were interrupted: what is left of the tests is of no interest
    finally:
        session._setupstate.teardown_exact(None)


def _items(session: pytest.Session, link: Connection) -> Iterator[pytest.Item | None]:
    """Ends with None. Asks for a unit before the last test of the one before it is run: pytest is to know which test follows."""
    unit: list[int] = []
    while True:
        if not unit:
            link.send(("next", None))
            unit = link.recv()
            if not unit:
                yield None
        yield session.items[unit.pop(0)]

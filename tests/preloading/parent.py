"""The process that loads what services import, and forks a child for each start. Processes of tests connect to its socket.

A line that one sends is a request: to start a child, or to send a signal to one. A line of the answer says that a child was
started or that it ended. When a connection ends its children are killed; at the end of the standard input all are.
"""

from __future__ import annotations

import datetime as dt
import gc
import importlib
import os
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec


def main(path: str, *options: str) -> None:
    """Answer requests on a new socket until the input ends; with ``--everything`` load all services first."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        os.write(1, b"ready\n")
        os.dup2(2, 1)  # what is logged while loading
        if "--everything" in options:
            for module, role in IMPORTS:
                load(module, role)
        Parent(listener).serve(sys.stdin.fileno())


IMPORTS: Final = {
    ("services.analysis", "live"): ("services.analysis.live.app",),
    ("services.analysis", "industries"): ("services.analysis.industries.app",),
    ("services.analysis", "news"): ("services.analysis.news.app",),
    ("services.analysis", "research"): ("services.analysis.research.app",),
    ("services.gateway", ""): ("services.gateway.app",),
    ("services.ingest", ""): ("services.ingest.app",),
    ("services.notifier", ""): (
        "services.notifier.app",
        "services.notifier.adapters.telegram.polling",
        "services.notifier.bot.router",
    ),
    ("services.analysis.sequences", ""): (
        "services.analysis.live.adapters.sequences",
        "services.analysis.research.adapters.quality_table",
        "services.analysis.research.settings",
        "shared.migrations.revision",
    ),
    ("tests.shared.service_process", ""): ("shared.runtime", "shared.settings"),
}
"""What the processes of a service import before they are ready, by module and role."""


@cache
def load(module: str, role: str) -> None:
    """Import a service before its first start; for ``analysis live`` also load the machine code and the calendars."""
    for name in IMPORTS.get((module, role), ()):
        importlib.import_module(name)
    if "shared.conditions" in sys.modules:
        sys.modules["shared.conditions"].parse("close > 0")  # makes the parser, which takes a second
    if (module, role) == ("services.analysis", "live"):
        load_live()
    gc.collect()
    gc.freeze()  # children share these pages


def load_live() -> None:
    """As ``analysis live`` does when it starts."""
    from services.analysis.live.adapters.calendars import read_calendar
    from services.analysis.live.app import load_series_runner
    from services.analysis.live.settings import LiveSettings
    from shared.calendars import read_corrections

    settings = LiveSettings()
    load_series_runner(settings)
    read_calendar(settings.calendar_start, dt.datetime.now(dt.UTC).date(), read_corrections(None), settings.session_files)


class Client:
    """A process of tests, and the children that it has started."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.children: dict[int, int] = {}
        """Process id -> the number that the client gave it."""
        self._begun = b""
        """The begin of a line."""

    def requests(self) -> list[dict[str, Any]] | None:
        """What has arrived; None at the end."""
        with suppress(ConnectionResetError):
            if read := self.link.recv(1 << 16):
                *lines, self._begun = (self._begun + read).split(b"\n")
                return [msgspec.json.decode(line) for line in lines]
        return None

    def answer(self, answer: dict[str, int]) -> None:
        """Nothing, if it has gone: the end of its input says so."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.link.sendall(msgspec.json.encode(answer) + b"\n")

    def end(self) -> None:
        """Kill its children."""
        self.link.close()
        for pid in self.children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self.children:
            os.waitpid(pid, 0)


class Parent:
    """Forks children and reports how they end."""

    def __init__(self, listener: socket.socket) -> None:
        """``listener``: where clients connect."""
        self._listener = listener
        self._clients: dict[int, Client] = {}
        """By the descriptors of their links."""
        self._woken, self._wakes = os.pipe()
        os.set_blocking(self._wakes, False)
        os.set_blocking(self._woken, False)

    def serve(self, owner: int) -> None:
        """Until the input ``owner`` ends."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakes)
        with selectors.DefaultSelector() as selector:
            for each in (owner, self._woken, self._listener):
                selector.register(each, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fd == owner:
                        for client in self._clients.values():
                            client.end()
                        return
                    if key.fd == self._woken:
                        os.read(self._woken, 4096)
                        self._reap()
                    elif key.fileobj is self._listener:
                        link, _ = self._listener.accept()
                        self._clients[link.fileno()] = Client(link)
                        selector.register(link.fileno(), selectors.EVENT_READ)
                    elif (requests := (client := self._clients[key.fd]).requests()) is None:
                        selector.unregister(key.fd)
                        self._clients.pop(key.fd).end()
                    else:
                        for request in requests:
                            self._do(client, request)

    def _do(self, client: Client, request: dict[str, Any]) -> None:
        if "signal" in request:
            pids = [pid for pid, number in client.children.items() if number == request["number"]]
            for pid in pids:
                os.kill(pid, request["signal"])
            return
        module, role = (*request["arguments"], "")[:2]
        load(module, role if module == "services.analysis" else "")
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            run(request)
        client.children[pid] = request["number"]
        client.answer({"number": request["number"], "pid": pid})

    def _reap(self) -> None:
        for client in self._clients.values():
            for pid in list(client.children):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    client.answer({"number": client.children.pop(pid), "code": os.waitstatus_to_exitcode(status)})


def run(request: dict[str, Any]) -> NoReturn:
    """In the child: become ``python -m MODULE ARGUMENTS`` with its environment and log, and exit."""
    code: Any = 1
    try:
        for number in (signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        null = os.open(os.devnull, os.O_RDONLY)
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for target, source in ((0, null), (1, log), (2, log)):
            os.dup2(source, target)
        os.closerange(3, 64)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        module, *arguments = request["arguments"]
        sys.argv = [module, *arguments]
        sys.stdout, sys.stderr = (open(fd, "w", encoding="utf-8", buffering=1, closefd=False) for fd in (1, 2))  # noqa: SIM115
        code = 0
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - printed as the interpreter does
        sys.excepthook(*sys.exc_info())
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(*sys.argv[1:])

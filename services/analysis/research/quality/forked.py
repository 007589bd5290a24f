"""Maps a function over parts in copies of this process: they read its arrays without a copy, and none waits for another one.

In threads the loops over dates run at the same time, but between two of them one thread waits for the other, thousands of times
a second.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

P = TypeVar("P")
R = TypeVar("R")
PROCESSES: Final = 2
JOIN_SECONDS: Final = 5.0


class PartError(Exception):
    """A process ended before it had sent its parts."""


def forked(function: Callable[[P], R], parts: Iterable[P]) -> list[R]:
    """``function`` of every part, in the order of the parts. Raises what it raises, and PartError.

    One after the other in a daemon, which has no children, and outside of Linux, where a process with threads is not copied safely.
    """
    given = list(parts)
    if sys.platform != "linux" or multiprocessing.current_process().daemon or len(given) < PROCESSES:
        return [function(each) for each in given]
    context = multiprocessing.get_context("fork")
    children: list[tuple[Any, Connection]] = []
    try:
        for first in range(PROCESSES):
            mine, theirs = context.Pipe(duplex=False)
            read_here = [each for _, each in children] + [mine]
            arguments = (theirs, read_here, function, given[first::PROCESSES])
            child = context.Process(target=_serve, args=arguments, name="part", daemon=True)
            child.start()
            theirs.close()
            children.append((child, mine))
        found: list[list[R]] = [_received(mine) for _, mine in children]
    finally:
        for child, mine in children:
            mine.close()
            child.kill()
            child.join(JOIN_SECONDS)
    return [found[place % PROCESSES][place // PROCESSES] for place in range(len(given))]


def _serve(connection: Connection, read_in_parent: Iterable[Connection], function: Callable[[P], R], parts: Sequence[P]) -> None:
    """In the child. A parent that has ended reads nothing: then sending fails, and the child ends.

    It would not fail while a copy of the parent's side of the pipe is open here.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    for each in read_in_parent:
        each.close()
    try:
        answer: list[R] | Exception = [function(each) for each in parts]
    except Exception as error:  # noqa: BLE001 - the parent raises it
        answer = error
    with suppress(BrokenPipeError):
        connection.send(answer)


def _received(connection: Connection) -> Any:
    try:
        answer = connection.recv()
    except EOFError as error:
        raise PartError("a process ended before it had sent its parts") from error
    if isinstance(answer, Exception):
        raise answer
    return answer

"""A process that answers questions, several at a time: the event loop of the role neither computes nor shares the GIL with it."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import socket
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

import msgspec

from services.analysis.research.domain.jobs import RefusedJobError
from services.analysis.research.domain.questions import Answer, Check, Checked, Evaluation, Failure, History, Question, Withdrawal
from services.analysis.research.domain.refusals import Reason, Refusal
from services.analysis.research.domain.run_messages import ProcessEndedError
from services.analysis.research.domain.run_rows import RunRequest
from services.analysis.research.settings import ResearchSettings
from shared.events import HistoryJob
from shared.failures import PoisonError, TransientError
from shared.wire import Encoded

Serve = Callable[[socket.socket, ResearchSettings], None]
CHECK_TRIES: Final = 3
"""A check whose process ended this often is refused. An evaluation is not tried again: it may be what ended the process."""
CHECK_SECONDS: Final = 60.0
"""Time limit of the check of a run. The first one loads the names of all signals."""
CHECK_SLOW: Final = "check-slow"
CHECK_KILLED: Final = "check-killed"
MOST_BYTES: Final = 16 * 2**20
"""The longest line of a question or an answer; a job is at most 1 MB."""
JOIN_SECONDS: Final = 5.0
SPAWN: Final = multiprocessing.get_context("spawn")


class AnswerProcess:
    """Starts the process for the first question, and again after it has ended."""

    def __init__(self, settings: ResearchSettings, serve: Serve, checked: Collection[str]) -> None:
        """``serve``: what the process runs. ``checked``: the kinds of run that have a check."""
        self._settings = settings
        self._serve = serve
        self._checked = frozenset(checked)
        self._numbers = itertools.count()
        self._starting: asyncio.Task[_Child] | None = None

    async def evaluate(self, job: HistoryJob) -> Encoded:
        """The result of a checked job. Raises ``RefusedJobError``, ``TransientError``, ``PoisonError`` for a defect."""
        answer = await self._answer(Evaluation(next(self._numbers), job), 1)
        if not isinstance(answer, History):
            raise TypeError(f"an evaluation was answered with {answer}")
        return answer.history

    async def refusal(self, request: RunRequest) -> Refusal | None:
        """Why a run cannot be done; None if nothing is wrong so far. Raises ``TransientError``, ``PoisonError`` for a defect."""
        if request.kind not in self._checked:
            return None
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                answer = await self._answer(Check(next(self._numbers), request), CHECK_TRIES)
        except RefusedJobError as error:
            return Refusal(str(error), Reason(CHECK_KILLED))
        except TimeoutError:
            await self.close()  # what is slow there would go on
            late = f"parameters of {request.kind}: they were not checked within {CHECK_SECONDS:g} s"
            return Refusal(late, Reason(CHECK_SLOW, values={"seconds": f"{CHECK_SECONDS:g}"}))
        if not isinstance(answer, Checked):
            raise TypeError(f"a check was answered with {answer}")
        return answer.refusal

    async def close(self) -> None:
        """End the process at once. The next question starts another."""
        starting, self._starting = self._starting, None
        if starting is not None:
            await (await starting).close()

    async def _answer(self, question: Evaluation | Check, tries: int) -> Answer:
        for _ in range(tries):
            try:
                answer = await (await self._child()).ask(question)
            except ProcessEndedError:
                continue
            if isinstance(answer, Failure):
                raise _error(answer)
            return answer
        raise RefusedJobError(
            "killed", "the process that had to answer ended: this job, or one beside it, may need too much memory"
        )

    async def _child(self) -> _Child:
        """The start goes on when the question that caused it has timed out: the next one finds the process ready."""
        starting = self._starting
        if starting is None or (starting.done() and (starting.exception() is not None or starting.result().ended)):
            starting = asyncio.create_task(_started(self._settings, self._serve, starting), name="start of the answer process")
            self._starting = starting
        return await asyncio.shield(starting)


def _error(failure: Failure) -> Exception:
    if failure.reason == "refused":
        return RefusedJobError(failure.code, failure.text)
    return TransientError(failure.text) if failure.reason == "transient" else PoisonError(failure.text)


async def _started(settings: ResearchSettings, serve: Serve, before: asyncio.Task[_Child] | None) -> _Child:
    if before is not None and before.exception() is None:
        await before.result().close()
    mine, theirs = socket.socketpair()
    with theirs:
        process = SPAWN.Process(target=serve, args=(theirs, settings), name="research answers", daemon=True)
        await asyncio.to_thread(process.start)
    reader, writer = await asyncio.open_unix_connection(sock=mine, limit=MOST_BYTES)
    return _Child(process, reader, writer)


class _Child:
    """One process and the questions that it has not answered yet."""

    def __init__(
        self, process: multiprocessing.process.BaseProcess, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.ended = False
        self._process = process
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._reading = asyncio.create_task(self._read(), name="answers")

    async def ask(self, question: Evaluation | Check) -> Answer:
        """The answer. Raises ProcessEndedError."""
        if self.ended:
            raise ProcessEndedError("the process has ended")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[question.number] = future
        try:
            await self._send(question)
            return await future
        finally:
            if self._waiting.pop(question.number, None) is not None and not self.ended:
                self._writer.write(_line(Withdrawal(question.number)))

    async def close(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()
        await asyncio.to_thread(self._process.join, JOIN_SECONDS)
        self._writer.close()
        await self._reading
        with suppress(ValueError):  # it has not ended yet
            self._process.close()

    async def _send(self, question: Question) -> None:
        try:
            self._writer.write(_line(question))
            await self._writer.drain()
        except OSError as error:
            self.ended = True  # its end may not have been read yet: a question that is asked again must not come here
            raise ProcessEndedError(f"the process takes no question: {error}") from error

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                answer = msgspec.json.decode(line, type=Answer)
                if (future := self._waiting.pop(answer.number, None)) is not None and not future.done():
                    future.set_result(answer)
        except (OSError, ValueError):  # it ended within a line, or wrote one that is too long
            self._process.kill()
        finally:
            self.ended = True
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ProcessEndedError("the process ended without an answer"))
            self._waiting.clear()


def _line(question: Question) -> bytes:
    return msgspec.json.encode(question) + b"\n"

"""The process that answers questions: side by side, withdrawn, lost, slow, and enormous ones."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import psutil
import pytest
import pytest_asyncio

from services.analysis.research.adapters import answer_process
from services.analysis.research.adapters.answer_process import AnswerProcess
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.jobs import RefusedJobError
from services.analysis.research.domain.refusals import Reason, Refusal
from services.analysis.research.domain.run_rows import RunRequest
from services.analysis.research.settings import ResearchSettings
from shared.events import ConditionHistory
from shared.failures import PoisonError, TransientError
from tests.research.answering import serve
from tests.research.role import job
from tests.until import until

pytestmark = [pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def process() -> AsyncIterator[AnswerProcess]:
    one = AnswerProcess(ResearchSettings(), serve, {"backtest"})
    yield one
    await one.close()
    assert children() == []


def children() -> list[int]:
    return [each.pid for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())]


async def answer(process: AnswerProcess, text: str = "hello") -> tuple[int, int]:
    """The process that answered, and how many questions were withdrawn from it."""
    history = await process.evaluate(job(text, "AAA"))
    pid, withdrawn = msgspec.json.decode(history.body, type=ConditionHistory).condition.split()
    return int(pid), int(withdrawn)


def request(kind: str = "backtest", names: int = 1, **parameters: object) -> RunRequest:
    return RunRequest(kind=kind, data=DataRequest(), parameters={"names": ["x" * 9] * names, **parameters})


async def test_questions_are_answered_side_by_side_and_can_be_withdrawn(process: AnswerProcess) -> None:
    waiting = [asyncio.create_task(answer(process, "wait")) for _ in range(3)]
    (pid, withdrawn), again = await answer(process), await process.refusal(request(names=100_000))
    assert ([pid], withdrawn, again) == (children(), 0, Refusal(f"{pid} 100000"))
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)

    async def all_withdrawn() -> bool:
        return await answer(process) == (pid, 3)

    await until(all_withdrawn, 20, "the questions to be withdrawn")
    assert await process.refusal(request("dataset")) is None


async def test_failures_are_refused_tried_again_or_put_aside(process: AnswerProcess) -> None:
    pid, _ = await answer(process)
    for text, kind, message in (
        ("refuse", RefusedJobError, "it is refused"),
        ("later", TransientError, "TransientError: the database is gone"),
        ("defect", PoisonError, "KeyError: 'symbol'"),
    ):
        with pytest.raises(kind, match=message):
            await answer(process, text)
    assert (await answer(process))[0] == pid


async def test_a_lost_process_is_replaced_and_only_checks_are_asked_again(process: AnswerProcess, tmp_path: Path) -> None:
    (pid, _), gate = await answer(process), tmp_path / "gate"
    waiting = asyncio.create_task(process.refusal(request(wait_for=str(gate))))
    for text in ("die", "memory"):
        with pytest.raises(RefusedJobError, match="the process that had to answer ended") as refused:
            await answer(process, text)
        assert refused.value.code == "killed"
    gate.touch()
    answered = await waiting
    assert answered is not None
    checked = answered.message
    assert (await answer(process), children()) == ((int(checked.split()[0]), 0), [int(checked.split()[0])])
    assert not psutil.pid_exists(pid)


async def test_a_check_is_not_asked_again_of_a_process_whose_end_has_not_been_read(process: AnswerProcess) -> None:
    pid, _ = await answer(process)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - the event loop is not to hear of it
    found = await process.refusal(request())
    assert found is not None
    assert found.reason is None, found
    (answered,) = children()
    assert found.message == f"{answered} 1"


async def test_a_check_that_takes_too_long_is_refused_and_its_process_ended(
    process: AnswerProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pid, _ = await answer(process)
    monkeypatch.setattr(answer_process, "CHECK_SECONDS", 0.2)
    assert await process.refusal(request(wait_for=str(tmp_path / "gate"))) == Refusal(
        "parameters of backtest: they were not checked within 0.2 s", Reason("check-slow", values={"seconds": "0.2"})
    )
    assert not psutil.pid_exists(pid)
    assert (await answer(process))[0] not in {pid, os.getpid()}

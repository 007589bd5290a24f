"""A process that answers as a test asks it to, by the text of the condition: it dies, waits, fails, or names itself."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

from services.analysis.research.adapters.answer_process import MOST_BYTES
from services.analysis.research.answers import answer_all
from services.analysis.research.domain.jobs import RefusedJobError
from services.analysis.research.domain.refusals import Refusal
from services.analysis.research.domain.run_rows import RunRequest
from services.analysis.research.settings import ResearchSettings
from shared.events import ConditionHistory, ConditionHistoryJob, HistoryJob
from shared.failures import TransientError
from tests.until import until

FAILURES = {
    "refuse": RefusedJobError("invalid-condition", "it is refused"),
    "later": TransientError("the database is gone"),
    "defect": KeyError("symbol"),
    "memory": MemoryError(),
}


class Answering:
    """Counts the questions that were withdrawn."""

    def __init__(self) -> None:
        self.withdrawn = 0

    async def evaluate(self, job: HistoryJob) -> ConditionHistory:
        assert isinstance(job, ConditionHistoryJob)
        if job.condition == "die":
            os._exit(3)
        if job.condition == "wait":
            try:
                await asyncio.Event().wait()
            finally:
                self.withdrawn += 1
        if (error := FAILURES.get(job.condition)) is not None:
            raise error
        return ConditionHistory(job_id=job.id, condition=f"{os.getpid()} {self.withdrawn}", ts_event=1, ts_init=1, source="test")

    async def refusal(self, request: RunRequest) -> Refusal | None:
        if gate := request.parameters.get("wait_for"):
            await until(Path(gate).exists, 60, f"{gate} exists")
        return Refusal(f"{os.getpid()} {len(request.parameters['names'])}")


def serve(connection: socket.socket, _settings: ResearchSettings) -> None:
    async def serving() -> None:
        await answer_all(*await asyncio.open_unix_connection(sock=connection, limit=MOST_BYTES), *2 * (Answering(),))

    asyncio.run(serving())

"""Jobs that a gateway has published and that analysis research has not stored yet."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from services.gateway.domain.research_jobs import StoredJob

MOST = 1000


@dataclass
class RequestedJobs:
    """The newest of them, by id; a restart forgets them, and the jobs are done all the same."""

    jobs: OrderedDict[str, StoredJob] = field(default_factory=OrderedDict)

    def add(self, job: StoredJob) -> None:
        """Remember a job; the oldest is forgotten."""
        self.jobs[job.id] = job
        while len(self.jobs) > MOST:
            self.jobs.popitem(last=False)

    def get(self, job_id: str) -> StoredJob | None:
        """A job by its id."""
        return self.jobs.get(job_id)

    def stored(self, job_id: str) -> None:
        """Forget a job, which is in the table now."""
        self.jobs.pop(job_id, None)

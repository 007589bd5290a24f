"""Data sets for machine learning, as the API lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from services.gateway.domain.times import SessionDate, Time, rfc3339

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,128}(\.[a-z0-9]{1,8})?")
"""Names of files and folders of a run: none leads out of its folder."""


class DatasetFile(msgspec.Struct, frozen=True):
    """A file of a data set."""

    name: str
    sha256: str
    url: str
    """The path at this gateway."""
    bytes: int | None = None
    """Its size; null where it is not known."""


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """Features and labels of some instruments. ``manifest.json`` among its files describes every column."""

    id: str
    date: Time
    """When it was done."""
    name: str
    timeframe: str
    first: SessionDate
    """The first session."""
    last: SessionDate
    instruments: int
    rows: int
    parts: dict[str, int]
    """Rows of train, validation and test, and of those in none of them."""
    features: list[str]
    labels: list[str]
    content_hash: str
    data_hash: str
    code_version: str
    files: list[DatasetFile]


class StoredSummary(msgspec.Struct, frozen=True):
    """The part of the summary of a run that is shown."""

    name: str
    timeframe: str
    first: str
    last: str
    instruments: int
    rows: int
    parts: dict[str, int]
    features: list[str]
    labels: list[str]
    content_hash: str
    sizes: dict[str, int] = {}


class StoredRecord(msgspec.Struct, frozen=True):
    """The part of the record of a run that is shown."""

    data_hash: str
    code_version: str
    summary: StoredSummary
    artefacts: dict[str, str]


@dataclass(frozen=True)
class StoredDataset:
    """A run of the kind ``dataset`` that is done."""

    id: str
    created_at: int
    finished_at: int
    folder: str
    """The last part of the place of its files; empty where it is not a valid name."""
    record: StoredRecord

    def shown(self) -> Dataset:
        """As the API has it."""
        facts: dict[str, Any] = msgspec.structs.asdict(self.record.summary)
        sizes = facts.pop("sizes")
        files = [
            DatasetFile(name, digest, f"/v1/research/datasets/{self.id}/files/{name}", sizes.get(name))
            for name, digest in sorted(self.record.artefacts.items())
        ]
        return Dataset(
            id=self.id, date=rfc3339(self.finished_at), data_hash=self.record.data_hash, code_version=self.record.code_version,
            files=files, **facts,
        )  # fmt: skip


class DatasetStore(Protocol):
    """Reads data sets from the table of runs; all raise TransientError."""

    async def newest(self, limit: int, before: tuple[int, str] | None) -> list[StoredDataset]:
        """The newest first; ``before``: (created_at, id) of the last one on the previous page."""

    async def one(self, dataset_id: str) -> StoredDataset | None:
        """One that is done."""

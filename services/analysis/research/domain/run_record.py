"""The record of a finished run. Loads no kernels."""

from __future__ import annotations

import hashlib
from typing import Any, Final, NamedTuple

import msgspec

from services.analysis.research.domain.data_request import DataProblem, DataRequest
from services.analysis.research.domain.refusals import RefusedError

MOST_SUMMARY: Final = 256 * 1024
"""Bytes of a summary as JSON: it is stored in a row. Longer lists belong in an artefact."""


class RunError(RefusedError):
    """A run cannot be done as requested; the message names the field, the value and the remedy."""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run: what was asked for, what it depended on, and the result. It is ``result.json`` of the run."""

    id: str
    kind: str
    data: DataRequest
    """With the range that was used: the same bars are read again though newer ones have come."""
    parameters: dict[str, Any]
    """With the defaults filled in."""
    data_hash: str
    """SHA-256 of the bars."""
    parameters_hash: str
    """SHA-256 of the parameters."""
    plan_version: str
    """Of the default rules and indicators, with their compiled code."""
    code_version: str
    """Of the code of research and its libraries."""
    summary: dict[str, Any]
    artefacts: dict[str, str] = {}
    """SHA-256 of each file by its name."""
    problems: tuple[DataProblem, ...] = ()
    """Rows and files that were left out."""


class EncodedRecord(NamedTuple):
    """A record as it is stored: whoever has it neither encodes nor decodes it again."""

    result: str
    data_hash: str
    parameters_hash: str
    plan_version: str
    code_version: str

    @classmethod
    def of(cls, record: RunRecord) -> EncodedRecord:
        """The record as JSON, with what is searched for."""
        text = msgspec.json.encode(record).decode()
        return cls(text, record.data_hash, record.parameters_hash, record.plan_version, record.code_version)


def canonical(value: Any) -> bytes:
    """The JSON of a value with sorted keys: equal values have equal bytes."""
    return msgspec.json.encode(value, order="deterministic", enc_hook=_plain)


def hashed(value: Any) -> str:
    """SHA-256 (64 hex digits) of ``canonical``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy as Python's."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise NotImplementedError(f"{type(value).__name__} cannot be part of a result")

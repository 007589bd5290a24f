"""Runs a kind on bars and says what the result depended on."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from services.analysis.kernels.machine_code import kernel_fingerprint, pattern_fingerprint
from services.analysis.kernels.plan import plan
from services.analysis.research.domain.data_request import DataProblem, DataRequest
from services.analysis.research.domain.run_record import MOST_SUMMARY, RunError, RunRecord, canonical, hashed
from services.analysis.research.domain.runs import Progress, RunData, RunKind
from services.analysis.research.runs.checks import read_options
from services.analysis.research.runs.versions import code_version

_LETTERS: Final = frozenset(string.ascii_lowercase + string.digits + "_-")


class UsedData(RunData, Protocol):
    """Bars that remember what was read of them."""

    @property
    def data_hash(self) -> str: ...

    @property
    def used(self) -> DataRequest: ...

    @property
    def problems(self) -> tuple[DataProblem, ...]: ...


class Execution(NamedTuple):
    """A finished run and its files."""

    record: RunRecord
    artefacts: Mapping[str, bytes]


def read_parameters(kind: RunKind[Any], given: Mapping[str, Any]) -> Any:
    """The parameters of a kind. Raises RunError, which names the field."""
    return read_options(kind.name, given, kind.parameters)


def _is_file_name(name: str) -> bool:
    """``equity.json``: up to 48 letters, a dot, up to 8."""
    stem, _, suffix = name.partition(".")
    return 0 < len(stem) <= 48 and 0 < len(suffix) <= 8 and _LETTERS.issuperset(stem + suffix)


def execute(kind: RunKind[Any], given: Mapping[str, Any], data: UsedData, progress: Progress, id: str = "") -> Execution:  # noqa: A002
    """Run a kind. Without an id the run is named by what it depends on: the same run has the same id.

    Raises:
        RunError, SignalNameError, DataRequestError: the request cannot be done; the message names what to change.
    """
    parameters = read_parameters(kind, given)
    result = kind.run(parameters, data, progress)
    if wrong := [name for name in result.artefacts if not _is_file_name(name)]:
        raise RuntimeError(f"{kind.name} gives a file the name {wrong[0]!r}")
    summary = msgspec.json.decode(canonical(result.summary), type=dict[str, Any])
    if (size := len(canonical(summary))) > MOST_SUMMARY:
        raise RunError(f"the summary has {size} bytes, at most {MOST_SUMMARY} are stored: ask for fewer instruments", "data-large")
    filled = msgspec.json.decode(canonical(parameters), type=dict[str, Any])
    parts = (kind.name, data.used, filled, data.data_hash, code_version())
    record = RunRecord(
        id=id or hashed(parts)[:32],
        kind=kind.name,
        data=data.used,
        parameters=filled,
        data_hash=data.data_hash,
        parameters_hash=hashed(filled),
        plan_version=plan(fingerprint=f"{kernel_fingerprint()} {pattern_fingerprint()}").version,
        code_version=code_version(),
        summary=summary,
        artefacts={name: hashlib.sha256(body).hexdigest() for name, body in sorted(result.artefacts.items())},
        problems=data.problems,
    )
    return Execution(record, result.artefacts)


def differences(before: RunRecord, after: RunRecord) -> list[str]:
    """What differs between two records of one request, causes first; empty if they are equal bit by bit."""
    causes = {
        "data changed": (before.data_hash, after.data_hash),
        "parameters changed": (before.parameters_hash, after.parameters_hash),
        "rules or indicators changed": (before.plan_version, after.plan_version),
        "code changed": (before.code_version, after.code_version),
    }
    found = [f"{name}: {one[:12]} -> {other[:12]}" for name, (one, other) in causes.items() if one != other]
    for name in sorted({*before.summary, *after.summary}):
        one, other = canonical(before.summary.get(name)), canonical(after.summary.get(name))
        if one != other:
            found.append(f"result changed: {name}: {one.decode()[:80]} -> {other.decode()[:80]}")
    files = sorted({*before.artefacts, *after.artefacts})
    return [*found, *(f"file changed: {name}" for name in files if before.artefacts.get(name) != after.artefacts.get(name))]

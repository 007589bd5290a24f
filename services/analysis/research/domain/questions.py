"""What the role asks the process that evaluates and checks, and its answers. Loads no kernels."""

from __future__ import annotations

from typing import Literal

import msgspec

from services.analysis.research.domain.refusals import Refusal
from services.analysis.research.domain.run_rows import RunRequest
from shared.events import HistoryJob
from shared.wire import Encoded


class Evaluation(msgspec.Struct, frozen=True, tag="evaluation"):
    """Asks where a condition held, or for indicators over stored bars."""

    number: int
    job: HistoryJob


class Check(msgspec.Struct, frozen=True, tag="check"):
    """Asks why a run cannot be done."""

    number: int
    request: RunRequest


class Withdrawal(msgspec.Struct, frozen=True, tag="withdrawal"):
    """Nobody waits for the answer to this question any more."""

    number: int


Question = Evaluation | Check | Withdrawal


class History(msgspec.Struct, frozen=True, tag="history"):
    """The answer to an evaluation: a result, which the role passes on as it is."""

    number: int
    history: Encoded


class Checked(msgspec.Struct, frozen=True, tag="checked"):
    """The answer to a check: no refusal if nothing is wrong so far."""

    number: int
    refusal: Refusal | None


class Failure(msgspec.Struct, frozen=True, tag="failure"):
    """Why there is no answer."""

    number: int
    reason: Literal["refused", "transient", "defect"]
    text: str
    code: str = ""
    """That of the refusal."""


Answer = History | Checked | Failure

"""Classification of failures: retry, publish a dead letter, or end the process."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from shared.wire import WireError

FailureAction = Literal["retry", "dead-letter", "crash"]


class TransientError(Exception):
    """A provider, the broker or the database is not available: retry with backoff. Never dead-lettered."""


class PoisonError(Exception):
    """The message can never be handled: it becomes a dead letter."""


class SettingsError(Exception):
    """The settings do not fit the data or the environment: the process ends, and a restart does not help."""


class FencedError(Exception):
    """Another process owns the partition now: drop its state in memory and restore it.

    ``partition`` None means all partitions.
    """

    def __init__(self, message: str, partition: int | None = None) -> None:
        super().__init__(message)
        self.partition = partition


FAILURE_ACTIONS: Final[tuple[tuple[type[BaseException], FailureAction], ...]] = (
    (TransientError, "retry"),
    (TimeoutError, "retry"),
    (OSError, "retry"),
    (FencedError, "crash"),  # consumers of owned partitions catch it
    (PoisonError, "dead-letter"),
    (WireError, "dead-letter"),
    (msgspec.MsgspecError, "dead-letter"),
    (ValueError, "dead-letter"),
    (LookupError, "dead-letter"),
    (ArithmeticError, "dead-letter"),
    (TypeError, "dead-letter"),
    (AttributeError, "dead-letter"),
)
"""The first match applies. An error that the content of a message can cause makes it a dead letter; a high failure rate pauses the
partition. An error that is not listed ends the process."""


def classify(error: BaseException) -> FailureAction:
    """The action for an ``error`` that a message handler raised.

    >>> classify(TransientError("database is gone")), classify(KeyError("symbol")), classify(MemoryError())
    ('retry', 'dead-letter', 'crash')
    """
    for kind, action in FAILURE_ACTIONS:
        if isinstance(error, kind):
            return action
    return "crash"

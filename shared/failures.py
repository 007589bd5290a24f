"""A failure is classified once, here: go on trying, set the message aside, or end the process."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from shared.wire import WireError

FailureAction = Literal["retry", "dead-letter", "crash"]


class TransientError(Exception):
    """A provider, the broker or the database is not there now: pause, back off with jitter, go on. Never dead-lettered."""


class PoisonError(Exception):
    """The message can never be handled: it becomes a dead letter."""


class SettingsError(Exception):
    """What the settings ask for cannot work with what is there: the process ends, and starting it again does not help."""


class FencedError(Exception):
    """Somebody else owns this partition now: drop what is in memory and restore.

    ``partition`` is None where all partitions are meant.
    """

    def __init__(self, message: str, partition: int | None = None) -> None:
        super().__init__(message)
        self.partition = partition


FAILURE_ACTIONS: Final[tuple[tuple[type[BaseException], FailureAction], ...]] = (
    (TransientError, "retry"),
    (TimeoutError, "retry"),
    (OSError, "retry"),
    (FencedError, "crash"),  # whoever can be fenced catches it himself
    (PoisonError, "dead-letter"),
    (WireError, "dead-letter"),
    (msgspec.MsgspecError, "dead-letter"),
    (ValueError, "dead-letter"),
    (LookupError, "dead-letter"),
    (ArithmeticError, "dead-letter"),
    (TypeError, "dead-letter"),
    (AttributeError, "dead-letter"),
)
"""First match wins. What a message's content can provoke sets that message aside: the dead letter keeps it, and a rising share of
failures pauses the partition. Everything that is not listed ends the process."""


def classify(error: BaseException) -> FailureAction:
    """What to do about ``error`` that came out of the handling of a message.

    >>> classify(TransientError("database is gone")), classify(KeyError("symbol")), classify(MemoryError())
    ('retry', 'dead-letter', 'crash')
    """
    for kind, verdict in FAILURE_ACTIONS:
        if isinstance(error, kind):
            return verdict
    return "crash"

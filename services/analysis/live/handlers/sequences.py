"""Reads the followed sequences periodically, and applies them to the engine of each partition between two batches."""

from __future__ import annotations

from typing import Protocol

from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.handlers import metrics


class SequenceReader(Protocol):
    """Reads the sequences; raises ``TransientError``."""

    async def followed(self) -> tuple[FollowedSequence, ...]: ...


class FollowedSequences:
    """The current sequences. They need no warm-up: engines record recent signals anyway."""

    def __init__(self, stored: SequenceReader) -> None:
        self._stored = stored
        self._newest: tuple[FollowedSequence, ...] = ()

    async def read(self) -> None:
        """Reads the current sequences. Raises ``TransientError``."""
        followed = await self._stored.followed()
        if followed != self._newest:
            self._newest = followed
            metrics.sequences.set(len(followed))

    def apply_to(self, engine: Engine) -> None:
        """Gives the engine the current sequences, if it has others."""
        if engine.followed is not self._newest:
            engine.follow(self._newest)

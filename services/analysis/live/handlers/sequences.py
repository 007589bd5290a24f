"""The sequences that are followed: read now and then, and brought into the engine of each partition between two batches."""

from __future__ import annotations

from typing import Protocol

from services.analysis.live.domain.engine import Engine
from services.analysis.live.domain.sequence_signals import FollowedSequence
from services.analysis.live.handlers import measures


class SequenceReader(Protocol):
    """Where sequences are kept; raises ``TransientError``."""

    async def followed(self) -> tuple[FollowedSequence, ...]: ...


class FollowedSequences:
    """The newest list of sequences, and its way into the engines. Nothing is warmed up: engines remember what fired anyway."""

    def __init__(self, kept: SequenceReader) -> None:
        self._kept = kept
        self._newest: tuple[FollowedSequence, ...] = ()

    async def read(self) -> None:
        """Reads what is to be followed at this time. Raises ``TransientError``."""
        followed = await self._kept.followed()
        if followed != self._newest:
            self._newest = followed
            measures.sequences.set(len(followed))

    def apply_to(self, engine: Engine) -> None:
        """The newest list takes effect, if it is not the one that the engine has."""
        if engine.followed is not self._newest:
            engine.follow(self._newest)

"""The interfaces to the database that the handlers use, and their values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.analysis.kernels.closed_bars import BarRecords
from services.analysis.live.domain.checkpoint import NeededWindow
from services.analysis.live.domain.engine import ListedInstrument
from shared.events import Bar, Pattern, Signal, Timeframe


@dataclass(frozen=True)
class Checkpoint:
    """The state of a partition after all messages below ``next_offset``."""

    next_offset: int
    state_version: str
    state: bytes


@dataclass(frozen=True)
class ProvidedBars:
    """A provider's closed bars of one series (dtype BAR_RECORD), and close times of stored ones that they supersede."""

    symbol: str
    timeframe: Timeframe
    bars: BarRecords
    superseded: tuple[int, ...] = ()
    known_at: int = 0
    """When they were received, in milliseconds since the epoch: the bars that they replace were the known ones until then."""


@dataclass(frozen=True)
class CheckpointRows:
    """Rows to store with a checkpoint: everything since the last one. ``bars`` are newer than ``provided``."""

    provided: Sequence[ProvidedBars]
    bars: Sequence[Bar]
    signals: Sequence[Signal]
    patterns: Sequence[Pattern] = ()


class CheckpointStore(Protocol):
    """Stores checkpoints; both raise ``TransientError`` when the database is not there."""

    async def load(self, partition: int) -> Checkpoint | None: ...

    async def save(self, partition: int, before: int | None, after: Checkpoint, rows: CheckpointRows, now: int) -> None: ...


class BarStore(Protocol):
    """Reads closed bars back; all raise ``TransientError`` when the database is not there."""

    async def windows(self, needed: Sequence[NeededWindow]) -> dict[tuple[str, Timeframe], BarRecords]: ...

    async def closed_bars(self, symbol: str, limit: int, after: Mapping[Timeframe, int] = ...) -> dict[Timeframe, BarRecords]: ...

    async def symbols(self) -> frozenset[str]: ...


class InstrumentLookup(Protocol):
    """The listed instruments."""

    @property
    def listed(self) -> Mapping[str, ListedInstrument]: ...

    async def look_up(self, unknown_symbols: Collection[str]) -> bool:
        """Reads the instruments again; True when one of the symbols is known now."""

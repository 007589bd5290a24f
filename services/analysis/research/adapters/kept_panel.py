"""Keeps what the records were computed from: an instrument whose stored bars have not changed is not read again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from services.analysis.research.quality.cells import Instrument
from services.analysis.research.quality.windows import Prices
from shared.events import Timeframe

UNREADABLE: Final = (OSError, ValueError, KeyError, EOFError, BadZipFile)
"""What reading a file raises that is missing, was cut off, or is of another version."""


class KeptPanel:
    """A folder with a file for each instrument of a timeframe. A file that was made from something else does not count."""

    def __init__(self, folder: Path, timeframe: Timeframe, version: str) -> None:
        """``version``: that of the code and the settings that decide what is read."""
        self._folder = folder / str(timeframe)
        self._version = version

    def key(self, bars: object) -> str:
        """A hash of the version and of what the stored bars are (``QualityTable.signature``)."""
        return hashlib.sha256(f"{self._version} {bars!r}".encode()).hexdigest()

    def instrument(self, symbol: str, bars: object) -> tuple[Instrument, int] | None:
        """The instrument and the close of its newest bar, in milliseconds since the epoch; None unless these bars were kept."""
        try:
            with np.load(self._file(symbol), allow_pickle=False) as kept:
                if str(kept["key"]) != self.key(bars):
                    return None
                prices = Prices(*(kept[name] for name in Prices._fields))
                fired = np.zeros(kept["shape"], np.int8)
                fired.flat[kept["at"]] = kept["sign"]
                return Instrument(symbol, tuple(kept["industries"].tolist()), prices, fired), int(kept["newest"])
        except UNREADABLE:
            return None

    def keep(self, of: Instrument, newest: int, bars: object) -> None:
        """Raises ``OSError``."""
        at = np.flatnonzero(of.fired)
        self._write(
            self._file(of.symbol),
            key=np.array(self.key(bars)), newest=np.array(newest), industries=np.array(of.industries, np.str_),
            shape=np.array(of.fired.shape), at=at, sign=of.fired.flat[at], **of.prices._asdict(),
        )  # fmt: skip

    def is_done(self, bars: Sequence[object]) -> bool:
        """Whether the records of these bars were saved last."""
        try:
            with np.load(self._folder / "done.npz", allow_pickle=False) as kept:
                return str(kept["key"]) == self.key(bars)
        except UNREADABLE:
            return False

    def done(self, bars: Sequence[object]) -> None:
        """The records of these bars were saved. Raises ``OSError``."""
        self._write(self._folder / "done.npz", key=np.array(self.key(bars)))

    def _file(self, symbol: str) -> Path:
        return self._folder / f"{hashlib.sha256(symbol.encode()).hexdigest()[:32]}.npz"

    def _write(self, path: Path, **arrays: Any) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".tmp", delete=False) as file:
            np.savez(file, **arrays)
        Path(file.name).replace(path)

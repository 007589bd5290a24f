"""Reads the records of signal quality that alerts show."""

from __future__ import annotations

from typing import Final

import msgspec
import structlog
from sqlalchemy import func, select

from shared.db import Database
from shared.events import SignalQuality
from shared.quality.signal_records import Key, SignalRecords
from shared.tables import instrument_industries, signal_quality

log: Final = structlog.get_logger("quality")
_decode: Final = msgspec.json.Decoder(SignalQuality).decode


class QualityRecords:
    """The records in memory; a signal costs no read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version: tuple[object, ...] = ()
        self._current = SignalRecords()

    @property
    def current(self) -> SignalRecords:
        """The records that were read last."""
        return self._current

    async def read(self) -> None:
        """Reads the table if it has changed. Raises ``TransientError``."""
        c = signal_quality.c
        async with self._database.connect() as connection:
            version = tuple((await connection.execute(select(func.max(c.updated_at), func.max(c.as_of), func.count()))).one())
            if version == self._version:
                return
            rows = (await connection.execute(select(c.rule, c.params, c.direction, c.timeframe, c.quality).where(c.shown))).all()
            pairs = (await connection.execute(select(instrument_industries).order_by(instrument_industries.c.industry))).all()
        found = list[tuple[Key, SignalQuality]]()
        for rule, params, direction, timeframe, text in rows:
            try:
                found.append(((rule, params, direction, timeframe), _decode(text)))
            except msgspec.DecodeError as error:
                log.warning("cannot decode a record", rule=rule, error=str(error))
        industries: dict[str, list[str]] = {}
        for pair in pairs:
            industries.setdefault(pair.symbol, []).append(pair.industry)
        self._current, self._version = SignalRecords(found, industries), version

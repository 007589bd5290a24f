"""What a bundled tape publishes, in order, without Kafka: for the engine and for the reference alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from services.ingest.adapters.instruments import read_universe
from services.ingest.adapters.tapes import read_tape
from services.ingest.domain.inspector import Inspector
from services.ingest.domain.source import Backfill
from services.ingest.domain.tape import Tape
from services.ingest.domain.tape_backfills import backfills
from services.ingest.domain.tape_schedule import Schedule, schedule_of
from services.ingest.domain.universe import Universe
from services.ingest.settings import IngestSettings
from shared.calendars import Sessions
from shared.events import Heartbeat, Tick
from tests.e2e.reference_bars import Reference
from tests.e2e.reference_patterns import confirmed
from tests.e2e.reference_sequences import sequences
from tests.e2e.reference_signals import Expected, signals
from tests.hours import sessions

START = dt.date(1998, 1, 1)
PARTS = {"seconds-of-one": ("seconds", frozenset({"IBM"}))}
"""Name of a tape that is not bundled -> the one that it is a part of, and its symbols."""


@cache
def universe() -> Universe:
    return read_universe(IngestSettings().universe)


@cache
def tape(name: str) -> Tape:
    if name in PARTS:
        whole, symbols = PARTS[name]
        of = tape(whole)
        recordings = tuple(each for each in of.recordings if each.symbol in symbols)
        return replace(of, name=name, recordings=recordings, history=tuple(each for each in of.history if each.symbol in symbols))
    return read_tape(IngestSettings().tapes, name, universe())


@cache
def schedule(name: str) -> Schedule:
    played = tape(name)
    return schedule_of(played, calendars(played))


def calendars(played: Tape) -> dict[str, Sessions]:
    end = dt.datetime.fromtimestamp(played.end / 1000, dt.UTC).date() + dt.timedelta(days=7)
    found = {*played.exchanges, *(each.exchange for each in played.history)}
    return {exchange: sessions(exchange, START, end) for exchange in sorted(found)}


def items(name: str) -> Iterator[Backfill | Tick | Heartbeat]:
    """As ingest publishes them: the wrong highs and lows in the past are repaired (tests/ingest/test_quality.py names them)."""
    inspector = Inspector()
    for backfill in backfills(tape(name), calendars(tape(name))):
        found = inspector.backfill(backfill)
        assert found is not None
        yield found
    played = schedule(name)
    for i in range(len(played)):
        yield played.item(i)


def exchanges() -> dict[str, str]:
    return {each.symbol: each.exchange for each in universe().instruments}


def kinds() -> dict[str, str]:
    return {each.symbol: each.kind for each in universe().instruments}


@cache
def reference(name: str) -> Reference:
    """The reference after the whole tape."""
    played = tape(name)
    symbols = {each.symbol for each in played.recordings} | {each.symbol for each in played.history}
    known = {symbol: exchange for symbol, exchange in exchanges().items() if symbol in symbols}
    end = dt.datetime.fromtimestamp(played.end / 1000, dt.UTC).date() + dt.timedelta(days=7)
    splitting = frozenset(symbol for symbol, kind in kinds().items() if kind in {"stock", "etf"})
    found = Reference(known, START, end, splitting=splitting)
    for item in items(name):
        if isinstance(item, Backfill):
            found.history(item.histories)
        elif isinstance(item, Tick):
            found.tick(item)
        else:
            found.heartbeat(item)
    return found


@cache
def due(name: str) -> dict[str, Expected]:
    """Every signal that the tape must bring about, by id."""
    return signals(reference(name), kinds()) | confirmed(reference(name)) | sequences(reference(name), kinds())

"""``python -m services.analysis explain``: a condition in words, and where it last held, without Kafka."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from contextlib import AsyncExitStack

from services.analysis.research.adapters.history import StoredHistory
from services.analysis.research.answers import histories, now_ms
from services.analysis.research.domain.conditions import read
from services.analysis.research.domain.jobs import RefusedJobError, check
from services.analysis.research.settings import ResearchSettings
from shared.conditions import ConditionError, describe, parse
from shared.conditions.words import LANGUAGES
from shared.db import open_database, without_password
from shared.events import ConditionHistory, ConditionHistoryJob, SymbolHistory
from shared.failures import TransientError
from shared.migrations.revision import current, no_tables


def main(settings: ResearchSettings, text: str, symbols: str, limit: int) -> int:
    """Print it; returns the exit code: 2 for input that is not valid, 1 when the database does not answer."""
    try:
        condition = parse(text)
    except ConditionError as error:
        sys.stderr.write(f"error: condition: {error}\n{error.caret()}\n")
        return 2
    sys.stdout.write(condition.text + "\n")
    for language in LANGUAGES:
        sys.stdout.write(describe(condition, language) + "\n")
    named = tuple(dict.fromkeys(name.strip().upper() for name in symbols.split(",") if name.strip()))
    if not named:
        return 0
    now = now_ms()
    job = ConditionHistoryJob(
        id="explain", condition=condition.text, symbols=named, limit=limit, ts_event=now, ts_init=now, source="command"
    )
    try:
        check(job, now, 0)
        read(job.condition)
        found, unlisted = asyncio.run(_evaluated(settings, job))
    except RefusedJobError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except TransientError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    for each in found.symbols:
        if each.symbol not in unlisted:
            sys.stdout.write("\n" + _text(each, found))
    for symbol in unlisted:
        sys.stderr.write(f"error: --symbols: {symbol!r} is no instrument of {without_password(settings.database_url)}\n")
    return 2 if unlisted else 0


async def _evaluated(settings: ResearchSettings, job: ConditionHistoryJob) -> tuple[ConditionHistory, list[str]]:
    """The result, and the symbols of which the database knows no instrument."""
    if await current(settings.database_url) is None:
        raise TransientError(no_tables(settings.database_url))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        tables = StoredHistory(database, 1)
        unlisted = [symbol for symbol in job.symbols if not (await tables.past(symbol, ())).exchange]
        return await histories(settings, database, stack).conditions.evaluate(job), unlisted


def _text(found: SymbolHistory, history: ConditionHistory) -> str:
    if found.first_bar is None or found.last_bar is None:
        bars = f"bars of {history.timeframe.word}" if history.timeframe else "bars"
        return f"{found.symbol}: not known yet, no {bars} are stored\n"
    about = f"{found.symbol}: held on {found.held} of {found.bars} bars, {found.unknown} unknown"
    lines = [f"{about}, {_time(found.first_bar)} to {_time(found.last_bar)}", *(f"  {_time(close)}" for close in found.newest)]
    return "\n".join(lines) + "\n"


def _time(ts: int) -> str:
    return dt.datetime.fromtimestamp(ts / 1000, dt.UTC).isoformat(" ", "seconds").replace("+00:00", " UTC")

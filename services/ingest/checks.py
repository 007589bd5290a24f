"""What is verified of the settings before anything is opened. Loads neither a source nor what reads feeds."""

from __future__ import annotations

import asyncio
import sys
from typing import NoReturn

from services.ingest.adapters.cursor_table import CursorTable
from services.ingest.adapters.feeds.feed_lines import read_feeds
from services.ingest.adapters.feeds.news_tape import read_news_tape
from services.ingest.adapters.instruments import read_universe
from services.ingest.adapters.origin_marks import check_database
from services.ingest.adapters.tapes import read_tape
from services.ingest.domain.data_origin import REPLAY, DataOrigin
from services.ingest.domain.feeds.feed import FeedError
from services.ingest.domain.feeds.news_tape import NewsTapeError
from services.ingest.domain.tape import TapeError
from services.ingest.domain.universe import UniverseError
from services.ingest.settings import IngestSettings
from shared.calendars import read_corrections
from shared.corrections import CorrectionError
from shared.db import open_database
from shared.failures import SettingsError, TransientError
from shared.migrations.revision import current
from shared.settings import EXIT_BAD_SETTINGS


def check(settings: IngestSettings) -> DataOrigin:
    """Verify that the files named in the settings can be read, before anything is opened; returns the origin of the prices.

    Raises:
        SystemExit: one cannot be read; a line on stderr names it and the reason.
    """
    try:
        universe = read_universe(settings.universe)
        read_corrections(settings.calendar_corrections, settings.session_files)
        if settings.news:
            read_feeds(settings.news_feeds, universe)
        if settings.source != REPLAY:
            return DataOrigin(settings.source)
        if settings.news:
            read_news_tape(settings.tapes, settings.tape)
        return DataOrigin(REPLAY, settings.tape, read_tape(settings.tapes, settings.tape, universe).digest)
    except (UniverseError, TapeError, CorrectionError, FeedError, NewsTapeError) as error:
        _exit_with_error(error)


def check_stores(settings: IngestSettings, origin: DataOrigin) -> None:
    """Verify that the database, if it exists, may hold prices of this origin.

    Raises:
        SystemExit: it holds prices of another origin; a line on stderr names both and the remedy.
    """
    try:
        asyncio.run(_check_database(settings, origin))
    except SettingsError as error:
        _exit_with_error(error)
    except TransientError as error:
        print(f"warning: the database could not be verified: {error}", file=sys.stderr)  # noqa: T201 - before any log


async def _check_database(settings: IngestSettings, origin: DataOrigin) -> None:
    if await current(settings.database_url) is None:  # no tables yet
        return
    async with open_database(settings.database_url) as database:
        await check_database(settings, CursorTable(database), origin)


def _exit_with_error(error: Exception) -> NoReturn:
    print(f"error: {error}", file=sys.stderr)  # noqa: T201 - before any log
    sys.exit(EXIT_BAD_SETTINGS)

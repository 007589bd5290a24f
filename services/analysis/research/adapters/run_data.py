"""The bars of a run, from whichever source it names. Remembers what was read.

What reads the database loads SQLAlchemy, half a second of CPU, and what reads folders pandas: both wait for a run that needs it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from services.analysis.kernels.conditions.times import ExchangeTimes
from services.analysis.kernels.groups.daily_closes import LAST
from services.analysis.research.adapters.calendars import ExchangeCalendars
from services.analysis.research.adapters.listed import instrument
from services.analysis.research.adapters.run_parts import PartFolder
from services.analysis.research.adapters.tape_series import tape_series
from services.analysis.research.adapters.thread_workers import ThreadWorkers
from services.analysis.research.domain import conditions
from services.analysis.research.domain.data_request import DataProblem, DataRequest, DataRequestError
from services.analysis.research.domain.firings import needed_instruments, needed_timeframes
from services.analysis.research.domain.known_groups import KnownGroups
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.news_history import NewsHistory
from services.analysis.research.domain.research_series import ResearchSeries
from services.analysis.research.domain.run_parts import Workers
from services.analysis.research.domain.run_record import hashed
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.domain.signal_names import ConditionSignal, SignalSpec
from services.analysis.research.settings import ResearchSettings
from shared.calendars import CALENDARS
from shared.conditions.expression import Elsewhere
from shared.events import Timeframe
from shared.sequences import SignalSequence

NAMED_PROBLEMS: Final = 3
"""Files and rows that an error names."""


class SeriesData:
    """``RunData`` of a request. Blocks: use it in a process or thread of its own, outside of an event loop."""

    def __init__(self, request: DataRequest, settings: ResearchSettings, workers: Workers | None = None) -> None:
        """``workers``: None: threads of this process. Raises DataRequestError."""
        request.check()
        self._request = request
        self._settings = settings
        self._hashes: dict[str, str] = {}
        self._problems: list[DataProblem] = []
        self._newest = 0
        self.kernels = SignalKernels.of(settings.kernels)
        self.workers = workers or ThreadWorkers(self.kernels, settings.research_threads)
        self.parts = PartFolder.of(settings)

    @property
    def request(self) -> DataRequest:
        return self._request

    @property
    def problems(self) -> tuple[DataProblem, ...]:
        """Rows and files that were left out so far, each once."""
        return tuple(dict.fromkeys(self._problems))

    @property
    def data_hash(self) -> str:
        """A hash of the bars that were read."""
        return hashed(sorted(self._hashes.items()))

    @property
    def used(self) -> DataRequest:
        """The request with the instruments and the range that were read: it gives the same bars when newer ones have come."""
        own = tuple(sorted(symbol for symbol in self._hashes if not symbol.startswith("other ")))
        if not own:
            return self._request
        end = self._request.end or _date(self._newest)
        return msgspec.structs.replace(self._request, symbols=own, years=self._years, end=end)

    @property
    def _years(self) -> float:
        return self._request.years or self._settings.research_years

    def series(self, *signals: SignalSpec) -> Iterator[ResearchSeries]:
        also = frozenset[Timeframe]().union(*(needed_timeframes(each, self._request.timeframe) for each in signals))
        some = False
        for whole in self._read(self._request.symbols, self._request.timeframe, also):
            found = self._within(whole)
            if len(found):
                some = True
                self._hashes[found.symbol] = found.content_hash
                self._newest = max(self._newest, int(found.raw["session"][-1]))
                yield found
        if not some:
            raise self._nothing()

    def market(self, *signals: SignalSpec) -> KnownMarket:
        named = [each for each in signals if isinstance(each, ConditionSignal)]
        benchmarks, sequences, groups = self._known(named)
        wanted = dict.fromkeys(
            symbol for each in named for benchmark in benchmarks.values() or [""] for symbol in needed_instruments(each, benchmark)
        )
        others = self._others(tuple(wanted), named) if wanted else {}
        self._hashes |= {f"other {symbol}": each.content_hash for symbol, each in others.items()}
        if groups is not None:
            self._hashes |= {f"other {symbol} closes": each for symbol, each in groups.hashes.items()}
            self._problems += [DataProblem("industries", f"{reason}: their values are unknown") for reason in groups.needs.left_out]
        needs_sessions = any(conditions.reads_sessions(each.condition) for each in named)
        more = {*(each.exchange for each in others.values()), *(groups.exchanges if groups else ())}
        return KnownMarket(self._sessions(more) if needs_sessions else {}, others, benchmarks, sequences, groups)

    def _others(self, symbols: Collection[str], named: Sequence[ConditionSignal]) -> dict[str, ResearchSeries]:
        """The instruments that conditions read beside their own. Raises DataRequestError."""
        try:
            return {each.symbol: self._within(each) for each in self._read(symbols, Timeframe.D1, ())}
        except DataRequestError as error:
            read = " and ".join(repr(each.text) for each in named)
            raise DataRequestError.like(error, f"signal: {read:.200}: {str(error).removeprefix('symbols: ')}") from error

    @property
    def _last(self) -> int:
        """The last session of the range (yyyymmdd)."""
        return int(f"{self._request.end:%Y%m%d}") if self._request.end else LAST

    def news(self, industries: Mapping[str, Sequence[str]], until: int, *, vectors: bool) -> dict[str, NewsHistory]:
        from services.analysis.research.adapters.stored_news import StoredNews
        from shared.db import open_database

        async def read() -> dict[str, NewsHistory]:
            async with open_database(self._settings.database_url) as database:
                table = StoredNews(database)
                return {symbol: await table.history(symbol, own, until, vectors=vectors) for symbol, own in industries.items()}

        found = asyncio.run(read())
        for symbol, each in found.items():
            vectors_read = b"" if each.vectors is None else each.vectors.tobytes()
            content = (each.since, each.own.tolist(), each.industry.tolist(), vectors_read)
            self._hashes[f"other news of {symbol}"] = hashed(content)
        return found

    def _within(self, series: ResearchSeries) -> ResearchSeries:
        """The bars of the range; without a start, those of some years before the last of them."""
        last = self._last
        upto = series.sessions_between(0, last)
        if not len(upto):
            return upto
        before = _date(int(upto.raw["session"][-1])) - dt.timedelta(days=365.25 * self._years)
        return upto.sessions_between(int(f"{self._request.start or before:%Y%m%d}"), last)

    def _read(self, symbols: Collection[str], timeframe: Timeframe, also: Collection[Timeframe]) -> Iterator[ResearchSeries]:
        match self._request.source:
            case "tape":
                yield from tape_series(self._request.place, symbols, timeframe, also, self._settings.session_files)
            case "folder":
                from services.analysis.research.adapters.file_series import folder_series

                yield from folder_series(Path(self._request.place), symbols, timeframe, also, self._problems)
            case "stored":
                yield from self._stored(symbols, timeframe, also)

    def _stored(self, symbols: Collection[str], timeframe: Timeframe, also: Collection[Timeframe]) -> Iterator[ResearchSeries]:
        from services.analysis.research.adapters.stored_series import StoredSeries
        from shared.db import open_database
        from shared.migrations.revision import current, no_tables

        with asyncio.Runner() as runner:
            opened = open_database(self._settings.database_url)
            if runner.run(current(self._settings.database_url)) is None:
                raise DataRequestError(f"{no_tables(self._settings.database_url)}, or name a tape or a folder", "no-tables")
            database = runner.run(opened.__aenter__())
            try:
                tables = StoredSeries(database, self._settings.rebuild_bars)
                for symbol in sorted(symbols) or runner.run(tables.symbols(timeframe)):
                    found = runner.run(tables.series(symbol, timeframe, also))
                    if found is not None:
                        yield found
                    elif symbols:
                        none = f"no bars of {timeframe.word} of {symbol!r} are stored"
                        unknown = f"there is no instrument {symbol!r}"
                        raise DataRequestError(
                            f"symbols: {none if runner.run(tables.is_listed(symbol)) else unknown}",
                            "no-bars-of",
                            value=symbol,
                            timeframe=timeframe.word,
                        )
            finally:
                runner.run(opened.__aexit__(None, None, None))

    def _known(self, named: Collection[ConditionSignal]) -> tuple[dict[str, str], tuple[SignalSequence, ...], KnownGroups | None]:
        """Benchmarks, sequences and groups, which only the database knows."""
        if self._request.source != "stored" or not named:
            return {}, (), None
        from services.analysis.research.adapters.history import StoredHistory
        from services.analysis.research.adapters.stored_groups import StoredGroups
        from services.analysis.research.adapters.stored_series import StoredSeries
        from shared.db import open_database

        async def read() -> tuple[dict[str, str], tuple[SignalSequence, ...], KnownGroups]:
            ids = frozenset[str]().union(*(conditions.sequence_ids(each.condition) for each in named))
            nodes = frozenset[Elsewhere]().union(*(conditions.group_nodes(each.condition) for each in named))
            async with open_database(self._settings.database_url) as database:
                tables, history = StoredSeries(database, self._settings.rebuild_bars), StoredHistory(database, 1)
                benchmarks, sequences = dict[str, str](), dict[str, SignalSequence]()
                symbols = self._request.symbols or await tables.symbols(self._request.timeframe)
                for symbol in symbols:
                    past = await history.past(symbol, ())
                    if benchmark := await history.benchmark(symbol, past.exchange):
                        benchmarks[symbol] = benchmark
                    sequences |= {each.id: each for each in await history.sequences(ids, symbol)}
                groups = await StoredGroups(database, self._settings.rebuild_bars).known(nodes, symbols, self._last)
                return benchmarks, tuple(sequences.values()), groups

        return asyncio.run(read())

    def _sessions(self, more: Iterable[str]) -> dict[str, ExchangeTimes]:
        """The sessions of the exchanges of the instruments and of some more; of all where no instrument is named."""
        settings = self._settings
        calendars = ExchangeCalendars(settings.calendar_start, settings.calendar_corrections, settings.session_files)
        own = {instrument(symbol).exchange for symbol in self._request.symbols}
        return calendars.times({*own, *more} if own and "" not in own else CALENDARS, dt.datetime.now(dt.UTC).date())

    def _nothing(self) -> DataRequestError:
        asked, word = self._request, self._request.timeframe.word
        if asked.source == "stored" and not asked.symbols:
            message = f"symbols: no bars of {word} are stored yet: make run stores some, or name a tape or a folder"
            return DataRequestError(message, "no-bars", timeframe=word)
        named = ", ".join(asked.symbols[:5]) or f"{asked.source} {asked.place}"
        days = "".join(f" {side} {day}" for side, day in (("from", asked.start), ("to", asked.end)) if day)
        message = f"symbols: no bars of {word} are there for {named}{days}"
        of_files = [each for each in self.problems if not asked.symbols or Path(each.file).stem.upper() in asked.symbols]
        if asked.source == "folder" and of_files:
            more = f"; and {len(of_files) - NAMED_PROBLEMS} more" if len(of_files) > NAMED_PROBLEMS else ""
            message = f"data: no bars of {word} are there for {named}: {'; '.join(map(str, of_files[:NAMED_PROBLEMS]))}{more}"
        return DataRequestError(message, "no-bars-of", value=named, timeframe=word)


def _date(session: int) -> dt.date:
    return dt.date(session // 10_000, session // 100 % 100, session % 100)

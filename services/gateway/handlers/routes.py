"""The table of REST resources, from which handlers, checks and the OpenAPI document are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.gateway.domain import api_models, queries
from services.gateway.domain.briefings import BriefingsQuery, BriefingView
from services.gateway.domain.calendar_models import CalendarDay, CalendarQuery
from services.gateway.domain.condition_models import CheckedCondition, CheckRequest, HistoryRequest, parse_check, parse_history
from services.gateway.domain.datasets import Dataset
from services.gateway.domain.explanations import ExplainRequest, Explanation, HeldTimes, parse_request
from services.gateway.domain.feeds import Feed
from services.gateway.domain.industries import Industry, IndustryWithMembers
from services.gateway.domain.news import NewsQuery, NewsStory, NewsStoryWithArticles
from services.gateway.domain.research_jobs import JOBS_PATH, EquityPoint, Job, JobSummary, Trade
from services.gateway.domain.run_queries import DatasetsQuery, JobsQuery, RowsQuery
from services.gateway.domain.run_requests import (
    BacktestRequest,
    DatasetRequest,
    DiscoveryRequest,
    GridRequest,
    QualityRequest,
    RunTarget,
)
from services.gateway.domain.screener_models import ScreenRequest, ScreenResult, parse_screen
from services.gateway.domain.trading import Trading
from services.gateway.handlers import (
    bars,
    briefings,
    calendar,
    conditions,
    corporate_actions,
    datasets,
    explanations,
    feeds,
    indicators,
    industries,
    instruments,
    news,
    patterns,
    quotes,
    research_jobs,
    screener,
    signal_quality,
    signals,
    snapshot,
    status,
    trading,
)
from services.gateway.handlers.cache import Answer


@dataclass(frozen=True)
class Route:
    """One resource, read with GET."""

    path: str
    answer: Callable[..., Awaitable[Answer]]
    """Called with the gateway, the parsed query, and the parts of the path by name."""
    query: type[msgspec.Struct]
    result: type[Any]
    """Type of an element of ``results``."""
    summary: str
    example: str
    """A query with results on every running system, for documents and tests."""


@dataclass(frozen=True)
class RunAction:
    """A resource that takes a request of a run, with POST, and answers 202 with the job."""

    path: str
    body: type[RunTarget]
    summary: str
    example: str
    """A body that every running system takes, for documents and tests."""


@dataclass(frozen=True)
class Action:
    """A resource that takes a body, with POST, and changes nothing."""

    path: str
    answer: Callable[..., Awaitable[Answer]]
    """Called with the gateway and the parsed body."""
    parse: Callable[[bytes], Any]
    """Raises RequestError."""
    body: type[msgspec.Struct]
    result: type[Any]
    """Type of an element of ``results``."""
    summary: str
    example: str
    """A body with results on every running system, for documents and tests."""


ROUTES: Final = (
    Route(
        "/v1/instruments",
        instruments.search,
        queries.InstrumentsQuery,
        api_models.Instrument,
        "Find instruments",
        "?industry=semiconductors",
    ),
    Route(
        "/v1/instruments/{symbol}", instruments.get_instrument, queries.NoParameters, api_models.Instrument, "One instrument", ""
    ),
    Route(
        "/v1/industries",
        industries.list_industries,
        queries.NoParameters,
        Industry,
        "All industries and markets with their views",
        "",
    ),
    Route(
        "/v1/industries/{industry}",
        industries.get_industry,
        queries.NoParameters,
        IndustryWithMembers,
        "One industry or market with its members",
        "",
    ),
    Route("/v1/quotes", quotes.get_quotes, queries.QuotesQuery, api_models.Quote, "Latest quotes", "?symbols=AAPL"),
    Route("/v1/bars", bars.get_bars, queries.BarsQuery, api_models.Bar, "Closed bars", "?symbol=AAPL&timeframe=1Day&limit=250"),
    Route(
        "/v1/corporate-actions",
        corporate_actions.list_actions,
        queries.CorporateActionsQuery,
        api_models.CorporateAction,
        "Splits and dividends",
        "?symbol=AAPL",
    ),
    Route(
        "/v1/trading",
        trading.get_trading,
        queries.TradingQuery,
        Trading,
        "Whether instruments can be traded",
        "?symbols=AAPL",
    ),
    Route(
        "/v1/indicators",
        indicators.get_indicators,
        queries.IndicatorsQuery,
        api_models.Indicators,
        "Indicators at the close of each bar",
        "?symbol=AAPL",
    ),
    Route("/v1/signals", signals.list_signals, queries.SignalsQuery, api_models.Signal, "Signals, newest first", "?limit=20"),
    Route(
        "/v1/signals/quality",
        signal_quality.list_quality,
        queries.QualityQuery,
        api_models.QualityRecord,
        "What followed past signals, out of sample",
        "?level=all&horizon=5",
    ),
    Route(
        "/v1/patterns",
        patterns.list_patterns,
        queries.PatternsQuery,
        api_models.Pattern,
        "Chart patterns, newest first",
        "?limit=20",
    ),
    Route("/v1/news", news.list_news, NewsQuery, NewsStory, "Stories of news, newest first", "?limit=20"),
    Route("/v1/news/{id}", news.get_story, queries.NoParameters, NewsStoryWithArticles, "One story with its articles", ""),
    Route("/v1/briefings", briefings.list_briefings, BriefingsQuery, BriefingView, "What markets did, newest first", "?limit=4"),
    Route("/v1/briefings/{id}", briefings.get_briefing, queries.NoParameters, BriefingView, "One briefing", ""),
    Route(
        "/v1/research/datasets",
        datasets.list_datasets,
        DatasetsQuery,
        Dataset,
        "Data sets for machine learning, newest first",
        "?limit=5",
    ),
    Route("/v1/research/datasets/{id}", datasets.get_dataset, queries.NoParameters, Dataset, "One data set with its files", ""),
    Route(
        "/v1/calendar",
        calendar.get_calendar,
        CalendarQuery,
        CalendarDay,
        "When an exchange trades: sessions and holidays",
        "?exchange=NYSE",
    ),
    Route(
        "/v1/snapshot/{symbol}",
        snapshot.get_snapshot,
        queries.SnapshotQuery,
        api_models.Snapshot,
        "Everything that a page shows of one instrument",
        "",
    ),
    Route(JOBS_PATH, research_jobs.list_jobs, JobsQuery, JobSummary, "Jobs of analysis research, newest first", "?limit=5"),
    Route(f"{JOBS_PATH}/{{id}}", research_jobs.get_job, queries.NoParameters, Job, "One job with its progress and its result", ""),
    Route(f"{JOBS_PATH}/{{id}}/trades", research_jobs.list_trades, RowsQuery, Trade, "The trades of a backtest", ""),
    Route(f"{JOBS_PATH}/{{id}}/equity", research_jobs.list_equity, RowsQuery, EquityPoint, "The equity of a backtest", ""),
    Route("/v1/feeds", feeds.list_feeds, queries.NoParameters, Feed, "News feeds and whether they can be read", ""),
    Route("/v1/status", status.get_status, queries.NoParameters, api_models.Status, "Whether prices arrive and are processed", ""),
)
ACTIONS: Final = (
    Action(
        "/v1/conditions/explain",
        explanations.explain,
        parse_request,
        ExplainRequest,
        Explanation,
        "A condition in words, and where it last held",
        '{"condition": "rsi_14 < 30 and close > sma_200 on 1d", "symbols": ["AAPL"]}',
    ),
    Action(
        "/v1/conditions/check",
        conditions.check,
        parse_check,
        CheckRequest,
        CheckedCondition,
        "Whether a text is a condition",
        '{"condition": "rsi_14 < 30 and close > sma_200 on 1d"}',
    ),
    Action(
        "/v1/conditions/history",
        conditions.history,
        parse_history,
        HistoryRequest,
        HeldTimes,
        "Where a condition held",
        '{"condition": "rsi_14 < 30 on 1d", "symbols": ["AAPL"], "limit": 5}',
    ),
    Action(
        "/v1/screener",
        screener.screen,
        parse_screen,
        ScreenRequest,
        ScreenResult,
        "Instruments for which a condition is true now",
        '{"condition": "rsi_14 > 30 on 1d", "sort": "rsi_14", "columns": ["close"], "limit": 20}',
    ),
)
RUN_ACTIONS: Final = (
    RunAction(
        "/v1/research/backtests",
        BacktestRequest,
        "Have a backtest done",
        '{"entry": "golden_cross", "exit": "dead_cross", "symbols": ["AAPL", "SPY"], "tape": "daily"}',
    ),
    RunAction(
        "/v1/research/grids",
        GridRequest,
        "Have parameters searched",
        '{"entry": "golden_cross({fast}, {slow})", "exit": "dead_cross({fast}, {slow})", "constraints": ["fast < slow"], '
        '"ranges": {"fast": "5:50:5", "slow": [50, 100, 200]}, "symbols": ["SPY"], "tape": "daily"}',
    ),
    RunAction(
        "/v1/research/discoveries",
        DiscoveryRequest,
        "Have combinations of signals searched",
        '{"size": 1, "least": 60, "tape": "daily"}',
    ),
    RunAction(
        "/v1/research/quality",
        QualityRequest,
        "Have the records of signals computed",
        '{"rule": "golden_cross", "level": "all", "horizon": 20, "tape": "daily"}',
    ),
    RunAction(
        "/v1/research/datasets",
        DatasetRequest,
        "Have a data set written",
        '{"features": ["rsi_14", "returns"], "labels": ["forward_return(5)"], "symbols": ["SPY"], "tape": "daily"}',
    ),
)
JOB_FILE: Final = f"{JOBS_PATH}/{{id}}/files/{{name}}"
"""The files of a job, which are no JSON of ours."""
DATASET_FILE: Final = "/v1/research/datasets/{id}/files/{name}"
"""The files of a data set, which are no JSON of ours."""

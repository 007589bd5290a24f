"""All events that topics carry, as frozen structs.

Times are integer milliseconds since the epoch in UTC: ``ts_event`` is when something happened, ``ts_init`` when the mesh received
it. Prices are in the instrument's own currency; changes are fractions (0.05 is 5 %). Within a version only optional
fields are added; readers ignore unknown fields.
"""

from shared.events.analysis import IndicatorRow, Signal, SignalQuality, parameters_text, signal_id
from shared.events.event import Event, SafeInt
from shared.events.industries import Comovement, IndustryMember, IndustryView, Mover, RelativeStrength, RuleCount
from shared.events.market import Bar, CorporateAction, Heartbeat, History, HistoryReady, ProviderBar, Quote, Tick, TickLog
from shared.events.news import Article, Category, Reaction, Story, StoryArticle, StoryLink
from shared.events.notify import Delivery
from shared.events.patterns import Line, Pattern, Pivot, pattern_id
from shared.events.quality import Quarantined
from shared.events.research import (
    CancelRun,
    ConditionHistory,
    ConditionHistoryJob,
    DiscoverPatterns,
    ExportDataset,
    HistoryJob,
    HistoryResult,
    IndicatorHistory,
    IndicatorHistoryJob,
    QualityChanged,
    ResearchError,
    ResearchJob,
    ResearchResult,
    ResearchRunJob,
    RunBacktest,
    RunFinished,
    RunGrid,
    RunJob,
    RunOption,
    RunProgress,
    RunQuality,
    SymbolHistory,
)
from shared.events.timeframe import PERIODS, Timeframe

__all__ = [
    "PERIODS",
    "Article",
    "Bar",
    "CancelRun",
    "Category",
    "Comovement",
    "ConditionHistory",
    "ConditionHistoryJob",
    "CorporateAction",
    "Delivery",
    "DiscoverPatterns",
    "Event",
    "ExportDataset",
    "Heartbeat",
    "History",
    "HistoryJob",
    "HistoryReady",
    "HistoryResult",
    "IndicatorHistory",
    "IndicatorHistoryJob",
    "IndicatorRow",
    "IndustryMember",
    "IndustryView",
    "Line",
    "Mover",
    "Pattern",
    "Pivot",
    "ProviderBar",
    "QualityChanged",
    "Quarantined",
    "Quote",
    "Reaction",
    "RelativeStrength",
    "ResearchError",
    "ResearchJob",
    "ResearchResult",
    "ResearchRunJob",
    "RuleCount",
    "RunBacktest",
    "RunFinished",
    "RunGrid",
    "RunJob",
    "RunOption",
    "RunProgress",
    "RunQuality",
    "SafeInt",
    "Signal",
    "SignalQuality",
    "Story",
    "StoryArticle",
    "StoryLink",
    "SymbolHistory",
    "Tick",
    "TickLog",
    "Timeframe",
    "parameters_text",
    "pattern_id",
    "signal_id",
]

"""All events that topics carry, as frozen structs.

Times are integer milliseconds since the epoch in UTC: ``ts_event`` is when something happened, ``ts_init`` when the mesh received
it. Prices are in the instrument's own currency; changes are fractions (0.05 is 5 %). Within a version only optional
fields are added; readers ignore unknown fields.
"""

from shared.events.analysis import IndicatorRow, Signal, SignalQuality, parameters_text, signal_id
from shared.events.event import Event, SafeInt
from shared.events.industries import Comovement, IndustryMember, IndustryView, Mover, RelativeStrength, RuleCount
from shared.events.market import Bar, CorporateAction, Heartbeat, History, HistoryReady, ProviderBar, Quote, Tick, TickLog
from shared.events.notify import Delivery
from shared.events.patterns import Line, Pattern, Pivot, pattern_id
from shared.events.quality import Quarantined
from shared.events.research import (
    ConditionHistory,
    ConditionHistoryJob,
    JobResult,
    QualityChanged,
    ResearchError,
    ResearchJob,
    ResearchResult,
    SymbolHistory,
)
from shared.events.timeframe import PERIODS, Timeframe

__all__ = [
    "PERIODS",
    "Bar",
    "Comovement",
    "ConditionHistory",
    "ConditionHistoryJob",
    "CorporateAction",
    "Delivery",
    "Event",
    "Heartbeat",
    "History",
    "HistoryReady",
    "IndicatorRow",
    "IndustryMember",
    "IndustryView",
    "JobResult",
    "Line",
    "Mover",
    "Pattern",
    "Pivot",
    "ProviderBar",
    "QualityChanged",
    "Quarantined",
    "Quote",
    "RelativeStrength",
    "ResearchError",
    "ResearchJob",
    "ResearchResult",
    "RuleCount",
    "SafeInt",
    "Signal",
    "SignalQuality",
    "SymbolHistory",
    "Tick",
    "TickLog",
    "Timeframe",
    "parameters_text",
    "pattern_id",
    "signal_id",
]

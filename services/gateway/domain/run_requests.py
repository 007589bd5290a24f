"""What the API takes as requests of runs: the options of analysis research, and the instruments and the range."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, cast

import msgspec

from services.gateway.domain.parameter_types import Symbol
from services.gateway.domain.problems import RequestError
from services.gateway.domain.timeframes import TIMEFRAME_BY_NAME, TimeframeName
from shared.events import DiscoverPatterns, ExportDataset, ResearchRunJob, RunBacktest, RunGrid, RunJob, RunQuality
from shared.run_options.backtest import BacktestOptions
from shared.run_options.dataset import DatasetOptions
from shared.run_options.discovery import DiscoveryOptions
from shared.run_options.grid import GridOptions
from shared.run_options.quality import QualityOptions

MOST_SYMBOLS: Final = 1000


class RunTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bars of a run."""

    symbols: Annotated[list[Symbol], msgspec.Meta(max_length=MOST_SYMBOLS, description="Without any, all that have bars.")] = []
    timeframe: TimeframeName = "1Day"
    start: Annotated[dt.date, msgspec.Meta(description="The first session; without it ten years before the last.")] | None = None
    end: Annotated[dt.date, msgspec.Meta(description="The last session; without it the newest.")] | None = None
    tape: Annotated[str, msgspec.Meta(max_length=64, description="A bundled tape in place of the stored bars.")] = ""


def check_range(request: RunTarget) -> None:
    """Raise RequestError for a range that ends before it starts."""
    if request.start is not None and request.end is not None and request.start > request.end:
        about, values = f"start: {request.start} is after end, {request.end}", {"end": request.end}
        raise RequestError(
            "invalid-parameter", about, field="start", value=str(request.start), code="start-after-end", values=values, fits=True
        )


def _request(name: str, options: type[msgspec.Struct]) -> type[RunTarget]:
    """A struct with the fields of ``RunTarget`` and of some options: two structs cannot both be bases."""
    fields: list[Any] = []
    for each in msgspec.structs.fields(options):
        default = each.default if each.default_factory is msgspec.NODEFAULT else msgspec.field(default_factory=each.default_factory)
        fields.append((each.name, each.type) if default is msgspec.NODEFAULT else (each.name, each.type, default))
    about = {"__doc__": options.__doc__}
    made = msgspec.defstruct(
        name, fields, bases=(RunTarget,), namespace=about, module=__name__, frozen=True, kw_only=True, forbid_unknown_fields=True
    )
    return cast("type[RunTarget]", made)


BacktestRequest: Final = _request("BacktestRequest", BacktestOptions)
GridRequest: Final = _request("GridRequest", GridOptions)
DiscoveryRequest: Final = _request("DiscoveryRequest", DiscoveryOptions)
QualityRequest: Final = _request("QualityRequest", QualityOptions)
DatasetRequest: Final = _request("DatasetRequest", DatasetOptions)
JOBS: Final[Mapping[type[RunTarget], type[RunJob]]] = MappingProxyType(
    {
        BacktestRequest: RunBacktest,
        GridRequest: RunGrid,
        DiscoveryRequest: DiscoverPatterns,
        QualityRequest: RunQuality,
        DatasetRequest: ExportDataset,
    }
)
"""The job of each type of request."""
KINDS: Final[Mapping[type[RunJob], str]] = MappingProxyType(
    {
        RunBacktest: "backtest",
        RunGrid: "grid",
        DiscoverPatterns: "discovery",
        RunQuality: "quality",
        ExportDataset: "dataset",
    }
)
_TARGET: Final = frozenset(RunTarget.__struct_fields__)
_COMMON: Final = frozenset(ResearchRunJob.__struct_fields__)


def job_of(request: RunTarget, run_id: str, requested_by: str, now: int, source: str) -> RunJob:
    """The job that is published: what is not at its default, under the names of the options."""
    job_type = JOBS[type(request)]
    own = frozenset(job_type.__struct_fields__) - _COMMON
    given: dict[str, Any] = {
        field.name: value
        for field in msgspec.structs.fields(type(request))
        if field.name not in _TARGET and (value := getattr(request, field.name)) != field.default
    }
    fields = {name: value for name, value in given.items() if name in own}
    if job_type is RunGrid:
        ranges = fields.pop("ranges")
        fields["ranges"] = {name: each for name, each in ranges.items() if not isinstance(each, str)}
        fields["steps"] = {name: each for name, each in ranges.items() if isinstance(each, str)}
    return job_type(
        id=run_id,
        requested_by=requested_by,
        symbols=tuple(request.symbols),
        timeframe=TIMEFRAME_BY_NAME[request.timeframe],
        start=request.start,
        end=request.end,
        tape=request.tape,
        options={name: value for name, value in given.items() if name not in own},
        ts_event=now,
        ts_init=now,
        source=source,
        **fields,
    )

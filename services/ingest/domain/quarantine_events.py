"""Reports flaws of a chart and of its bars as ``Quarantined`` events, a bounded number per reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Final

from services.ingest.domain.bar_findings import Finding
from services.ingest.domain.chart_flaws import ChartFlaw
from services.ingest.domain.yahoo_events import InvalidCorporateAction
from shared.events import Quarantined, Timeframe

MAX_EVENTS_PER_REASON: Final = 10
"""Maximum events of one reason for one chart; the newest are kept. ``more`` of the first event counts the others."""


def quarantine_events(
    symbol: str,
    bad_events: Iterable[InvalidCorporateAction],
    flaws: Iterable[ChartFlaw],
    findings: Sequence[Finding],
    source: str,
    now: int,
) -> Iterator[Quarantined]:
    """The events; ``now`` in milliseconds."""
    everything = sorted((*map(_of_event, bad_events), *flaws), key=lambda flaw: (flaw.reason, -flaw.ts))
    for _, group in groupby(everything, key=lambda flaw: flaw.reason):
        run = list(group)
        for place, flaw in enumerate(islice(run, MAX_EVENTS_PER_REASON)):
            yield Quarantined(
                symbol=symbol,
                what="instrument",
                reason=flaw.reason,
                outcome=flaw.outcome,
                values=_numbers(flaw.values),
                note=flaw.note,
                timeframe=Timeframe.D1.value,
                source=source,
                ts_event=flaw.ts * 1000 or now,
                ts_init=now,
                more=max(0, len(run) - MAX_EVENTS_PER_REASON) if place == 0 else 0,
            )
    yield from _of_bars(symbol, findings, source, now)


def _of_event(bad: InvalidCorporateAction) -> ChartFlaw:
    return ChartFlaw(
        bad.kind,
        "quarantined",
        f"{bad.field} is {bad.value}: this {bad.kind} is not used",
        bad.ts,
        {bad.field: None},
    )


def _of_bars(symbol: str, findings: Sequence[Finding], source: str, now: int) -> Iterator[Quarantined]:
    """One event for consecutive bars with the same finding."""
    for (reason, outcome, note), group in groupby(findings, key=lambda each: (each.reason, each.outcome, each.note)):
        run = list(group)
        first = run[0].bar
        values = {name: getattr(first, name) for name in ("open", "high", "low", "close", "volume", "price_factor", "split_factor")}
        yield Quarantined(
            symbol=symbol,
            what="bar",
            reason=reason,
            outcome=outcome,
            values=_numbers({**values, "last": run[0].last}),
            note=f"{note}: {len(run)} bars, this is the first" if len(run) > 1 else note,
            timeframe=Timeframe.D1.value,
            source=source,
            ts_event=first.ts_close,
            ts_init=now,
        )


def _numbers(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: value if value is None or math.isfinite(value) else None for name, value in values.items()}

"""What one series must compute for the conditions: the places of its derived values, as the kernel and the memory need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.analysis.kernels.conditions.derived import SeriesNeeds, is_local, is_past, width_of
from services.analysis.kernels.conditions.programs import Programs
from services.analysis.kernels.conditions.slots import slot_layout
from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.live.domain.derived_memory import Widths
from services.analysis.live.domain.layout import TIMEFRAMES
from shared.conditions import Node
from shared.conditions.expression import Elsewhere
from shared.conditions.normal_form import render


@dataclass(frozen=True)
class ReadValues:
    """The values of another timeframe that a series reads."""

    timeframe: int
    """The code of the timeframe."""
    places: Int64s
    names: tuple[str, ...]
    """The texts of the exported expressions, one for each place."""


@dataclass(frozen=True)
class SeriesLayout:
    """The derived values of the series of one timeframe that the same conditions are for."""

    needs: SeriesNeeds
    widths: Widths
    local: Int64s
    """Operations over the past that depend on this series alone, as ``SeriesKernels.derive_bar`` takes them."""
    later: Int64s
    """Those that also read other timeframes or instruments."""
    known: tuple[tuple[int, Node], ...]
    """Time fields, events and values of other instruments, each with its place."""
    read: tuple[ReadValues, ...]
    exported: tuple[str, ...]
    programs: Int64s
    """The programs of the exported expressions."""


def series_layout(needs: SeriesNeeds, programs: Programs, not_warmed_up: frozenset[str]) -> SeriesLayout:
    """The layout of a series. Operations that are not warmed up have a slot but are not computed."""
    nodes = list(needs.derived)
    slots = slot_layout(nodes)
    warm = [node for node in nodes if render(node) not in not_warmed_up]
    return SeriesLayout(
        needs,
        widths(nodes),
        slots.table(programs, [node for node in warm if is_local(node)]),
        slots.table(programs, [node for node in warm if not is_local(node)]),
        tuple((programs.places[node], node) for node in nodes if not is_past(node) and not _of_other_timeframe(node)),
        tuple(_read(nodes, programs)),
        tuple(render(node) for node in needs.exported),
        np.array([programs.numbers[node] for node in needs.exported], np.int64),
    )


def widths(nodes: Sequence[Node]) -> Widths:
    """The operations over the past among derived values, by their text, with their floats of state."""
    return {render(node): width_of(node) for node in nodes if is_past(node)}


def _of_other_timeframe(node: Node) -> bool:
    return isinstance(node, Elsewhere) and not node.instrument


def _read(nodes: Sequence[Node], programs: Programs) -> Iterator[ReadValues]:
    for code, timeframe in enumerate(TIMEFRAMES):
        mine = [node for node in nodes if isinstance(node, Elsewhere) and not node.instrument and node.timeframe == timeframe]
        if mine:
            places = np.array([programs.places[node] for node in mine], np.int64)
            yield ReadValues(code, places, tuple(render(node.operand) for node in mine))

"""The names that a condition may use, found by trying values with the indicators' ``prepare``, and the rules and patterns.

The results, ``vocabulary.json`` and ``events.json`` of shared/conditions and ``vocabulary.json`` of shared/sequences, let other
services check a text without importing analysis.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from typing import Any, Final

import msgspec

from services.analysis.kernels.indicators.kind import Kind, Parameters
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import INDICATORS
from services.analysis.kernels.rules.table import RULES
from services.analysis.kernels.sorts import EVENTS, event_instances
from services.analysis.live.domain.state import CHARTED

WHOLE: Final = tuple(float(n) for n in (*range(1, 600), *range(1970, 2101)))
"""Numbers of bars, and years."""
FRACTIONS: Final = (
    *(round(n * 0.001, 3) for n in range(1, 1001)),
    *(round(n * 0.1, 1) for n in range(11, 1001)),
    *(float(n) for n in range(101, 1001)),
)
TRIED: Final = (0.001, 0.5, 1.0, 2.0, 3.0, 10.0, 12.0, 100.0, 256.0, 499.0, 500.0)
"""Values, in addition to the kind's examples, of the other parameters while one is tried."""


def conditions() -> str:
    """The names that a condition may use, as JSON."""
    return _json([_words(kind) for kind in KINDS])


def events() -> str:
    """The events that conditions may name, which are the possible steps of a sequence, as JSON."""
    of_rules = [_fires(rule.name, rule.directions, rule.timeframes, rule.instances) for rule in RULES]
    ways: dict[int, tuple[str, ...]] = {1: ("up",), -1: ("down",), 0: ("up", "down")}
    return _json(
        [*of_rules, *(_fires(pattern.name, ways[pattern.direction], CHARTED, ({},)) | {"pattern": True} for pattern in PATTERNS)]
    )


def _json(words: object) -> str:
    return msgspec.json.format(msgspec.json.encode(words), indent=1).decode() + "\n"


def _fires(
    rule: str, directions: Sequence[str], timeframes: Sequence[str], instances: Sequence[Mapping[str, float]]
) -> dict[str, Any]:
    found = {"rule": rule, "directions": directions, "timeframes": timeframes, "instances": [dict(each) for each in instances]}
    return found | ({"events": [dict(each) for each in event_instances(rule)]} if rule in EVENTS else {})


def _words(kind: Kind) -> dict[str, Any]:
    pools = [tuple(dict.fromkeys([*(example[i] for example in kind.examples), *TRIED])) for i in range(len(kind.parameters))]
    taken = [values for values in product(*pools) if _takes(kind, values)]
    parameters = [_parameter(kind, i, taken) for i in range(len(kind.parameters))]
    orders, sums = list(_orders(kind, taken)), list(_sums(kind, taken, parameters))
    return {
        "kind": kind.name,
        "parameters": parameters,
        "usual": kind.examples[0],
        "columns": kind.columns,
        "short": kind.short,
        "orders": orders,
        "sums": [each for each in sums if not any(_follows(each, order, sums) for order in orders)],
        "running": [tuple(map(float, parameters)) for name, parameters in INDICATORS if name == kind.name],
    }


def _parameter(kind: Kind, i: int, known: Sequence[Parameters]) -> dict[str, Any]:
    """``known``: valid parameters, among them values of the others that go with any valid value of this one."""
    others = tuple(dict.fromkeys((values[:i], values[i + 1 :]) for values in known))
    whole = not any(_some(kind, example[i] + 0.5, others) for example in kind.examples)
    tried, usual = (WHOLE if whole else FRACTIONS), kind.examples[0][i]
    least, most = _least(kind, tried, usual, others), _most(kind, tried, usual, others)
    return {"name": kind.parameters[i], "least": least, "most": most, "whole": whole}


def _least(kind: Kind, tried: Sequence[float], usual: float, others: Sequence[tuple[Parameters, Parameters]]) -> float:
    """The least of the values ``tried``, which ascend, that is valid. All from there to ``usual``, which is valid, are."""
    upwards = tried[: bisect_right(tried, usual)]
    return upwards[bisect_left(upwards, x=True, key=lambda value: _some(kind, value, others))]


def _most(kind: Kind, tried: Sequence[float], usual: float, others: Sequence[tuple[Parameters, Parameters]]) -> float:
    """The same for the largest."""
    upwards = tried[bisect_left(tried, usual) :]
    return upwards[bisect_left(upwards, x=True, key=lambda value: not _some(kind, value, others)) - 1]


def _some(kind: Kind, value: float, others: Sequence[tuple[Parameters, Parameters]]) -> bool:
    """Whether the parameter between the others may have this value."""
    return any(_takes(kind, (*before, value, *after)) for before, after in others)


def _orders(kind: Kind, taken: Sequence[Parameters]) -> Iterator[dict[str, Any]]:
    """Pairs of parameters of which the first must not exceed the second, though their bounds alone would allow it."""
    for i, j in permutations(range(len(kind.parameters)), 2):
        pairs = {(values[i], values[j]) for values in taken}
        if any(a > b for a, b in pairs):
            continue
        each, other = {a for a, _ in pairs}, {b for _, b in pairs}
        if any(a > b for a in each for b in other):
            yield {"lower": kind.parameters[i], "higher": kind.parameters[j], "strict": not any(a == b for a, b in pairs)}


def _sums(kind: Kind, taken: Sequence[Parameters], parameters: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Pairs of numbers of bars of which each alone may be long, but not both: how many bars they may be together."""
    whole = [i for i, each in enumerate(parameters) if each["whole"]]
    for pair in combinations(whole, 2):
        i, j = sorted(pair, key=lambda each: -parameters[each]["most"])
        most = parameters[i]["most"]
        longest = [values for values in taken if values[i] == most]
        others = tuple({(values[:j], values[j + 1 :]) for values in longest})
        valid = max((values[j] for values in longest), default=parameters[j]["most"])
        other = _most(kind, WHOLE, valid, others) if longest else valid
        if other < parameters[j]["most"]:
            yield {"first": kind.parameters[pair[0]], "second": kind.parameters[pair[1]], "most": most + other}


def _follows(one: Mapping[str, Any], order: Mapping[str, Any], sums: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a bound on a sum follows from an order and the bound on the larger parameter's sum."""
    names = {one["first"], one["second"]}
    larger = names - {order["lower"]} | {order["higher"]}
    return order["lower"] in names and len(larger) > 1 and any({each["first"], each["second"]} == larger for each in sums)


def _takes(kind: Kind, values: Parameters) -> bool:
    try:
        kind.prepare(*values)
    except (ValueError, ZeroDivisionError):
        return False
    return True

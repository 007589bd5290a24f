"""F1, as sklearn.metrics.f1_score defines it, of sets of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set

import msgspec


class Scores(msgspec.Struct, frozen=True):
    micro: float
    macro: float
    by_label: dict[str, float]


def f1(pairs: Iterable[tuple[Set[str], Set[str]]]) -> Scores:
    """Of pairs (labels, findings): over all together, and the mean over the labels that occur."""
    right: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for truth, answer in pairs:
        labelled.update(truth)
        found.update(answer)
        right.update(truth & answer)
    by_label = {name: 2 * right[name] / (labelled[name] + found[name]) for name in labelled}
    return Scores(2 * right.total() / (labelled.total() + found.total()), sum(by_label.values()) / len(by_label), by_label)

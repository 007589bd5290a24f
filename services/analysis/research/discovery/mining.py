"""Candidates that are frequent in the first part of the past: frequent item sets by FP-growth (Han, Pei, Yin 2000; mlxtend).

For each signal the bars on which it fired are the transactions. The items of one are the signals before it and beside it, and the
states of the market. What occurs with it often is a candidate. Of very many transactions a sample is searched with a lower bound,
and the candidates that it gives are counted on all of them (Toivonen 1996, "Sampling large databases for association rules").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import numpy as np
import pandas as pd

from services.analysis.research.discovery.candidate import Candidate, can_be_written
from services.analysis.research.discovery.past import Bools, Past
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.runs import Progress
from shared.sequences import Step

Growth = Callable[..., pd.DataFrame]
MOST: Final = 20_000
"""Candidates that are compared."""
MOST_SETS: Final = 500_000
"""Item sets of one signal, of which some are candidates."""
MOST_TRANSACTIONS: Final = 4_000
"""Transactions of one signal that are searched."""
LOWERED: Final = 0.8
"""The share of the bound that counts in a sample."""
REMEDY: Final = "raise least, lower size or within, or leave out instruments"
MISSING: Final = "discovery needs the package mlxtend, which is not installed: run `make setup-research`"


def frequent(
    pasts: Sequence[Past], steps: tuple[Step, ...], split: int, size: int, least: int, progress: Progress
) -> list[Candidate]:
    """The candidates with at least ``least`` signals before the date ``split`` (days since 1970), ascending.

    ``size``: parts besides the signal that fires. A candidate says its direction by its last signal, and those beside it agree.

    Raises:
        RunError: there are more than MOST, or the package is missing.
    """
    growth = _growth()
    found = list[Candidate]()
    for last in range(len(steps)):
        found += [each for each in _of_signal(pasts, steps, last, split, size, least, growth) if can_be_written(each, steps)]
        if len(found) > MOST:
            raise RunError(
                f"least: more than {len(found)} candidates fire {least} times before the split, after {last + 1} of {len(steps)}"
                f" signals; at most {MOST} are compared: {REMEDY}",
                "search-large",
                most=MOST,
            )
        progress(last + 1, len(steps), "candidates")
    return sorted(found, key=_order)


def _of_signal(
    pasts: Sequence[Past], steps: tuple[Step, ...], last: int, split: int, size: int, least: int, growth: Growth
) -> Iterator[Candidate]:
    beside = [n for n in range(last + 1, len(steps)) if steps[n].direction == steps[last].direction]
    rows = [_transactions(past, last, beside, past.part(0, split)) for past in pasts]
    table = np.concatenate(rows)
    kept = np.flatnonzero(table.sum(axis=0) >= least)
    if len(table) < least or not len(kept):
        return
    signals = len(steps)
    for items in _item_sets(table[:, kept], last, least, size, growth):
        places = [int(kept[each]) for each in items]
        before = [place for place in places if place < signals]
        if len(before) <= 1:
            together = tuple(beside[place - signals] for place in places if signals <= place < signals + len(beside))
            states = tuple(place - signals - len(beside) for place in places if place >= signals + len(beside))
            yield Candidate(last, before[0] if before else None, together, states)


def _item_sets(table: Bools, seed: int, least: int, size: int, growth: Growth) -> Iterator[list[int]]:
    """The sets of at most ``size`` columns that are true together on at least ``least`` rows."""
    searched, bound = table, float(least)
    if len(table) > MOST_TRANSACTIONS:
        searched = table[np.random.default_rng(seed).choice(len(table), MOST_TRANSACTIONS, replace=False)]
        bound = max(2.0, LOWERED * least * MOST_TRANSACTIONS / len(table))
    if (sets := _most_sets(searched, bound, size)) > MOST_SETS:
        raise RunError(
            f"least: up to {sets} combinations with one signal alone, at most {MOST_SETS} are searched: {REMEDY}",
            "search-large",
            most=MOST_SETS,
        )
    for items in growth(pd.DataFrame(searched), min_support=(bound - 0.5) / len(searched), max_len=size)["itemsets"]:
        places = sorted(items)
        if searched is table or np.count_nonzero(table[:, places].all(axis=1)) >= least:
            yield places


def _most_sets(table: Bools, least: float, size: int) -> int:
    """An upper bound of the frequent sets: the columns, the pairs, and the pairs with any third column."""
    numbers = table.astype(np.float32)
    columns = numbers.shape[1]
    pairs = int(np.count_nonzero(np.triu(numbers.T @ numbers >= least, 1)))
    return sum((columns, pairs, pairs * columns // 3)[:size])


def check_package() -> None:
    """Raises RunError when the package that searches is not installed."""
    if find_spec("mlxtend") is None:
        raise RunError(MISSING, "package-missing", name="mlxtend")


def _growth() -> Growth:
    try:
        found: Growth = import_module("mlxtend.frequent_patterns").fpgrowth
    except ImportError as error:
        raise RunError(f"{MISSING} ({error})", "package-missing", name="mlxtend") from error
    return found


def _transactions(past: Past, last: int, beside: Sequence[int], bars: slice) -> Bools:
    """(bars on which the signal fired, items): signals before, signals beside, states."""
    at = np.flatnonzero(past.fired[last, bars]) + bars.start
    return np.concatenate([past.before[:, at], past.fired[np.ix_(beside, at)], past.states[:, at]]).T


def _order(each: Candidate) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    return each.last, -1 if each.before is None else each.before, each.together, each.states

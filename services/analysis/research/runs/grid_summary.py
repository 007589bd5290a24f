"""The result of a grid as JSON: what was searched and chosen, how it did on bars that it was not chosen on, what that is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np

from services.analysis.kernels.indicators.kind import Int64s
from services.analysis.research.backtest.machine_code import load_backtest
from services.analysis.research.domain.signal_kernels import SignalKernels
from services.analysis.research.grid.objectives import FIGURES, figure
from services.analysis.research.grid.plateau import neighbourhood
from services.analysis.research.grid.search import FoldResult, returns_of
from services.analysis.research.grid.sets import ParameterSets
from services.analysis.research.metrics.buy_and_hold import buy_and_hold
from services.analysis.research.runs.backtest_input import BacktestInput
from services.analysis.research.runs.backtest_summary import day
from services.analysis.research.runs.grid_batch import GridSet, GridWork, trade
from services.analysis.research.runs.grid_parameters import GridParameters
from services.analysis.research.runs.grid_search import Searched, objective_of

SHOWN: Final = 20
"""Best sets that stand in the summary; ``sets.json`` has all."""


def summary(
    asked: GridParameters, sets: ParameterSets, found: Searched, given: BacktestInput, instruments: Sequence[Mapping[str, Any]],
    kernels: SignalKernels,
) -> dict[str, Any]:  # fmt: skip
    """The chosen set beside the peak and buy and hold on both parts, the folds, the statistics of the choice, the best sets."""
    held = buy_and_hold(load_backtest(kernels.code.folder), given.prices, asked.costs(), 1.0, given.periods).account["equity"]
    beside = returns_of(held[None, :])
    order = np.argsort(-np.nan_to_num(found.final.values, nan=-np.inf), kind="stable")
    best = [number for number in order[:SHOWN].tolist() if np.isfinite(found.final.values[number])]
    every = set_list(sets, found, best)
    return {
        "entry": asked.entry,
        "exit": asked.exit,
        "direction": asked.direction,
        "costs": str(asked.costs()),
        "cost_terms": msgspec.to_builtins(asked.costs()),
        "objective": asked.objective,
        "minimum_trades": asked.minimum_trades,
        "parameters": [
            {"name": name, "values": len(own), "least": own[0], "most": own[-1]}
            for name, own in zip(sets.names, sets.values, strict=True)
        ],
        "sets": len(sets),
        "excluded_by_constraints": sets.excluded,
        "used_up": found.search.used_up,
        "bars": len(given.session),
        "bars_a_year": given.periods,
        "split": {
            "kind": asked.split, "holding": found.holding, "embargo": found.embargo if asked.split == "combinatorial" else 0,
            "development": _range(given, found.development), "test": _range(given, found.test),
        },
        "chosen": _both(found, found.chosen),
        "peak": _both(found, found.best),
        "buy_and_hold": {
            name: {key: _plain(figure(key, beside[:, bars], given.periods)[0]) for key in FIGURES}
            for name, bars in (("development", found.development), ("test", found.test))
        },
        "folds": [_fold(found, given, each) for each in found.folds],
        "validation": found.validation,
        "instruments": {
            "count": len(instruments),
            "losing": sum(each["total_return"] is None or each["total_return"] < 0 for each in instruments),
            "without_trades": sum(not each["trades"] for each in instruments),
            "worst": sorted(instruments, key=_return_of)[:5],
        },
        "overfitting": _overfitting(found),
        "best": every,
    }  # fmt: skip


def set_list(sets: ParameterSets, found: Searched, numbers: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Sets with their objective on the development part, the median of their neighbourhood, and their trades there."""
    beside = neighbourhood(sets, found.final.values, found.search.radius)
    trades = found.search.trades(found.development)
    raw = figure(found.search.objective, found.search.returns[:, : len(found.development)], found.search.periods)
    return [
        {
            **sets.of(number), "objective": _plain(raw[number]), "neighbourhood": _plain(beside[number]),
            "trades": int(trades[number]), "allowed": bool(np.isfinite(found.final.values[number])),
        }
        for number in (range(len(sets)) if numbers is None else numbers)
    ]  # fmt: skip


def instrument_list(work: GridWork, chosen: GridSet, kernels: SignalKernels, found: Searched) -> list[dict[str, Any]]:
    """The chosen set on the test part of each instrument: what all of them together may hide."""
    listed = []
    for series, at in zip(work.series, work.at, strict=True):
        accounts = trade(replace(work, series=(series,), at=(at,)), [chosen], kernels)
        returns = returns_of(accounts.equity)[:, found.test]
        figures = {name: _plain(figure(name, returns, work.periods)[0]) for name in ("total_return", "sharpe", "max_drawdown")}
        listed.append({"symbol": series.symbol, **figures, "trades": int(accounts.entries[0, found.test + 1].sum(dtype=np.int64))})
    return listed


def _both(found: Searched, number: int) -> dict[str, Any]:
    return {
        "set": found.search.sets.of(number),
        "development": found.search.figures(number, found.development),
        "test": found.search.figures(number, found.test),
    }


def _fold(found: Searched, given: BacktestInput, each: FoldResult) -> dict[str, Any]:
    chosen = each.choice.centre
    return {
        "train": _range(given, each.fold.train),
        "tested": _range(given, each.fold.test),
        "parts": each.fold.parts,
        "set": None if chosen is None else found.search.sets.of(chosen),
        "train_objective": each.trained,
        "objective": each.tested,
        "peak_objective": None if each.choice.peak is None else objective_of(found, each.choice.peak, each.fold.test),
        "trades": each.trades,
    }


def _overfitting(found: Searched) -> dict[str, Any]:
    one, scale = found.deflated, math.sqrt(found.search.periods)
    both = found.overfitting
    return {
        "trials": one.trials,
        "effective_trials": one.effective,
        "sharpe": None if one.sample is None else one.sample.sharpe * scale,
        "skewness": None if one.sample is None else one.sample.skewness,
        "kurtosis": None if one.sample is None else one.sample.kurtosis,
        "deviation_of_trials": one.deviation * scale,
        "expected_maximum_sharpe": None if one.expected is None else one.expected * scale,
        "probabilistic_sharpe": one.probabilistic,
        "deflated_sharpe": one.deflated,
        "deflated_sharpe_effective": one.deflated_effective,
        "probability_of_overfitting": None if both is None else both.probability,
        "probability_of_loss": None if both is None else both.loss,
        "halves": None if both is None else both.halves,
        "median_logit": None if both is None else float(np.median(both.logits)),
        "not_computed": found.no_overfitting,
    }


def _range(given: BacktestInput, bars: Int64s) -> dict[str, Any]:
    """The sessions of returns: that of bar t is from close t to close t + 1."""
    return {"first": day(int(given.session[bars[0] + 1])), "last": day(int(given.session[bars[-1] + 1])), "bars": len(bars)}


def _return_of(each: Mapping[str, Any]) -> float:
    return -math.inf if each["total_return"] is None else float(each["total_return"])


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

"""The loops of signal quality in numpy: what the compiled ones must agree with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

A = Any  # arrays, as QualityKernels describes them


class PlainKernels:
    """The interface of the compiled loops."""

    def measure_windows(
        self, opened: A, high: A, low: A, close: A, day: A, direction: int, horizon: int, cost: float, longest_gap: int,
        gain: A, adverse: A,
    ) -> None:  # fmt: skip
        entry, leave = opened[1 : len(gain) + 1], close[horizon:]
        top, bottom = sliding_window_view(high[1:], horizon).max(axis=1), sliding_window_view(low[1:], horizon).min(axis=1)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if direction > 0:
                made, against = leave * (1 - cost) / (entry * (1 + cost)) - 1, bottom / entry - 1
            else:
                made, against = 1 - leave * (1 + cost) / (entry * (1 - cost)), 1 - top / entry
        usable = np.isfinite(made) & np.isfinite(against) & (entry > 0) & (leave > 0) & (bottom > 0)
        usable &= sliding_window_view(np.diff(day), horizon).max(axis=1) <= longest_gap
        gain[:], adverse[:] = np.where(usable, made, np.nan), np.where(usable, np.minimum(against, 0), np.nan)

    def add_year_sums(
        self, key: A, cell: A, gain: A, year: A, signals: A, earned: A, wins: A, cells: A, all_gain: A
    ) -> None:  # fmt: skip
        np.add.at(signals, (key, year[cell]), 1)
        np.add.at(earned, (key, year[cell]), gain[cell])
        np.add.at(wins, (key, year[cell]), gain[cell] > 0)
        cells += np.bincount(year, minlength=len(cells))
        all_gain += np.bincount(year, gain, len(cells))

    def add_past(self, signals: A, earned: A, cells: A, all_gain: A, count: A, gain: A, base: A) -> None:
        before, made, bars, usual = (each.cumsum(axis=-1) - each for each in (signals, earned, cells, all_gain))
        count += before
        gain += made
        base += before * _mean(usual, bars)

    def add_years(
        self, signals: A, earned: A, wins: A, cells: A, all_gain: A, years: A, count: A, won: A, gain: A, base: A
    ) -> None:  # fmt: skip
        signals, wins, earned = (np.resize(each, years.shape) for each in (signals, wins, earned))
        chosen = (signals * years).sum(axis=1)
        count += chosen
        won += (wins * years).sum(axis=1)
        gain += (earned * years).sum(axis=1)
        base += chosen * _mean(years @ all_gain, years @ cells)

    def add_sample(
        self, key: A, cell: A, gain: A, adverse: A, date: A, year: A, keys: int, years: A, first: int, recent: int,
        fired_on: A, worst: A, worst_adverse: A, against: A, newer: A, newer_gain: A,
    ) -> None:  # fmt: skip
        key, cell = np.concatenate([key + n for n in range(0, len(years), keys)]), np.tile(cell, len(years) // keys)
        key, cell = _chosen(key, cell, year, years)
        late = date[cell] >= recent
        fired_on[key, date[cell] - first] = True
        np.minimum.at(worst, key, gain[cell])
        np.minimum.at(worst_adverse, key, adverse[cell])
        np.add.at(against, key, adverse[cell])
        np.add.at(newer, key, late)
        np.add.at(newer_gain, key, gain[cell] * late)

    def add_evidence(
        self, key: A, cell: A, gain: A, date: A, year: A, signals: A, cells: A, all_gain: A, years: A, row: A, first: int,
        edge: A, _work: A, found: A,
    ) -> None:  # fmt: skip
        keys = np.flatnonzero(row >= 0)
        mine = years[keys]
        usual = _mean(mine @ all_gain, mine @ cells)
        share = _mean((signals[keys] * mine).sum(axis=1), mine @ cells)
        late = date >= first
        values = np.where(mine[:, year[late]], share[:, None] * (usual[:, None] - gain[late]), 0.0)
        np.add.at(found, (row[keys][:, None], date[late] - first), values)
        key, cell = _chosen(key, cell, year, years)
        at = np.searchsorted(keys, key[row[key] >= 0])
        cell = cell[row[key] >= 0]
        np.add.at(found, (row[keys][at], date[cell] - first), gain[cell] - usual[at] - edge[row[keys][at]])

    def count_dates(self, fired_on: A, span: int, dates: A, apart: A, first: A) -> None:
        dates[:], apart[:] = fired_on.sum(axis=1), 0
        for k, fired in enumerate(fired_on):
            at, place = np.flatnonzero(fired), 0
            first[k] = at[0] if len(at) else fired_on.shape[1]
            following = np.searchsorted(at, at + span)
            while place < len(at):
                apart[k] += 1
                place = following[place]

    def sum_blocks(self, evidence: A, length: int, sums: A, second: A, fourth: A) -> None:
        dates = evidence.shape[1]
        around = np.concatenate([np.zeros((len(evidence), 1)), evidence, evidence[:, : length - 1]], axis=1).cumsum(axis=1)
        sums[:] = around[:, length:] - around[:, :dates]
        second[:], fourth[:] = np.square(sums).mean(axis=1), np.power(sums, 4).mean(axis=1)

    def count_extreme(self, sums: A, starts: A, least: A, counts: A) -> None:
        counts += (_studentised(sums, starts) >= least[:, None]).sum(axis=1)

    def draw_statistics(self, sums: A, starts: A, out: A) -> None:
        out[:] = _studentised(sums, starts)


def _studentised(sums: A, starts: A) -> A:
    chosen = sums[:, starts]
    blocks = starts.shape[1]
    return chosen.sum(axis=2) / np.sqrt(chosen.var(axis=2) * (blocks * blocks / (blocks - 1)))


def _chosen(key: A, cell: A, year: A, years: A) -> tuple[A, A]:
    kept = years[key, year[cell]]
    return key[kept], cell[kept]


def _mean(total: A, count: A) -> A:
    return np.divide(total, count, out=np.zeros_like(total, dtype=float), where=count > 0)

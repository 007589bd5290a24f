"""The kind of run ``dataset``: features and labels of some instruments as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.analysis.research.datasets.columns import data_columns
from services.analysis.research.datasets.feature_names import ExpressionFeature, Feature, NewsFeature, SignalFeature, read_features
from services.analysis.research.datasets.feature_values import feature_units, own_values, strength_values
from services.analysis.research.datasets.folds import with_folds
from services.analysis.research.datasets.label_names import Label, read_labels
from services.analysis.research.datasets.label_values import label_values
from services.analysis.research.datasets.news_features import news_values
from services.analysis.research.datasets.parquet import check_packages
from services.analysis.research.datasets.parts import Boundaries, part_codes
from services.analysis.research.datasets.rows import Block, check_size
from services.analysis.research.datasets.strength_features import Closes, adjusted_closes
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.runs import Progress, RunData, RunKind, RunResult
from services.analysis.research.domain.signal_names import SignalSpec
from services.analysis.research.runs.dataset_files import dataset_files
from services.analysis.research.runs.dataset_parameters import DatasetParameters


def run(asked: DatasetParameters, data: RunData, progress: Progress) -> RunResult:
    """Files: ``year-2020.parquet`` and so on, ``manifest.json``, ``transforms.json``, ``card.md``, ``croissant.json``.

    Raises:
        RunError, SignalNameError, DataRequestError: the field and the value at fault.
    """
    check_packages()
    asked.check()
    timeframe = data.request.timeframe
    features, labels = read_features(asked.features, timeframe), read_labels(asked.labels)
    measures = {each.measure for each in features if isinstance(each, NewsFeature)}
    about_news = bool(measures)
    if about_news and data.request.source != "stored":
        raise RunError(
            f"features: stories are known for stored bars alone, not for those of the {data.request.source}: leave news out",
            "news-stored",
        )
    units = feature_units(data.kernels, features)
    signals = _signals(features)
    market = data.market(*signals)
    blocks, closes, hashes = list[Block](), dict[str, Any](), dict[str, str]()
    columns = data_columns(features, units, _label_columns(labels))
    rows, steps = 0, len(data.request.symbols)
    for series in data.series(*signals):
        rows += len(series)
        check_size(rows, columns)
        found, ends = label_values(series, labels)
        blocks.append(
            Block(
                series.symbol, series.kind, series.industries, np.array(series.ts_close), np.array(series.session), ends,
                own_values(data.kernels, series, features, units, market), found, np.zeros(len(series), np.int8),
                np.zeros(len(series), np.int16),
            )
        )  # fmt: skip
        closes[series.symbol], hashes[series.symbol] = adjusted_closes(series), series.content_hash
        progress(len(blocks), max(steps, len(blocks)) * 2, series.symbol)
    blocks.sort(key=lambda block: block.symbol)
    embargo = max(label.horizon for label in labels) if asked.embargo is None else asked.embargo
    boundaries = Boundaries.of(np.concatenate([each.ts_close for each in blocks]), asked.train, asked.validation)
    together = Closes.of(closes, {each.symbol: each.industries for each in blocks})
    until = max(int(each.ts_close[-1]) for each in blocks)
    own_industries = {each.symbol: each.industries for each in blocks}
    news = data.news(own_industries, until, vectors="embedding" in measures) if about_news else {}
    for block in blocks:
        if about_news:
            block.features |= news_values(news[block.symbol], block.ts_close, block.session, features)
        block.features |= strength_values(together, block.symbol, features)
        block.part = part_codes(block.ts_close, block.label_end, boundaries, embargo)
    folds = with_folds(blocks, embargo)
    facts = {
        "source": f"{data.request.source} {data.request.place}".strip(), "timeframe": timeframe.word, "scaling": asked.scaling,
        "embargo_bars": embargo, "horizon_bars": max(label.horizon for label in labels),
    }  # fmt: skip
    return dataset_files(blocks, columns, boundaries, folds, asked, facts, hashes, progress)


def _signals(features: Sequence[Feature]) -> tuple[SignalSpec, ...]:
    return tuple(each.signal for each in features if isinstance(each, ExpressionFeature | SignalFeature))


def _label_columns(labels: Sequence[Label]) -> dict[str, Label]:
    return {name: label for label in labels for name in label.names}


KIND = RunKind("dataset", DatasetParameters, run)

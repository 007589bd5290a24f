"""The columns of a data set, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.analysis.research.datasets.feature_names import CalendarFeature, Feature, SignalFeature
from services.analysis.research.datasets.label_names import Label
from services.analysis.research.datasets.rows import Column
from services.analysis.research.datasets.units import Unit

KEYS = (
    Column("symbol", "string", "key", "", "the instrument"),
    Column("ts_close", "timestamp", "key", "", "the close of the bar, UTC: when the features of the row were known"),
    Column("session", "date", "key", "", "the session of the exchange"),
)
ABOUT = (
    Column("kind", "string", "about", "", "stock, etf, index, future, fx or crypto"),
    Column("industries", "string", "about", "", "industries of the instrument as they are listed today, separated by spaces"),
    Column("part", "string", "about", "", "train, validation, test, or why the row is in none: purged, embargoed, unlabelled"),
    Column("fold", "string", "about", "", "the year whose walk-forward fold tests the row; null: embargoed, unlabelled, too early"),
    Column("label_end", "timestamp", "label", "", "the close of the last bar that a label of the row reads; null: not known yet"),
)


def data_columns(features: Sequence[Feature], units: Mapping[str, Unit], labels: Mapping[str, Label]) -> tuple[Column, ...]:
    """Keys, features, labels, and what the rows are. ``labels``: the label of each column of labels."""
    return (
        *KEYS,
        *(_feature(each, units[each.column]) for each in features),
        *(Column(name, "float64", "label", "1", label.text) for name, label in labels.items()),
        *ABOUT,
    )


def _feature(feature: Feature, unit: Unit) -> Column:
    whole = isinstance(feature, SignalFeature | CalendarFeature)
    return Column(feature.column, "int8" if whole else "float64", "feature", str(unit), feature.text)

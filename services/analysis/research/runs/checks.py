"""What is checked of a run before it waits: everything that can be known without a bar. The run itself checks it again, and more.

Each loads what reads the names of its kind, and nothing that computes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from services.analysis.research.domain.run_record import RunError
from shared.events import Timeframe

Check = Callable[[Mapping[str, Any], Timeframe], None]
"""Given the parameters and the timeframe. Raises RunError or SignalNameError, which name the field and the value."""
CheckTable = Mapping[str, Check]
"""By kind. A kind without a check is checked by its run alone."""


MOST_SETS: Final = 200
"""Sets of a grid whose signals are read here."""


def backtest(given: Mapping[str, Any], timeframe: Timeframe) -> None:
    """Orders, sizes, costs, and the names of both signals."""
    from services.analysis.research.domain.named_signals import named_signal
    from services.analysis.research.runs.backtest_parameters import BacktestParameters

    asked = read_options("backtest", given, BacktestParameters)
    asked.check()
    named_signal("entry", asked.entry, timeframe)
    if asked.exit:
        named_signal("exit", asked.exit, timeframe)


def grid(given: Mapping[str, Any], timeframe: Timeframe) -> None:
    """Options, the number of sets, and the signals of sets that together have every value."""
    from services.analysis.research.domain.named_signals import named_signal
    from services.analysis.research.runs.grid_parameters import GridParameters

    asked = read_options("grid", given, GridParameters)
    asked.check()
    sets = asked.sets()
    for number in sets.with_every_value(MOST_SETS):
        chosen = sets.of(number)
        asked.orders(chosen)
        for option, text in zip(("entry", "exit"), asked.signals(chosen), strict=True):
            if text:
                named_signal(option, text, timeframe)


def discovery(given: Mapping[str, Any], timeframe: Timeframe) -> None:
    """Options, and whether the package that searches is there."""
    from services.analysis.research.discovery.mining import check_package
    from services.analysis.research.discovery.run import check
    from shared.run_options.discovery import DiscoveryOptions

    check(read_options("discovery", given, DiscoveryOptions), timeframe)
    check_package()


def quality(given: Mapping[str, Any], timeframe: Timeframe) -> None:
    """Options, and the name of the rule."""
    from services.analysis.research.quality.parameters import QualityParameters

    read_options("quality", given, QualityParameters).check(timeframe)


def dataset(given: Mapping[str, Any], timeframe: Timeframe) -> None:
    """Options, the names of features and labels, and whether the packages that write files are there."""
    from services.analysis.research.datasets.feature_names import read_features
    from services.analysis.research.datasets.label_names import read_labels
    from services.analysis.research.datasets.parquet import check_packages
    from services.analysis.research.runs.dataset_parameters import DatasetParameters

    asked = read_options("dataset", given, DatasetParameters)
    asked.check()
    read_features(asked.features, timeframe)
    read_labels(asked.labels)
    check_packages()


def read_options(kind: str, given: Mapping[str, Any], options: type[Any]) -> Any:
    """The options of a kind. Raises RunError, which names the field and the value."""
    try:
        return msgspec.convert(dict(given), options)
    except msgspec.ValidationError as error:
        reason, sign, place = str(error).rpartition(" - at `$.")
        if not sign:
            raise RunError(f"parameters of {kind}: {error}", "options-wrong") from error
        name = place.rstrip("`").partition("[")[0]
        raise _wrong(name, given[name], reason, get_type_hints(options)[name]) from error


def _wrong(name: str, value: object, reason: str, wanted: Any) -> RunError:
    """What is wrong with a value, and what is right."""
    shown = f"{value!r:.80}"
    for each in (wanted, *get_args(wanted)):
        if get_origin(each) is Literal:
            known = ", ".join(map(str, get_args(each)))
            return RunError(f"{name}: {shown} is not one of {known}", "name-unknown", value=value, known=known)
    return RunError(f"{name}: {shown} does not fit: {reason[0].lower()}{reason[1:]}", "value-wrong", value=value)


CHECKS: Final[CheckTable] = MappingProxyType(
    {"backtest": backtest, "dataset": dataset, "discovery": discovery, "grid": grid, "quality": quality}
)

"""Reads the name of a feature: a group, an expression or truth of the language of conditions, a signal, or one of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from services.analysis.research.datasets.calendar_features import CALENDAR
from services.analysis.research.datasets.embedding_components import COMPONENTS
from services.analysis.research.datasets.feature_groups import GROUPS, USUAL, signal_names
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.domain.signal_names import ConditionSignal, SignalNameError, SignalSpec, read_signal
from shared.conditions import Condition, ConditionError, Number, Operation, parse
from shared.events import Timeframe
from shared.text import lower_case, normalize

MOST_FEATURES: Final = 500
LONGEST: Final = 500
"""Characters of a feature."""
LABEL: Final = "label_"
"""Every column that reads the future begins so, and no other one does."""
RESERVED: Final = frozenset({"symbol", "ts_close", "session", "kind", "industries", "part"})
"""The other columns of a data set."""
SIGNS: Final = (
    (">=", " at_least "), ("<=", " at_most "), (">", " above "), ("<", " below "), ("/", " over "), ("*", " times "),
    (" - ", " minus "), ("+", " plus "), ("^", "index_"), (".", "_"),
)  # fmt: skip
"""What stands for a sign in the name of a column."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,47}")
_STRENGTH: Final = re.compile(r"(?P<scope>relative|industry)_strength\s*\(\s*(?P<sessions>\d{1,4})\s*\)")
_NEWS: Final = re.compile(r"(?P<name>news_count|news_importance|industry_news_count)\s*\(\s*(?P<sessions>\d{1,4})\s*\)")
_EMBEDDING: Final = re.compile(r"news_embedding\s*\(\s*(?P<sessions>\d{1,4})\s*(?:,\s*(?P<component>\d{1,2})\s*)?\)")
NewsMeasure = Literal["count", "importance", "industry_count", "embedding"]
_MEASURES: Final[Mapping[str, NewsMeasure]] = MappingProxyType(
    {"news_count": "count", "news_importance": "importance", "industry_news_count": "industry_count"}
)


@dataclass(frozen=True)
class ExpressionFeature:
    """A number or a truth (1, 0) of the language of conditions."""

    column: str
    text: str
    condition: Condition
    """Its root is the value."""
    truth: bool
    signal: SignalSpec
    """What the series must have to evaluate it."""


@dataclass(frozen=True)
class SignalFeature:
    """A signal: +1 on bars on which it fires up, -1 down, else 0."""

    column: str
    text: str
    signal: SignalSpec


@dataclass(frozen=True)
class CalendarFeature:
    """A number of the session date."""

    column: str
    text: str


@dataclass(frozen=True)
class StrengthFeature:
    """The return relative to others of the data set."""

    column: str
    text: str
    industry: bool
    """Relative to those of the instrument's industries; otherwise to all."""
    sessions: int
    """Bars of the return."""


@dataclass(frozen=True)
class NewsFeature:
    """A number of the stories that were first seen in the last sessions."""

    column: str
    text: str
    measure: NewsMeasure
    sessions: int
    """Up to the close of the bar."""
    component: int = 0
    """Of an embedding, from 1 on."""


Feature = ExpressionFeature | SignalFeature | CalendarFeature | StrengthFeature | NewsFeature


def read_features(texts: Sequence[str], timeframe: Timeframe) -> tuple[Feature, ...]:
    """The features that texts name; without any the usual ones. Each is there once.

    Raises:
        RunError: a text is no feature, or two would have one column.
    """
    found: dict[str, Feature] = {}
    for text in _expanded(texts or USUAL, timeframe):
        feature = read_feature(text, timeframe)
        other = found.setdefault(feature.column, feature)
        if (type(other), other.text) != (type(feature), feature.text):
            raise RunError(
                f"features: {other.text!r} and {feature.text!r} would both be the column {feature.column}; "
                f"write NAME = {feature.text}",
                "column-twice",
                value=other.text,
                other_value=feature.text,
                column=feature.column,
            )
    if len(found) > MOST_FEATURES:
        raise RunError(
            f"features: {len(found)} are too many, at most {MOST_FEATURES} can be written",
            "count-most",
            count=len(found),
            most=MOST_FEATURES,
        )
    return tuple(found.values())


def read_feature(text: str, timeframe: Timeframe) -> Feature:
    """One feature. Raises RunError.

    >>> read_feature("distance = close / sma_50 - 1", Timeframe.D1).column
    'distance'
    """
    if not text.strip() or len(text) > LONGEST:
        raise RunError(f"features: {text[:48]!r} must have 1 to {LONGEST} characters", "text-length", value=text[:48], most=LONGEST)
    shown = lower_case(normalize(text, LONGEST)).strip()
    name, own = _alias(shown)
    column = name or column_name(own)
    if column.startswith(LABEL) or column in RESERVED:
        raise RunError(
            f"features: {column!r} is the name of another column; write ANOTHER_NAME = {own}", "column-taken", column=column
        )
    if own in CALENDAR:
        return CalendarFeature(column, own)
    if strength := _STRENGTH.fullmatch(own):
        return StrengthFeature(column, own, strength["scope"] == "industry", _sessions(own, strength["sessions"]))
    if news := _NEWS.fullmatch(own):
        return NewsFeature(column, own, _MEASURES[news["name"]], _sessions(own, news["sessions"]))
    if embedding := _EMBEDDING.fullmatch(own):
        return NewsFeature(column, own, "embedding", _sessions(own, embedding["sessions"]), _component(own, embedding["component"]))
    if own.startswith(("news", "industry_news")):
        known = ", ".join([*(f"{name}(5)" for name in _MEASURES), "news_embedding(5, 1)"])
        raise RunError(f"features: {own!r}: of news there are {known}", "name-unknown", value=own, known=known)
    return _of_language(column, own, timeframe)


def _sessions(text: str, written: str) -> int:
    if not 1 <= (sessions := int(written)) <= LONGEST:
        raise RunError(
            f"features: {text!r}: {sessions} sessions are not from 1 to {LONGEST}",
            "sessions-within",
            value=text,
            least=1,
            most=LONGEST,
        )
    return sessions


def _component(text: str, written: str | None) -> int:
    if not written or not 1 <= int(written) <= COMPONENTS:
        raise RunError(
            f"features: {text!r}: the component is not from 1 to {COMPONENTS}",
            "component-within",
            value=text,
            least=1,
            most=COMPONENTS,
        )
    return int(written)


def column_name(text: str) -> str:
    """The column of a feature without a name of its own.

    >>> column_name("rsi_oversold(14, level=25) down"), column_name("close / prev(close) - 1")
    ('rsi_oversold_14_level_25_down', 'close_over_prev_close_minus_1')
    """
    words = text
    for sign, word in SIGNS:
        words = words.replace(sign, word)
    found = re.sub(r"[^a-z0-9_]+", "_", words).strip("_")
    return (found if found[:1].isalpha() else f"f_{found}")[:80]


def _alias(text: str) -> tuple[str, str]:
    """The name before a single `=`, or nothing, and the text of the feature."""
    name, sign, own = text.partition("=")
    if sign and own.strip() and not own.startswith("=") and _NAME.fullmatch(name.rstrip()):
        return name.rstrip(), own.strip()
    return "", text


def _of_language(column: str, text: str, timeframe: Timeframe) -> Feature:
    try:
        signal = read_signal(text, timeframe)
    except SignalNameError as error:
        try:
            condition = _number(text, timeframe)
        except ConditionError as other:
            reason = str(error).removeprefix("signal: ").splitlines()[0]
            raise RunError(f"features: {text!r}: {other}; as a signal: {reason}", other.code, **other.values) from error
        return ExpressionFeature(column, text, condition, False, ConditionSignal(condition.text, condition))
    if isinstance(signal, ConditionSignal):
        return ExpressionFeature(column, signal.text, signal.condition, True, signal)
    return SignalFeature(column, signal.text, signal)


def _number(text: str, timeframe: Timeframe) -> Condition:
    """A number is read as the left side of a comparison. Raises ConditionError."""
    found = parse(f"{text} >= 0 on {timeframe.word}")
    root = found.root
    if not (isinstance(root, Operation) and root.name == ">=" and root.operands[1] == Number(0.0)):
        raise ConditionError("name", text, 0, found=text)
    return Condition(root.operands[0], timeframe, found.text, found.columns, found.fields)


def _expanded(texts: Sequence[str], timeframe: Timeframe) -> Iterator[str]:
    for text in texts:
        name = text.strip().lower()
        if name == "signals":
            yield from signal_names(timeframe)
        elif (whole := _EMBEDDING.fullmatch(name)) and not whole["component"]:
            yield from (f"news_embedding({whole['sessions']}, {n + 1})" for n in range(COMPONENTS))
        else:
            yield from GROUPS.get(name, (text,))

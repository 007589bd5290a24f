"""Reads the name of a signal as people write it: a rule with parameters, a chart pattern, a sequence, or a condition.

As ``golden_cross``, ``sma_breakout_up(period=50)``, ``rsi_oversold(14, 25) down``, ``double_bottom``, ``rsi_oversold up then
macd_cross up within 10 bars``, ``rsi_14 < 30 and close > sma_200``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from string import Formatter
from types import MappingProxyType
from typing import Final

from services.analysis.kernels.conditions.required_indicators import required_indicator
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.plan import BAR_FIELDS, INDICATORS, IndicatorSpec, Plan, plan
from services.analysis.kernels.rules.rule import Direction, Rule
from services.analysis.kernels.rules.table import RULES
from services.analysis.research.domain.refusals import RefusedError
from shared.conditions import Condition, ConditionError
from shared.conditions import parse as parse_condition
from shared.events import Timeframe
from shared.sequences import SequenceError, SignalSequence
from shared.sequences import parse as parse_sequence
from shared.text import lower_case, normalize

LONGEST: Final = 500
MOST_NUMBER: Final = 1e15
FIXED: Final = MappingProxyType(dict.fromkeys(("new_high", "new_low", "drop_from_high"), ("bars",)))
"""Parameters that describe an input whose length is always the same: another value would change nothing."""
_BY_NAME: Final = {rule.name: rule for rule in RULES}
_PATTERNS: Final = {pattern.name: pattern for pattern in PATTERNS}
_KINDS: Final = {kind.name: kind for kind in KINDS}
_CALL: Final = re.compile(r"(?P<name>[a-z]\w*) ?(?P<given>\([^()]*\))?(?: confirmed)?(?: (?P<way>up|down))?(?: on (?P<frame>\w+))?")


def every_kind(_params: Mapping[str, float]) -> None:
    """An instance is for instruments of every kind."""


class SignalNameError(RefusedError):
    """A text names no signal, or not on this timeframe; the message has the text at fault and the nearest names."""


@dataclass(frozen=True)
class RuleSignal:
    """A rule: all its default instances that have the given parameters, or one instance with parameters of its own.

    Without parameters it runs on the kinds of instrument on which live runs it, with some on every kind.
    """

    text: str
    """The normal form."""
    name: str
    plan: Plan
    """The rule alone, with the indicators that it reads."""
    direction: Direction | None
    """None: both."""


@dataclass(frozen=True)
class PatternSignal:
    """A chart pattern when it is confirmed."""

    text: str
    name: str
    direction: Direction | None


@dataclass(frozen=True)
class SequenceSignal:
    """A sequence when its last step fires; its direction is that of the last step."""

    text: str
    sequence: SignalSequence


@dataclass(frozen=True)
class ConditionSignal:
    """A condition on the bars on which it is true."""

    text: str
    condition: Condition


SignalSpec = RuleSignal | PatternSignal | SequenceSignal | ConditionSignal


def read_signal(text: str, timeframe: Timeframe) -> SignalSpec:
    """The signal that a text names.

    Raises:
        SignalNameError: it names none, a parameter is not valid, or it does not fire on the timeframe.

    >>> read_signal("RSI_oversold(14, 25) down", Timeframe.D1).text
    'rsi_oversold(period=14, level=25) down'
    """
    if not text.strip() or len(text) > LONGEST:
        raise SignalNameError(
            f"signal: {text[:48]!r} must have 1 to {LONGEST} characters", "text-length", value=text[:48], most=LONGEST
        )
    found = " ".join(lower_case(normalize(text, LONGEST)).split())
    if re.search(r"\bthen\b", found):
        return _sequence(found, timeframe)
    call = _CALL.fullmatch(found)
    if call is not None and call["name"] in _BY_NAME | _PATTERNS:
        if call["frame"] and call["frame"] != timeframe.word:
            raise SignalNameError(
                f"signal: {found!r} is on {call['frame']}, the bars are of {timeframe.word}",
                "timeframe-other",
                value=found,
                found=call["frame"],
                timeframe=timeframe.word,
            )
        way: Direction | None = "up" if call["way"] == "up" else "down" if call["way"] == "down" else None
        if call["name"] in _BY_NAME:
            return _rule(_BY_NAME[call["name"]], call["given"] or "", way, timeframe)
        return _pattern(call["name"], call["given"] or "", way, timeframe)
    try:
        return _condition(found, timeframe)
    except ConditionError as error:
        if call is None:
            raise SignalNameError(f"signal: {error}\n{error.caret()}", error.code, **error.values) from error
        raise unknown(call["name"]) from error


def unknown(name: str) -> SignalNameError:
    """What to say of a name that is no rule and no chart pattern, with the nearest ones."""
    near = get_close_matches(name, [*_BY_NAME, *_PATTERNS], n=3, cutoff=0.45)
    message = f"signal: {name!r} is no rule, chart pattern or condition"
    if not near:
        return SignalNameError(message, "signal-unknown", value=name)
    return SignalNameError(f"{message}; the nearest names: {', '.join(near)}", "name-near", value=name, near=near[0])


def _sequence(text: str, timeframe: Timeframe) -> SequenceSignal:
    try:
        sequence = parse_sequence(text)
        if not re.search(r"\bon\s+\w+$", text):
            sequence = parse_sequence(f"{text} on {timeframe.word}")
    except SequenceError as error:
        raise SignalNameError(f"signal: {error}\n{error.caret(text)}", "sequence", value=text, at=error.position + 1) from error
    if sequence.timeframe != timeframe:
        raise SignalNameError(
            f"signal: {sequence.text!r} is on {sequence.timeframe.word}, the bars are of {timeframe.word}",
            "timeframe-other",
            value=sequence.text,
            found=sequence.timeframe.word,
            timeframe=timeframe.word,
        )
    return SequenceSignal(sequence.text, sequence)


def _condition(text: str, timeframe: Timeframe) -> ConditionSignal:
    condition = parse_condition(text)
    if condition.timeframe != timeframe:
        try:  # a text without a timeframe is on that of the bars
            condition = parse_condition(f"{text} on {timeframe.word}")
        except ConditionError:
            raise SignalNameError(
                f"signal: {condition.text!r} is on {condition.timeframe.word}, the bars are of {timeframe.word}",
                "timeframe-other",
                value=condition.text,
                found=condition.timeframe.word,
                timeframe=timeframe.word,
            ) from None
    return ConditionSignal(condition.text, condition)


def _pattern(name: str, given: str, way: Direction | None, timeframe: Timeframe) -> PatternSignal:
    if given.strip("() "):
        raise SignalNameError(
            f"signal: {name}{given}: a chart pattern has no parameters",
            "parameter-unknown-of",
            name=name,
            parameter=given,
            known="-",
        )
    if not timeframe.row.patterns:
        raise SignalNameError(
            f"signal: {name} is not searched for on {timeframe.word}",
            "timeframe-unfit",
            name=name,
            timeframe=timeframe.word,
            known=", ".join(each.word for each in Timeframe if each.row.patterns),
        )
    sign = _PATTERNS[name].direction
    if way is not None and sign and sign != (1 if way == "up" else -1):
        raise SignalNameError(f"signal: {name} is never {way}", "direction-unfit", name=name, direction=way)
    return PatternSignal(name if way is None else f"{name} {way}", name, way)


def _rule(rule: Rule, given: str, way: Direction | None, timeframe: Timeframe) -> RuleSignal:
    if str(timeframe) not in rule.timeframes:
        raise SignalNameError(
            f"signal: {rule.name} fires on {', '.join(rule.timeframes)}, not on {timeframe.word}",
            "timeframe-unfit",
            name=rule.name,
            timeframe=timeframe.word,
            known=", ".join(rule.timeframes),
        )
    if way is not None and way not in rule.directions:
        raise SignalNameError(
            f"signal: {rule.name} fires {rule.directions[0]} alone, not {way}", "direction-unfit", name=rule.name, direction=way
        )
    wanted = _parameters(rule, given)
    same = tuple(one for one in rule.instances if wanted.items() <= one.items())
    shown = ", ".join(f"{name}={value:g}" for name, value in wanted.items())
    text = f"{rule.name}{f'({shown})' if shown else ''}{f' {way}' if way else ''}"
    if same:
        kinds = every_kind if wanted else rule.instruments
        return RuleSignal(text, rule.name, plan(INDICATORS, [replace(rule, instances=same, instruments=kinds)]), way)
    return RuleSignal(text, rule.name, own_plan(rule, {**rule.instances[0], **wanted}), way)


def own_plan(rule: Rule, params: Mapping[str, float]) -> Plan:
    """A plan of one rule with any parameters, and the indicators that it reads. Nothing is compiled for it.

    Raises:
        SignalNameError: a value is out of the bounds of an indicator, or of a parameter that has one value alone.
    """
    for name in FIXED.get(rule.name, ()):
        if params[name] != rule.instances[0][name]:
            raise SignalNameError(
                f"signal: {rule.name}: {name}={params[name]:g}: it is always {rule.instances[0][name]:g}",
                "parameter-fixed",
                name=rule.name,
                parameter=name,
                value=f"{rule.instances[0][name]:g}",
            )
    try:
        columns = [_column(template, rule, params) for template in rule.columns]
        specs = tuple(dict.fromkeys(spec for _, spec in columns if spec is not None))
        names = tuple(name for name, _ in columns)
        return plan(specs, [replace(rule, columns=names, evidence=(), instances=(params,), instruments=every_kind)])
    except ConditionError as error:
        raise SignalNameError(f"signal: {rule.name}: {error}", error.code, **error.values) from error
    except ValueError as error:
        raise SignalNameError(f"signal: {rule.name}: {error}", "parameters-unfit", name=rule.name) from error


def _column(template: str, rule: Rule, params: Mapping[str, float]) -> tuple[str, IndicatorSpec | None]:
    """The column that a template means under some parameters, and its indicator. A parameter that the template does not show, such
    as the width of a band, is the indicator's parameter of the same name.
    """
    usual = template.format(**{name: f"{value:g}" for name, value in rule.instances[0].items()})
    if usual in BAR_FIELDS:
        return usual, None
    kind_name, values = required_indicator(usual)
    kind = _KINDS[kind_name]
    place = kind.names(values).index(usual)
    fields = {name for _, name, _, _ in Formatter().parse(template) if name}
    if not fields <= set(kind.parameters):  # as sma_{fast}, whose parameter is called period
        values = required_indicator(template.format(**{name: f"{value:g}" for name, value in params.items()}))[1]
        return kind.names(values)[place], (kind_name, values)
    spec = tuple(params.get(name, value) for name, value in zip(kind.parameters, values, strict=True))
    kind.prepare(*spec)
    return kind.names(spec)[place], (kind_name, spec)


def _parameters(rule: Rule, given: str) -> dict[str, float]:
    """The parameters in parentheses, in the order of the rule: by place or by name, as ``(14, level=25)`` or ``(3%)``."""
    names, found = list(rule.instances[0]), dict[str, float]()
    if not given.strip("() "):
        return found
    wrong = SignalNameError(
        f"signal: {rule.name}{given}: write parameters as ({', '.join(names) or ''})",
        "parameters-form",
        name=rule.name,
        known=", ".join(names),
    )
    try:
        call = ast.parse("f" + re.sub(r"([\d.]) ?%", r"\1e-2", given), mode="eval").body
    except SyntaxError:
        raise wrong from None
    if not isinstance(call, ast.Call):
        raise wrong
    varying = [name for name in names if len({one[name] for one in rule.instances}) > 1]
    order = varying if len(call.args) == len(varying) else names
    if len(call.args) > len(order):
        raise SignalNameError(
            f"signal: {rule.name}{given}: it has {len(names)} parameters: {', '.join(names) or 'none'}",
            "parameters-form",
            name=rule.name,
            known=", ".join(names),
        )
    pairs = [*zip(order, call.args, strict=False), *((each.arg or "", each.value) for each in call.keywords)]
    for name, node in pairs:
        if name not in names:
            raise SignalNameError(
                f"signal: {rule.name} has no parameter {name[:24]!r}: it has {', '.join(names) or 'none'}",
                "parameter-unknown-of",
                name=rule.name,
                parameter=name[:24],
                known=", ".join(names) or "-",
            )
        if name in found:
            raise SignalNameError(f"signal: {rule.name}: {name} is given twice", "parameter-twice", name=rule.name, parameter=name)
        found[name] = _number(rule, name, node)
    return {name: found[name] for name in names if name in found}


def _number(rule: Rule, name: str, node: ast.expr) -> float:
    sign = -1.0 if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else 1.0
    value = node.operand if isinstance(node, ast.UnaryOp) else node
    if isinstance(value, ast.Constant) and isinstance(value.value, int | float) and abs(value.value) <= MOST_NUMBER:
        return sign * float(value.value)
    raise SignalNameError(
        f"signal: {rule.name}: {name}={ast.unparse(node)[:24]}: it must be a number",
        "parameter-number",
        name=rule.name,
        parameter=name,
    )

"""The language of conditions: what a user writes about a bar, checked, in one normal form.

The notifier checks with it what people type, analysis compiles from it what it runs. No prices here, and nothing of how a condition
is evaluated. ``docs/conditions.md`` is the reference for people.
"""

from shared.conditions.condition import Condition, identity, parse
from shared.conditions.expression import BAR_FIELDS, Node, Number, Operation, SeriesName
from shared.conditions.problems import PROBLEMS, ConditionError
from shared.conditions.vocabulary import ResolvedColumn, resolve

__all__ = [
    "BAR_FIELDS",
    "PROBLEMS",
    "Condition",
    "ConditionError",
    "Node",
    "Number",
    "Operation",
    "ResolvedColumn",
    "SeriesName",
    "identity",
    "parse",
    "resolve",
]

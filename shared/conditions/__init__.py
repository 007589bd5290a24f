"""The language of conditions that users write about bars: parsing, checks, normal form.

The notifier checks the input of users with it, and analysis compiles its trees. It knows no prices and evaluates nothing.
The reference for users is ``docs/conditions.md``.
"""

from shared.conditions.condition import Condition, identity, parse
from shared.conditions.errors import PROBLEMS, ConditionError
from shared.conditions.expression import BAR_FIELDS, Node, Number, Operation, SeriesName
from shared.conditions.vocabulary import ResolvedColumn, resolve
from shared.conditions.words import describe, describe_value

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
    "describe",
    "describe_value",
    "identity",
    "parse",
    "resolve",
]

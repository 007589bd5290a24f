"""The definition of an indicator: a step and its description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
State = tuple[float, ...]
"""The state of an indicator. It starts as zeros: a step writes what it needs at n = 0."""
Parameters = tuple[float, ...]
Values = tuple[float, ...]

NAN: Final = float("nan")
SAME: Final = 1e-9
"""Share of a price up to which prices count as equal: a smaller difference is rounding, and what it would be divided by is 0."""
MAX_LOOKBACK: Final = 512
"""No step reads further back than this many bars before the current one."""
LONGEST_PERIOD: Final = 500
"""Bars of the longest period."""

INTERNAL: Final[Mapping[str, bool]] = MappingProxyType({"no_cpython_wrapper": True, "no_cfunc_wrapper": True})
"""Options of numba for a function that only compiled code calls: it compiles faster, and a call from Python ends the process."""
# Without reference counting (_nrt): an array used under an if would cost two atomic operations, 18 ns a bar.
_compiled: Final[Any] = partial(njit, error_model="numpy", forceinline=True, _nrt=False)

F = TypeVar("F", bound=Callable[..., Any])


class Bars(NamedTuple):
    """Adjusted bars, oldest first; contiguous arrays of one shape (bars,).

    Callers ensure that low <= open, close <= high, all of them finite and above 0. On other bars the values have no meaning, but a
    step neither raises nor reads outside of the arrays.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    session: Int64s
    """Session date as yyyymmdd."""
    year_high: Floats
    """Highest high of the 252 daily bars before the bar's session; NaN where there are fewer, and on bars longer than a day."""
    year_low: Floats
    """Lowest low of the same."""


def step(function: F) -> F:
    """Compiles a step, to be inlined into the loops.

    A step is ``(state, parameters, bars, t, n) -> (state, values)``: t is the place of the current bar in the arrays, n its number
    in the series. It reads ``bars.close[t - k]`` for 0 <= k <= MAX_LOOKBACK, never ``t + k``, and decides about warm-up by n.
    """
    return cast("F", _compiled(function))


@dataclass(frozen=True)
class UsualStep:
    """A quicker step of a kind, with less state, for the parameters that most use."""

    fits: Callable[[Parameters], bool]
    """Whether it runs for the constants; compiled as a step is."""
    step: Callable[[State, Parameters, Bars, int, int], tuple[State, Values]]
    """Gives the same bits as the kind's step."""
    state: int
    """Floats of state, fewer than the kind's."""


@dataclass(frozen=True)
class Kind:
    """An indicator: its step, and the data to run, name and test it."""

    name: str
    step: Callable[[State, Parameters, Bars, int, int], tuple[State, Values]]
    state: int
    """Floats of state."""
    parameters: tuple[str, ...]
    columns: tuple[str, ...]
    """Names of its values; ``{period}`` and the like stand for parameters."""
    warm_up: Callable[..., tuple[int | None, ...]]
    """Parameters -> the first n at which each column can have a value; None if sessions or volume decide."""
    lookback: Callable[..., int]
    """Parameters -> how many bars before the current one it reads."""
    examples: tuple[Parameters, ...]
    """Valid parameters; the conformance suite runs all of them."""
    short: tuple[str, ...] = ()
    """The column names for the first example's parameters, if these have established names."""
    usual: UsualStep | None = None
    prepare: Callable[..., Parameters] = lambda *parameters: parameters
    """Parameters -> the constants that the step is given; raises ValueError on invalid values."""

    @property
    def constants(self) -> int:
        """How many constants its step is given."""
        return len(self.prepare(*self.examples[0]))

    def names(self, parameters: Parameters) -> tuple[str, ...]:
        """The column names for these parameters.

        >>> Kind("sma", print, 2, ("period",), ("sma_{period}",), lambda n: (n - 1,), lambda n: n, ((20.0,),)).names((20.0,))
        ('sma_20',)
        """
        if self.short and parameters == self.examples[0]:
            return self.short
        texts = {name: f"{value:g}" for name, value in zip(self.parameters, parameters, strict=True)}
        return tuple(column.format(**texts) for column in self.columns)


def period(value: float, upto: int = LONGEST_PERIOD, *, least: int = 1, name: str = "a period") -> float:
    """Checks a number of bars.

    >>> period(20)
    20.0
    """
    if not (least <= value <= upto and value == int(value)):
        raise ValueError(f"{name} must be a whole number from {least} to {upto}, not {value!r}")
    return float(value)


def together(first: float, second: float, names: str, upto: int = MAX_LOOKBACK) -> None:
    """Checks two numbers of bars of which one begins where the other ends.

    >>> together(500, 12, "slow and signal")
    """
    if first + second > upto:
        raise ValueError(f"{names} must be at most {upto} bars together, not {first:g} and {second:g}")


def amount(value: float, name: str, upto: float = 100.0) -> float:
    """Checks a multiple or a share.

    >>> amount(2, "width")
    2.0
    """
    if not 0.0 < value <= upto:
        raise ValueError(f"{name} must be above 0 and at most {upto:g}, not {value!r}")
    return float(value)

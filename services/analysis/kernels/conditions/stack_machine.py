"""A small stack machine: evaluates programs at one bar, or one program over blocks of bars, with equal results bit by bit.

A truth is 1.0, 0.0, or NaN for unknown. A comparison with a value that is not a finite number (not warmed up, divided by zero) is
unknown; ``and``, ``or`` and ``not`` are Kleene's: false and unknown is false, true or unknown is true, otherwise unknown remains.
Only 1.0 fires. Comparisons and crossings are those of the rules (``rules/comparing.py``), on the scale of the values themselves.

Compiled as a part of the generated loops (``codegen.py``), whose module name changes with this file.
"""

# numba infers the types: codes (instructions,), numbers (instructions,), values and stacks of floats.
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from functools import partial
from typing import Any, Final

from numba import njit

from services.analysis.kernels.indicators.kind import INTERNAL, NAN
from services.analysis.kernels.rules.comparing import crossing, ge, gt, le, lt, scale

OPERATIONS: Final = (
    "number", "now", "before",
    "+", "-", "*", "/", "min", "max", "negate", "abs",
    "<", "<=", ">", ">=", "==", "!=",
    "and", "or", "not",
    "crosses_above", "crosses_below",
)  # fmt: skip
"""The index of an operation is its code. Operands are pushed from the left; those of a crossing are a, b, a before, b before."""
NUMBER, NOW, BEFORE, ADD, SUBTRACT, MULTIPLY, DIVIDE, MIN, MAX, NEGATE, ABS = range(11)
LT, LE, GT, GE, EQ, NE, AND, OR, NOT, ABOVE, BELOW = range(11, len(OPERATIONS))

inline: Final[Any] = partial(njit, error_model="numpy", forceinline=True, _nrt=False, **INTERNAL)
plain: Final[Any] = partial(njit, error_model="numpy", _nrt=False, **INTERNAL)


@inline
def finite(a, b):
    """Whether both are finite numbers: an infinite one times zero is none."""
    return a * 0.0 + b * 0.0 == 0.0


@inline
def kleene_and(a, b):
    """And."""
    return 0.0 if (a == 0.0) | (b == 0.0) else a * b


@inline
def kleene_or(a, b):
    """Or."""
    return 1.0 if (a == 1.0) | (b == 1.0) else a + b


@inline
def compared(code, a, b):
    """A comparison; unknown if a side is no finite number."""
    s = scale(a, b)
    if code == LT:
        holds = lt(a, b, s)
    elif code == LE:
        holds = le(a, b, s)
    elif code == GT:
        holds = gt(a, b, s)
    elif code == GE:
        holds = ge(a, b, s)
    else:
        holds = (le(a, b, s) & ge(a, b, s)) == (code == EQ)
    return (1.0 if holds else 0.0) if finite(a, b) else NAN


@inline
def crosses(code, a, b, a_before, b_before):
    """A crossing; unknown if one of the four is no finite number."""
    holds = crossing(a, b, a_before, b_before) == (1 if code == ABOVE else -1)
    return (1.0 if holds else 0.0) if finite(a, b) & finite(a_before, b_before) else NAN


@inline
def binary_result(code, a, b):
    """The result of an operation with two operands."""
    if code == ADD:
        return a + b
    if code == SUBTRACT:
        return a - b
    if code == MULTIPLY:
        return a * b
    if code == DIVIDE:
        return a / b
    if code == MIN:
        return (min(b, a)) if finite(a, b) else NAN
    if code == MAX:
        return (max(b, a)) if finite(a, b) else NAN
    if code == AND:
        return kleene_and(a, b)
    if code == OR:
        return kleene_or(a, b)
    return compared(code, a, b)


@plain
def value(codes, numbers, first, last, current_values, previous_values, stack):
    """The result of the instructions ``first`` to ``last`` at a bar; ``current_values``, ``previous_values``: values (places,)."""
    top = 0
    for i in range(first, last):
        code = codes[i]
        if code == NUMBER:
            stack[top] = numbers[i]
            top += 1
        elif code == NOW:
            stack[top] = current_values[int(numbers[i])]
            top += 1
        elif code == BEFORE:
            stack[top] = previous_values[int(numbers[i])]
            top += 1
        elif code == NEGATE:
            stack[top - 1] = -stack[top - 1]
        elif code == ABS:
            stack[top - 1] = abs(stack[top - 1])
        elif code == NOT:
            stack[top - 1] = 1.0 - stack[top - 1]
        elif code >= ABOVE:
            top -= 3
            stack[top - 1] = crosses(code, stack[top - 1], stack[top], stack[top + 1], stack[top + 2])
        else:
            top -= 1
            stack[top - 1] = binary_result(code, stack[top - 1], stack[top])
    return stack[0]


@plain
def evaluate(programs, chosen, current_values, previous_values, stack, holds):
    """Evaluates the programs whose numbers are ``chosen`` at one bar; writes ``holds`` (chosen,).

    programs: codes and numbers of all instructions, and the start of each program, then the end of the last.
    """
    codes, numbers, starts = programs
    for j in range(chosen.shape[0]):
        holds[j] = value(codes, numbers, starts[chosen[j]], starts[chosen[j] + 1], current_values, previous_values, stack)


@inline
def binary_rowwise(code, a, b, n):
    """``binary_result`` for n bars, into ``a``."""
    for j in range(n):
        a[j] = binary_result(code, a[j], b[j])


@plain
def binary_blockwise(code, a, b, n):
    """The same, with a loop for each code: without branches LLVM vectorizes the loop."""
    if code == ADD:
        binary_rowwise(ADD, a, b, n)
    elif code == SUBTRACT:
        binary_rowwise(SUBTRACT, a, b, n)
    elif code == MULTIPLY:
        binary_rowwise(MULTIPLY, a, b, n)
    elif code == DIVIDE:
        binary_rowwise(DIVIDE, a, b, n)
    elif code == LT:
        binary_rowwise(LT, a, b, n)
    elif code == LE:
        binary_rowwise(LE, a, b, n)
    elif code == GT:
        binary_rowwise(GT, a, b, n)
    elif code == GE:
        binary_rowwise(GE, a, b, n)
    elif code == AND:
        binary_rowwise(AND, a, b, n)
    elif code == OR:
        binary_rowwise(OR, a, b, n)
    else:
        binary_rowwise(code, a, b, n)


@plain
def evaluate_block(codes, numbers, first, last, values, lo, n, stack):
    """Evaluates one program at the bars lo to lo + n, one operation at a time over all of them; the result is ``stack[0]``."""
    top = 0
    for i in range(first, last):
        code = codes[i]
        number = numbers[i]  # read once: LLVM cannot know that a store into the stack leaves it as it is
        if code == NUMBER:
            out = stack[top]
            for j in range(n):
                out[j] = number
            top += 1
        elif code == NOW:
            out, row = stack[top], values[int(number)]
            for j in range(n):
                out[j] = row[lo + j]
            top += 1
        elif code == BEFORE:
            out, row = stack[top], values[int(number)]
            for j in range(n):
                out[j] = row[lo + j - 1] if lo + j > 0 else NAN
            top += 1
        elif code >= ABOVE:
            top -= 3
            a, b, c, d = stack[top - 1], stack[top], stack[top + 1], stack[top + 2]
            for j in range(n):
                a[j] = crosses(code, a[j], b[j], c[j], d[j])
        elif code == NEGATE:
            out = stack[top - 1]
            for j in range(n):
                out[j] = -out[j]
        elif code == ABS:
            out = stack[top - 1]
            for j in range(n):
                out[j] = abs(out[j])
        elif code == NOT:
            out = stack[top - 1]
            for j in range(n):
                out[j] = 1.0 - out[j]
        else:
            top -= 1
            binary_blockwise(code, stack[top - 1], stack[top], n)


@plain
def scan(programs, number, values, stack, out):
    """Evaluates one program over a whole series: ``values`` (places, bars), ``out`` (bars,), ``stack`` (depth, block)."""
    codes, numbers, starts = programs
    size, bars = stack.shape[1], out.shape[0]
    for lo in range(0, bars, size):
        n = min(size, bars - lo)
        evaluate_block(codes, numbers, starts[number], starts[number + 1], values, lo, n, stack)
        for j in range(n):
            out[lo + j] = stack[0, j]

"""Generates the loops that run the steps over time: the text of a Python module, from the tables of indicators and rules.

The core module runs the kinds of the default plan and all rules, and is compiled before a start. Each kind also has a small
module of its own, for the indicators that are requested beyond the plan: it is compiled when the kind is first asked for.

Generated, because numba's cache does not work for a function that takes a jitted function as an argument or is a closure over one,
and because a state in registers (a tuple of known length) is twice as fast as one in memory. The indicators and their parameters
are data (``plan.py``): another parameter needs no compilation. The module's name contains a hash of all its sources
(``machine_code.py``): numba checks the age of the outermost file alone and would run an old step after an edit.

``signatures.py`` describes the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal

from services.analysis.kernels.indicators.kind import Bars, Kind
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import CORE
from services.analysis.kernels.rules.rule import Rule
from services.analysis.kernels.rules.table import RULES

JIT: Final = "\n@njit(cache=True, nogil=True, error_model='numpy', _nrt=False)\n"
INTERNAL_JIT: Final = "\n@njit(cache=True, nogil=True, error_model='numpy', _nrt=False, **INTERNAL)\n"
"""Of a function that only functions of the module call."""

HEAD: Final = """from numba import njit

from services.analysis.kernels.conditions import past, stack_machine
from services.analysis.kernels.indicators.kind import INTERNAL, Bars
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.rules.table import RULES

"""

ADVANCE: Final = """def advance(plan, bars, t, state, commit, previous, out, runs, fired):
    n = int(state[0])
    if not commit:
        peek_indicators(plan.indicators, plan.constants, bars, t, n, state, out)
    else:
        commit_indicators(plan.indicators, plan.constants, bars, t, n, state, out)
        state[0] = n + 1
        if n > 0:
            evaluate_rules(plan.rules, plan.parameters, bars, t, previous, out, runs, fired)
        else:
            fired[:] = 0
"""

ADVANCE_CLOSED_BARS: Final = """def advance_closed_bars(plan, windows, closed, kinds, memory, runs, rows):
    for i in range(closed.shape[0]):
        x = closed[i]
        r = x.row; k = x.timeframe
        bars = series_of(windows, r, k)
        state = memory.states[r, k]; last = memory.previous[r, k]; reported = memory.reported[r, k]
        out = rows.values[i]; fired = rows.fired[i]; mine = runs[k, kinds[i]]
        for j in range(last.shape[0]):  # an array assigned to an array might be copied first, which allocates
            rows.previous_values[i, j] = last[j]
        if x.provisional == 0:
            advance(plan, bars, x.at, state, True, last, out, mine, fired)
            for j in range(last.shape[0]):
                last[j] = out[j]
            reported[:] = 0
        else:
            kept = read_place(bars, x.at)
            write_place(bars, x.at, (x.open, x.high, x.low, x.close, x.volume, x.session, x.high_52w, x.low_52w))
            evaluate_forming(plan, bars, x.at, state, last, out, mine, reported, fired)
            write_place(bars, x.at, kept)
"""

EVALUATE_FORMING: Final = """def evaluate_forming(plan, bars, t, state, previous, out, runs, reported, fired):
    n = int(state[0])
    peek_indicators(plan.indicators, plan.constants, bars, t, n, state, out)
    fired[:] = 0
    if n > 0:
        evaluate_rules(plan.rules, plan.parameters, bars, t, previous, out, runs, fired)
    for j in range(fired.shape[0]):
        direction = 1 if fired[j] > 0 else 2 if fired[j] < 0 else 0
        if reported[j] & direction:
            fired[j] = 0
        reported[j] |= direction
"""

PEEK_BARS: Final = """def peek_bars(plan, windows, places, states, out):
    for i in range(places.row.shape[0]):
        r = places.row[i]; k = places.timeframe[i]
        bars = series_of(windows, r, k)
        peek_indicators(plan.indicators, plan.constants, bars, places.at[i], int(states[r, k, 0]), states[r, k], out[i])
"""

CONDITIONS: Final = (
    """def evaluate_conditions(programs, chosen, current_values, previous_values, stack, results):
    stack_machine.evaluate(programs, chosen, current_values, previous_values, stack, results)
""",
    """def scan_condition(programs, number, values, stack, results):
    stack_machine.scan(programs, number, values, stack, results)
""",
    """def derive_bar(programs, table, current_values, previous_values, stack, slots, commit):
    past.derive(programs, table, current_values, previous_values, stack, slots, commit)
""",
    """def derive_series(code, n, operand, slot, results):
    past.derive_series(code, n, operand, slot, results)
""",
)

RULES_AT_BARS: Final = """def rules_at_bars(plan, bars, first, out, runs, fired):
    for i in range(fired.shape[0]):
        fired[i] = 0
        if first + i > 0:
            evaluate_rules(plan.rules, plan.parameters, bars, first + i, out[i], out[i + 1], runs, fired[i])
"""

VALUES: Final = """def values(plan, bars, state, out):
    I = plan.indicators; P = plan.constants
    for j in range(I.shape[0]):
        k = I[j, 0]; a = I[j, 1]; b = I[j, 2]
{calls}    state[0] = bars.close.shape[0]
"""

HISTORY: Final = """def history(plan, bars, state, out, runs, fired):
    values(plan, bars, state, out)
    R = plan.rules; Q = plan.parameters
    for j in range(R.shape[0]):
        fired[j] = 0
        if runs[j]:
            k = R[j, 0]
{scans}"""


KIND_HEAD: Final = """from numba import njit

from services.analysis.kernels.indicators.kind import INTERNAL
from services.analysis.kernels.indicators.table import KINDS

"""

ADVANCE_BAR: Final = """def advance_bar(plan, bars, t, state, commit, out):
    I = plan.indicators; P = plan.constants
    n = int(state[0])
    for j in range(I.shape[0]):
        a = I[j, 1]; b = I[j, 2]
{lines}    if commit:
        state[0] = n + 1
"""


def kind_module_text(name: str) -> str:
    """The text of the module of one kind."""
    code, kind = next((code, kind) for code, kind in enumerate(KINDS) if kind.name == name)
    bar = ADVANCE_BAR.format(lines=_text(_step_lines(code, kind, "commit", 8)))
    values = VALUES.format(calls=f"        {_series_call(code)}\n")
    return f"{KIND_HEAD}{_steps(code, kind)}{INTERNAL_JIT}{_series(code, kind)}{JIT}{bar}{JIT}{values}"


def module_text() -> str:
    """The text of the core module."""
    kinds = {code: kind for code, kind in enumerate(KINDS) if kind.name in CORE}
    chosen = dict(enumerate(RULES))
    steps = "".join(_steps(k, kind) for k, kind in kinds.items())
    rules = "".join(f"rule{k} = RULES[{k}].fires\n" for k in chosen)
    internal = [
        _pass(kinds, "True"),
        _pass(kinds, "False"),
        _evaluate_rules(chosen),
        *_places(),
        EVALUATE_FORMING,
        *(_series(k, kind) for k, kind in kinds.items()),
        *(_scan(k, rule) for k, rule in chosen.items()),
    ]
    calls = _branches({k: _series_call(k) for k in kinds}, 8)
    scans = _branches({k: f"scan{k}(R, Q, j, bars, out, fired[j])" for k in chosen}, 12)
    called = [
        ADVANCE,
        ADVANCE_CLOSED_BARS,
        PEEK_BARS,
        RULES_AT_BARS,
        *CONDITIONS,
        VALUES.format(calls=calls),
        HISTORY.format(scans=scans),
    ]
    return HEAD + steps + rules + "".join(INTERNAL_JIT + part for part in internal) + "".join(JIT + part for part in called)


def _branches(statements: Mapping[int, str], indent: int) -> str:
    """One statement for each code in ``k``; no other code may come."""
    space, lines = " " * indent, list[str]()
    for k, statement in statements.items():
        lines += [f"{space}{'elif' if lines else 'if'} k == {k}:", f"{space}    {statement}"]
    return "".join(f"{line}\n" for line in lines)


def _places() -> list[str]:
    """Functions for a series of the windows as bars, and for reading and writing one place of it."""
    fields = list(enumerate(Bars._fields))
    series = ", ".join(f"windows.{name}[r, k]" for _, name in fields)
    values = ", ".join(f"bars.{name}[t]" for _, name in fields)
    writes = "".join(f"    bars.{name}[t] = values[{i}]\n" for i, name in fields)
    return [
        f"def series_of(windows, r, k):\n    return Bars({series})\n",
        f"def read_place(bars, t):\n    return ({values})\n",
        f"def write_place(bars, t, values):\n{writes}",
    ]


def _tuple(items: Iterator[str] | list[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _steps(k: int, kind: Kind) -> str:
    usual = f"fits{k} = KINDS[{k}].usual.fits\nusual{k} = KINDS[{k}].usual.step\n" if kind.usual else ""
    return f"step{k} = KINDS[{k}].step\n{usual}"


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _constants_of(kind: Kind) -> str:
    return _tuple(f"P[j, {i}]" for i in range(kind.constants))


def _pass(kinds: Mapping[int, Kind], commit: Literal["True", "False"]) -> str:
    name = "commit_indicators" if commit == "True" else "peek_indicators"
    lines = [f"def {name}(I, P, bars, t, n, state, out):", "    for j in range(I.shape[0]):"]
    lines.append("        k = I[j, 0]; a = I[j, 1]; b = I[j, 2]")
    for place, (k, kind) in enumerate(kinds.items()):
        lines.append(f"        {'elif' if place else 'if'} k == {k}:")
        lines += _step_lines(k, kind, commit, 12)
    return _text(lines)


def _step_lines(k: int, kind: Kind, commit: str, indent: int) -> list[str]:
    """The lines that advance one indicator by one bar; ``commit``: an expression, whether its state is kept."""

    def run(step: str, floats: int, space: str) -> list[str]:
        state = _tuple(f"state[a + {i}]" for i in range(floats))
        lines = [f"s_{step}, y_{step} = {step}({state}, {_constants_of(kind)}, bars, t, n)"]
        lines += [f"out[b + {i}] = y_{step}[{i}]" for i in range(len(kind.columns))]
        if commit != "False" and floats:
            lines += [f"if {commit}:", *(f"    state[a + {i}] = s_{step}[{i}]" for i in range(floats))]
        return [space + line for line in lines]

    return _usual_or_not(k, kind, f"fits{k}({_constants_of(kind)})", run, indent)


def _series_call(k: int) -> str:
    return f"series{k}(P, j, bars, state, a, out, b)"


def _series(k: int, kind: Kind) -> str:
    def run(step: str, floats: int, space: str) -> list[str]:
        lines = [f"s_{step} = {_tuple(['0.0'] * floats)}", "for t in range(bars.close.shape[0]):"]
        lines.append(f"    s_{step}, y_{step} = {step}(s_{step}, p, bars, t, t)")
        lines += [f"    out{i}[t] = y_{step}[{i}]" for i in range(len(kind.columns))]
        lines += [f"state[a + {i}] = s_{step}[{i}]" for i in range(floats)]
        return [space + line for line in lines]

    lines = [f"def series{k}(P, j, bars, state, a, out, b):", f"    p = {_constants_of(kind)}"]
    lines += [f"    out{i} = out[b + {i}]" for i in range(len(kind.columns))]
    return _text(lines + _usual_or_not(k, kind, f"fits{k}(p)", run, 4))


def _usual_or_not(k: int, kind: Kind, fits: str, run: Callable[[str, int, str], list[str]], indent: int) -> list[str]:
    """The lines of ``run`` with the kind's step; where there is a usual one, with that where it fits."""
    space = " " * indent
    if kind.usual is None:
        return run(f"step{k}", kind.state, space)
    inner = f"{space}    "
    usual, other = run(f"usual{k}", kind.usual.state, inner), run(f"step{k}", kind.state, inner)
    return [f"{space}if {fits}:", *usual, f"{space}else:", *other]


def _evaluate_rules(rules: Mapping[int, Rule]) -> str:
    lines = [
        "def evaluate_rules(R, Q, bars, t, previous, out, runs, fired):",
        "    for j in range(R.shape[0]):",
        "        fired[j] = 0",
    ]
    lines += ["        if not runs[j]:", "            continue", "        k = R[j, 0]"]
    fires = {}
    for k, rule in rules.items():
        now, before = (_tuple(f"{row}[R[j, {i + 1}]]" for i in range(len(rule.columns))) for row in ("out", "previous"))
        fires[k] = f"fired[j] = rule{k}({_constants(rule)}, {now}, {before}, bars, t)"
    return "\n".join(lines) + "\n" + _branches(fires, 8)


def _scan(k: int, rule: Rule) -> str:
    at = range(len(rule.columns))
    lines = [f"def scan{k}(R, Q, j, bars, out, fired):", f"    p = {_constants(rule)}"]
    lines += [f"    out{i} = out[R[j, {i + 1}]]" for i in at]
    lines.append("    for t in range(1, bars.close.shape[0]):")
    now, before = _tuple(f"out{i}[t]" for i in at), _tuple(f"out{i}[t - 1]" for i in at)
    lines.append(f"        fired[t] = rule{k}(p, {now}, {before}, bars, t)")
    return "\n".join(lines) + "\n"


def _constants(rule: Rule) -> str:
    return _tuple(f"Q[j, {i}]" for i in range(len(rule.instances[0])))

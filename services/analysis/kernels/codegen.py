"""Writes the loops that carry the steps over time: the text of one Python module, made from the tables of indicators and rules.

Generated, since numba's cache never serves a function that takes a jitted function as an argument, nor a closure over one; and
since a state in registers (a tuple of known length) is twice as fast as one in memory. Which indicators run, with which parameters,
is data (``plan.py``): another parameter compiles nothing. The module's name must hold a hash of all its sources
(``adapters/kernels.py``): numba looks at the age of the outermost file alone and would go on running an old step after an edit.

The functions of the module, with ``plan`` = ``Plan.arrays``, ``bars`` = a ``Bars`` of shape (bars,), and ``state`` = a row of
``Plan.state_width`` floats, zeros at first, whose first float is n, the number of bars so far:

- ``advance(plan, bars, t, state, commit, previous, out, wanted, fired)``: all indicators of one series at bar t into ``out``. With
  ``commit`` the state moves on by one bar, and each rule instance j with ``wanted[j]`` says +1, -1 or 0 in ``fired[j]``, where
  ``previous`` is the row of the bar before. Without, it is a peek: nothing but ``out`` is touched.
- ``close_bars(plan, windows, closed, kinds, states, previous, said, wanted, out, before, fired)``: ``advance`` for many bars
  (``closed``, dtype CLOSED) in their order. Bar i belongs at ``[row, timeframe, at]`` of ``windows``, a ``Bars`` of shape (symbols,
  timeframes, window), and is of an instrument of kind ``kinds[i]``. A closed one stands there already and is committed; a glimpse
  is lent its place and leaves no trace, but fires each rule and direction once a bar, which ``said`` (symbols, timeframes, rules)
  remembers. ``states``, ``previous``: (symbols, timeframes, width), moved on. ``wanted``: ``Plan.wanted``. Written: out, before
  (bars, columns): the row and the one of the closed bar before it; fired (bars, rules).
- ``peek_bars(plan, windows, rows, frames, at, states, out)``: the same without a trace.
- ``judge_bars(plan, bars, first, out, wanted, fired)``: the rules at the bars from number ``first`` on, whose rows are in ``out``
  (bars + 1, columns) after the one of the bar before them; ``fired`` (bars, rules).
- ``judge_conditions``, ``scan_condition``: users' conditions, as ``conditions/machine.py`` tells.
- ``values(plan, bars, state, out)``: the indicators of a whole series from its first bar; ``out`` (columns, bars). Leaves ``state``
  as live would. ``history(plan, bars, state, out, wanted, fired)``: the rules too; ``fired`` (rules, bars).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.analysis.kernels.indicators.kind import Bars, Kind
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.rules.rule import Rule
from services.analysis.kernels.rules.table import RULES

JIT: Final = "\n@njit(cache=True, nogil=True, error_model='numpy', _nrt=False)\n"

HEAD: Final = """from numba import njit

from services.analysis.kernels.conditions import machine
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.rules.table import RULES

"""

ADVANCE: Final = """def advance(plan, bars, t, state, commit, previous, out, wanted, fired):
    n = int(state[0])
    if not commit:
        peek_indicators(plan[0], plan[1], bars, t, n, state, out)
    else:
        commit_indicators(plan[0], plan[1], bars, t, n, state, out)
        state[0] = n + 1
        if n > 0:
            judge(plan[2], plan[3], bars, t, previous, out, wanted, fired)
        else:
            fired[:] = 0
"""

CLOSE_BARS: Final = """def close_bars(plan, windows, closed, kinds, states, previous, said, wanted, out, before, fired):
    for i in range(closed.shape[0]):
        x = closed[i]
        r = x.row; k = x.timeframe
        bars = series_of(windows, r, k)
        last = previous[r, k]
        for j in range(last.shape[0]):  # an array assigned to an array might be copied first, which allocates
            before[i, j] = last[j]
        if x.glimpse == 0:
            advance(plan, bars, x.at, states[r, k], True, last, out[i], wanted[k, kinds[i]], fired[i])
            for j in range(last.shape[0]):
                last[j] = out[i, j]
            said[r, k] = 0
        else:
            kept = place(bars, x.at)
            lend(bars, x.at, (x.open, x.high, x.low, x.close, x.volume, x.session, x.high_52w, x.low_52w))
            glimpse(plan, bars, x.at, states[r, k], last, out[i], wanted[k, kinds[i]], said[r, k], fired[i])
            lend(bars, x.at, kept)
"""

GLIMPSE: Final = """def glimpse(plan, bars, t, state, previous, out, wanted, said, fired):
    n = int(state[0])
    peek_indicators(plan[0], plan[1], bars, t, n, state, out)
    fired[:] = 0
    if n > 0:
        judge(plan[2], plan[3], bars, t, previous, out, wanted, fired)
    for j in range(fired.shape[0]):
        way = 1 if fired[j] > 0 else 2 if fired[j] < 0 else 0
        if said[j] & way:
            fired[j] = 0
        said[j] |= way
"""

PEEK_BARS: Final = """def peek_bars(plan, windows, rows, frames, at, states, out):
    for i in range(rows.shape[0]):
        r = rows[i]; k = frames[i]
        bars = series_of(windows, r, k)
        peek_indicators(plan[0], plan[1], bars, at[i], int(states[r, k, 0]), states[r, k], out[i])
"""

CONDITIONS: Final = (
    """def judge_conditions(programs, chosen, now, before, stack, said):
    machine.judge(programs, chosen, now, before, stack, said)
""",
    """def scan_condition(programs, number, values, stack, out):
    machine.scan(programs, number, values, stack, out)
""",
)

JUDGE_BARS: Final = """def judge_bars(plan, bars, first, out, wanted, fired):
    for i in range(fired.shape[0]):
        fired[i] = 0
        if first + i > 0:
            judge(plan[2], plan[3], bars, first + i, out[i], out[i + 1], wanted, fired[i])
"""

VALUES: Final = """def values(plan, bars, state, out):
    I = plan[0]; P = plan[1]
    for j in range(I.shape[0]):
        k = I[j, 0]; a = I[j, 1]; b = I[j, 2]
{calls}    state[0] = bars.close.shape[0]
"""

HISTORY: Final = """def history(plan, bars, state, out, wanted, fired):
    values(plan, bars, state, out)
    R = plan[2]; Q = plan[3]
    for j in range(R.shape[0]):
        fired[j] = 0
        if wanted[j]:
            k = R[j, 0]
{scans}"""


def source() -> str:
    """The text of the module."""
    steps = "".join(f"step{k} = KINDS[{k}].step\n" for k in range(len(KINDS)))
    rules = "".join(f"rule{k} = RULES[{k}].fires\n" for k in range(len(RULES)))
    parts = [_pass(commit=True), _pass(commit=False), _judge(), *_places(), ADVANCE, GLIMPSE, CLOSE_BARS, PEEK_BARS, JUDGE_BARS]
    parts += CONDITIONS
    parts += [_series(k, kind) for k, kind in enumerate(KINDS)]
    parts += [_scan(k, rule) for k, rule in enumerate(RULES)]
    calls = "".join(f"        {_if(k)} k == {k}:\n            series{k}(P, j, bars, state, a, out, b)\n" for k in range(len(KINDS)))
    scans = "".join(
        f"            {_if(k)} k == {k}:\n                scan{k}(R, Q, j, bars, out, fired[j])\n" for k in range(len(RULES))
    )
    parts += [VALUES.format(calls=calls), HISTORY.format(scans=scans)]
    return HEAD + steps + rules + "".join(JIT + part for part in parts)


def _places() -> list[str]:
    """A series of the windows as bars; the values at one place of it, and putting values there."""
    fields = list(enumerate(Bars._fields))
    series = ", ".join(f"windows.{name}[r, k]" for _, name in fields)
    values = ", ".join(f"bars.{name}[t]" for _, name in fields)
    lend = "".join(f"    bars.{name}[t] = values[{i}]\n" for i, name in fields)
    return [
        f"def series_of(windows, r, k):\n    return Bars({series})\n",
        f"def place(bars, t):\n    return ({values})\n",
        f"def lend(bars, t, values):\n{lend}",
    ]


def _if(k: int) -> str:
    return "if" if k == 0 else "elif"


def _tuple(items: Iterator[str] | list[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _load(kind: Kind) -> tuple[str, str]:
    state = _tuple(f"state[a + {i}]" for i in range(kind.state))
    return state, _tuple(f"P[j, {i}]" for i in range(kind.constants))


def _pass(*, commit: bool) -> str:
    name = "commit_indicators" if commit else "peek_indicators"
    lines = [f"def {name}(I, P, bars, t, n, state, out):", "    for j in range(I.shape[0]):"]
    lines.append("        k = I[j, 0]; a = I[j, 1]; b = I[j, 2]")
    for k, kind in enumerate(KINDS):
        state, constants = _load(kind)
        lines.append(f"        {_if(k)} k == {k}:")
        lines.append(f"            s{k}, y{k} = step{k}({state}, {constants}, bars, t, n)")
        lines += [f"            out[b + {i}] = y{k}[{i}]" for i in range(len(kind.columns))]
        lines += [f"            state[a + {i}] = s{k}[{i}]" for i in range(kind.state) if commit]
    return "\n".join(lines) + "\n"


def _series(k: int, kind: Kind) -> str:
    _, constants = _load(kind)
    zeros = _tuple(["0.0"] * kind.state)
    lines = [f"def series{k}(P, j, bars, state, a, out, b):", f"    s = {zeros}", f"    p = {constants}"]
    lines += [f"    out{i} = out[b + {i}]" for i in range(len(kind.columns))]
    lines += ["    for t in range(bars.close.shape[0]):", f"        s, y = step{k}(s, p, bars, t, t)"]
    lines += [f"        out{i}[t] = y[{i}]" for i in range(len(kind.columns))]
    lines += [f"    state[a + {i}] = s[{i}]" for i in range(kind.state)]
    return "\n".join(lines) + "\n"


def _judge() -> str:
    lines = ["def judge(R, Q, bars, t, previous, out, wanted, fired):", "    for j in range(R.shape[0]):", "        fired[j] = 0"]
    lines += ["        if not wanted[j]:", "            continue", "        k = R[j, 0]"]
    for k, rule in enumerate(RULES):
        now, before = (_tuple(f"{row}[R[j, {i + 1}]]" for i in range(len(rule.columns))) for row in ("out", "previous"))
        lines.append(f"        {_if(k)} k == {k}:\n            fired[j] = rule{k}({_constants(rule)}, {now}, {before}, bars, t)")
    return "\n".join(lines) + "\n"


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

"""``python -m tests.shared.fuzz --texts 1000000``: random texts are conditions or errors that can be shown, in a bounded time.

Of every text: it is read in less than 50 ms of CPU time; an error has a place, a message and a caret; a condition has a normal form
that is read as the same tree, and words in both languages.

The texts of a seed come in blocks of 10,000, each from a seed of its own: a run that was stopped goes on with ``--first BLOCK``.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final

from shared.conditions import Condition, ConditionError, describe, parse, parser, scanning
from tests.shared.fuzz_texts import generated

SECONDS: Final = 0.05
BLOCK: Final = 10_000
WARM_UP: Final = ("close > open", "거레량이 급증하고 rsii_14 < 30", "golden cros and stochatic near 20")
"""Texts that load the grammar and all tables of words."""


@dataclass
class Answers:
    """What was found with some texts."""

    codes: Counter[str] = field(default_factory=Counter)
    """How many texts are a ``condition``, and how many have an error of a code."""
    findings: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=lambda: [0.0, 0.0])
    """The CPU time of all errors, and of all conditions."""
    worst: tuple[float, str] = (0.0, "")
    """The greatest CPU time of a text, and the text."""

    def add(self, other: Answers) -> None:
        """Add what was found with other texts."""
        self.codes += other.codes
        self.findings += other.findings
        self.seconds = [sum(both) for both in zip(self.seconds, other.seconds, strict=True)]
        self.worst = max(self.worst, other.worst)

    def summary(self) -> str:
        """How many texts of each sort, and their times."""
        texts, conditions = self.codes.total(), self.codes["condition"]
        refused, read = (1e3 * all_of / max(1, n) for all_of, n in zip(self.seconds, (texts - conditions, conditions), strict=True))
        return (
            f"{texts} texts: {conditions} conditions, {len(self.findings)} findings; CPU time of a condition {read:.2f} ms, "
            f"of an error {refused:.2f} ms, at most {self.worst[0] * 1e3:.1f} ms with {self.worst[1]!r}; "
            f"{dict(self.codes.most_common(8))}"
        )


def answers_of(texts: Iterator[str], seconds: float = SECONDS) -> Answers:
    """Check texts; a finding is a crash, a time of ``seconds`` or more, or an answer that cannot be shown or read again."""
    answers = Answers()
    for text in texts:
        try:
            found, spent = timed(text, seconds)
            answers.seconds[isinstance(found, Condition)] += spent
            answers.worst = max(answers.worst, (spent, text))
            answers.codes[shown(found, text)] += 1
            assert spent < seconds, f"{spent * 1e3:.0f} ms"
        except Exception as error:  # noqa: BLE001  # whatever goes wrong is what it looks for
            answers.findings.append(f"{text!r}: {type(error).__name__}: {error}")
    return answers


def shown(found: Condition | ConditionError, text: str) -> str:
    """``condition``, or the code of the error. Raises AssertionError where something is wrong with the answer."""
    if isinstance(found, ConditionError):
        assert 0 <= found.position <= len(text), found.position
        assert found.message
        assert found.caret().count("\n") == 1
        return found.code
    again = parse(found.text)
    assert (again.text, again.root, again.id) == (found.text, found.root, found.id), f"{found.text!r} is read as {again.text!r}"
    for language in ("en", "ko"):
        assert describe(found, language)
    return "condition"


def timed(text: str, seconds: float) -> tuple[Condition | ConditionError, float]:
    """The answer and its CPU time, without collections of garbage; too long a time is measured again, for a burdened machine."""
    found, spent = _timed(text)
    return (found, spent) if spent < seconds else (found, min(spent, _timed(text)[1]))


def _timed(text: str) -> tuple[Condition | ConditionError, float]:
    parser.forget()
    scanning.pieces.cache_clear()
    gc.disable()
    began = time.process_time()
    found = _answer(text)
    spent = time.process_time() - began
    gc.enable()
    return found, spent


def _answer(text: str) -> Condition | ConditionError:
    try:
        return parse(text)
    except ConditionError as error:
        return error


def texts_of(seed: int, block: int, count: int = BLOCK) -> Iterator[str]:
    """The first texts of a block."""
    dice = random.Random(f"{seed} {block}")
    return (generated(dice) for _ in range(count))


def _block(seed: int, block: int, count: int) -> Answers:
    for text in WARM_UP:
        _answer(text)
    return answers_of(texts_of(seed, block, count))


def main(arguments: Sequence[str]) -> int:
    """Checks texts; prints the findings, and how many were conditions. 1: something was found."""
    options = argparse.ArgumentParser(
        prog="python -m tests.shared.fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--texts", type=int, default=BLOCK)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--first", type=int, default=0, metavar="BLOCK", help=f"the first block of {BLOCK} texts")
    options.add_argument("--processes", type=int, default=1)
    given = options.parse_args(arguments)
    blocks = range(given.first, -(-given.texts // BLOCK))
    counts = [min(BLOCK, given.texts - block * BLOCK) for block in blocks]
    answers = Answers()
    with ProcessPoolExecutor(given.processes) if given.processes > 1 else nullcontext() as pool:
        run = pool.map if pool else map
        for block, found in zip(blocks, run(_block, repeat(given.seed), blocks, counts), strict=True):
            answers.add(found)
            for finding in found.findings:
                sys.stdout.write(f"block {block}: {finding}\n")
            sys.stdout.write(f"block {block}: {found.summary()}\n")
            sys.stdout.flush()
    sys.stdout.write(f"seed {given.seed}: {answers.summary()}\n")
    return 1 if answers.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

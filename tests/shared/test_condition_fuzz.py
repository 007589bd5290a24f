"""A small, fixed part of ``python -m tests.fuzz_conditions``."""

from __future__ import annotations

import random
from collections import Counter

from tests import fuzz_conditions
from tests.sizes import examples


def test_random_texts_are_conditions_or_errors() -> None:
    count, dice, answers = examples(1500, 3), random.Random(20), Counter[str]()
    for _ in range(count):
        text = fuzz_conditions.generated(dice)
        try:
            answers[fuzz_conditions.checked(text, seconds=1.0)] += 1
        except AssertionError as error:
            raise AssertionError(f"{text!r}: {error}") from None
    assert answers["condition"] > count / 15
    assert len(answers) > 15

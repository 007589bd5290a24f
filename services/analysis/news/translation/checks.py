"""What an answer of a translator must have before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.analysis.news.enrichment.wording import is_hangul
from services.analysis.news.translation.masking import Masked, mark

SHORTEST, LONGEST = 0.15, 3.0
"""Length of an answer, of that of the text."""
SLACK: Final = 30
"""Characters by which an answer may be longer in any case."""
_NUMBER_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "1": ("one", "first", "single", "january"), "2": ("two", "second", "twice", "double", "doubles", "doubled", "february", "half"),
    "3": ("three", "third", "triple", "tripled", "march"),
    "4": ("four", "fourth", "april", "quarter"), "5": ("five", "fifth", "may"),
    "6": ("six", "sixth", "june"), "7": ("seven", "seventh", "july"), "8": ("eight", "eighth", "august"),
    "9": ("nine", "ninth", "september"), "10": ("ten", "tenth", "october", "decade"), "11": ("eleven", "november"),
    "12": ("twelve", "dozen", "december"), "100": ("hundred", "century"),
}  # fmt: skip
"""Words that a translation may write in digits."""


@dataclass(frozen=True, slots=True)
class Target:
    """A language to translate to."""

    code: str
    letter: Callable[[str], bool]
    """Whether a character is a letter that this language is written with."""
    share: float
    """Of an answer's letters that must be such."""

    @property
    def korean(self) -> bool:
        """Whether it is Korean: amounts and particles are written as Korean has them."""
        return self.code == "ko"


KOREAN: Final = Target("ko", is_hangul, 0.4)


def fault(masked: Masked, answer: str, target: Target) -> str:
    """Why an answer to a masked text cannot be shown, or nothing: it can.

    ``empty``, ``marks``, ``numbers``, ``markup``, ``language``, ``length``, or ``same`` as the text.

    >>> text = Masked("ZX0Q rose ZX1Q", ("엔비디아", "3.5%"))
    >>> [fault(text, answer, KOREAN) for answer in ("ZX0Q가 ZX1Q 상승", "ZX0Q rose ZX1Q", "ZX1Q 상승", "ZX0Q ZX1Q 올라 7위")]
    ['', 'language', 'marks', 'numbers']
    """
    if not answer.strip():
        return "empty"
    bare = answer
    for index in range(len(masked.stands_for)):
        if answer.count(mark(index)) != 1:
            return "marks"
        bare = bare.replace(mark(index), " ")
    if not _numbers(bare) <= _allowed(masked.text):
        return "numbers"
    if "<" in bare or "\ufffd" in bare or "&#" in bare:
        return "markup"
    letters = [each for each in bare if each.isalpha()]
    if sum(map(target.letter, letters)) < max(1, target.share * len(letters)):
        return "language"
    if not SHORTEST * len(masked.text) <= len(answer) <= LONGEST * len(masked.text) + SLACK:
        return "length"
    return "same" if answer.strip() == masked.text.strip() else ""


def _numbers(text: str) -> set[str]:
    return {*"".join(each if each.isdecimal() else " " for each in text).split()}


def _allowed(text: str) -> set[str]:
    words = {*"".join(each if each.isalpha() else " " for each in text.lower()).split()}
    return {digits for digits, names in _NUMBER_WORDS.items() if words & {*names}}

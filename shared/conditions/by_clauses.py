"""Reading a text by its clauses, where it cannot be read as a whole, each in an exact spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.expression import Node
from shared.conditions.lexicon import FACTORS
from shared.conditions.loosely import is_not_exact
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece, pieces
from shared.conditions.suggestions import index_of
from shared.events import Timeframe

Read = Callable[[str], "tuple[Node, Timeframe]"]
"""The tree and the timeframe of a text. Raises ConditionError."""
_ATTEMPTS: Final = 16
"""Parts of a text that are read, at most."""
_JOINED: Final = frozenset({"AND", "OR", "COMMA"})
_UNFINISHED: Final = frozenset({"<", ">", "<=", ">=", "=", "==", "!=", "(", "*", "/", "not"})
"""What no condition ends with."""
_INDEX_WORDS: Final = frozenset({"지수", "index"})
_VOLUMES: Final = frozenset({"거래량", "volume", "vol"})
_FACTORS: Final = frozenset({"배", "x", "times", "*", *FACTORS})
_USUAL: Final = frozenset(
    {
        "이",
        "이상",
        "평균",
        "평소",
        "보다",
        "의",
        "대비",
        "of",
        "the",
        "average",
        "avg",
        "normal",
        "usual",
        "its",
        "is",
        "at",
        ">",
        ">=",
        "over",
        "above",
        "spike",
        "surge",
    }
)


def accepts(text: str, read: Read) -> bool:
    """Whether a text is a condition."""
    try:
        read(text)
    except ConditionError:
        return False
    return True


class ClauseReader:
    """Reads a text by its parts. Keeps count of how much was read."""

    def __init__(self, read: Read, read_clause: Read) -> None:
        self._read, self._read_clause = read, read_clause
        self._left = _ATTEMPTS

    def whole(self, text: str) -> tuple[Node, Timeframe] | None:
        """The text as it is, or each of its clauses, joined as they were typed."""
        exact = self._exact(text, self._read)
        if exact is None:
            exact = self._clauses(text, pieces(text))
        if exact is None:
            return None
        try:
            return self._read(exact)
        except ConditionError:
            return None

    def _clauses(self, text: str, found: Sequence[Piece]) -> str | None:
        clauses: list[str] = []
        at, sign = 0, ""
        while at < len(found):
            joined = phrases().longest(found, at, lambda meaning, _: meaning[0] in {"AND", "OR", "COMMA", "FILL"})
            if joined:
                (kind, _), at = joined
                sign = "or" if kind == "OR" else sign if kind == "FILL" else "and"
                continue
            relation = phrases().longest(found, at, lambda meaning, _: meaning[0] in {"COMPARE", "CROSS", "TREND", "TURN"})
            clause = None if relation and clauses and not sign else self._longest(text, found, at)
            if clause is None:  # a relation without 'and' before it may be of anything
                return None
            exact, at = clause
            clauses += [*([sign or "and"] if clauses else []), exact]
            sign = ""
        return " ".join(clauses) or None

    def _longest(self, text: str, found: Sequence[Piece], at: int) -> tuple[str, int] | None:
        """The longest clause that begins at an index, in an exact spelling, and the index behind it."""
        last = len(found)
        if index_of(found[at].text):
            last = next((i for i in range(at + 1, last) if _joins(found, i)), last)
        for end in range(last, at, -1):
            if _joins(found, end - 1):
                continue
            exact = self._clause(text[found[at].at : found[end - 1].end], found[at:end])
            if exact is not None:
                return exact, end
        return None

    def _clause(self, text: str, found: Sequence[Piece]) -> str | None:
        unfinished = _is_unfinished(found)
        for each in _spellings(text, found):
            exact = self._exact(each, None if unfinished and each == text else self._read_clause)
            if exact is not None:
                return exact
        return None

    def _exact(self, text: str, read: Read | None) -> str | None:
        """The text if it is a condition, or what the error says that it should be. ``read``: None where it cannot be one."""
        if self._left <= 0:
            return None
        self._left -= 1
        if read is None:
            return None
        try:
            read(text)
        except ConditionError as error:
            instead = str(error.values.get("instead", "")).strip("'")
            if error.code != "instead" or not instead or (is_not_exact(error) and has_clauses(text)):
                return None
            condition, on, frame = instead.rpartition(" on ")
            exact = f"({condition}) on {frame}" if on else f"({instead})"
            return exact if accepts(instead, self._read_clause) else None
        return text


def _is_unfinished(found: Sequence[Piece]) -> bool:
    """Whether a clause ends where something must follow, or within parentheses."""
    opened = sum((piece.text == "(") - (piece.text == ")") for piece in found)
    return found[-1].text in _UNFINISHED or opened > 0


def has_clauses(text: str) -> bool:
    """Whether a text has several clauses; the ``고`` of ``지지받고 반등`` joins none."""
    found, at = pieces(text), 0
    while at < len(found):
        phrase = phrases().longest(found, at)
        if phrase and phrase[0][0] in _JOINED:
            return True
        at = phrase[1] if phrase else at + 1
    return False


def _joins(found: Sequence[Piece], at: int) -> bool:
    return phrases().longest(found, at, lambda meaning, _: meaning[0] in _JOINED) is not None


def _spellings(text: str, found: Sequence[Piece]) -> Iterator[str]:
    """A clause as typed, that of an index, or of the volume with a factor alone: against its average."""
    index = index_of(found[0].text)
    if index:
        own = {found[0].text, *_INDEX_WORDS}
        rest = " ".join(text[each.at - found[0].at : each.end - found[0].at] for each in found if each.text not in own)
        yield from (f"(close {rest})[{index}, 1d]", f"({rest})[{index}, 1d]") if rest.strip() else ()
        return
    words = {piece.text for piece in found if piece.kind != "number"}
    factors = [FACTORS.get(piece.text, piece.text) for piece in found if piece.kind == "number" or piece.text in FACTORS]
    if len(factors) == 1 and words & _VOLUMES and words & _FACTORS and words <= _VOLUMES | _FACTORS | _USUAL:
        yield f"volume >= {factors[0]} * volume_sma_20"
        return
    yield text

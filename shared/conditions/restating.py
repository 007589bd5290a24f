"""A last resort: the exact spelling of a text that cannot be read, where every word of it has a meaning. Else none, for none is better than a wrong one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.expression import Node
from shared.conditions.normal_form import render
from shared.conditions.phrases import phrases
from shared.conditions.rewriting import rewritten
from shared.conditions.scanning import Piece, pieces
from shared.conditions.suggestions import INDEXES
from shared.events import Timeframe

Read = Callable[[str], "tuple[Node, Timeframe]"]
"""The tree and the timeframe of a text. Raises ConditionError."""
WITHOUT_SPELLING: Final = frozenset(
    {
        *("name", "unexpected", "unfinished", "truth", "number", "chained", "subject", "condition", "unit", "call", "function"),
        *("percent", "level", "parameters", "arguments", "beside"),
    }
)
"""Errors that name a place alone, or a part that is wrong."""
_LONGEST: Final = 160
"""Characters of a text for which the last resort is tried."""
_ATTEMPTS: Final = 24
"""Parts of a text that are read, at most."""
_INDEX_ENDINGS: Final = ("", "이", "가", "은", "는", "도", "지수", "지수가", "지수는", "지수도")
_VOLUMES: Final = frozenset({"거래량", "volume", "vol"})
_TIMES: Final = frozenset({"배", "x", "times", "*"})
_USUAL: Final = frozenset(
    {"이", "이상", "평균", "평소", "보다", "의", "대비", "of", "the", "average", "avg", "normal", "usual", "its", "is", "at"}
)


def restated(error: ConditionError, text: str, read: Read) -> ConditionError:
    """The error, or the one with the exact spelling of the whole text."""
    of_index = error.code == "instrument" and str(error.values["own"]).rpartition(" ")[2].lower() in INDEXES
    if not (error.code in WITHOUT_SPELLING or of_index) or len(text) > _LONGEST:
        return error
    reader = _Reader(read)
    for candidate in rewritten(text, error):
        found = reader.whole(candidate)
        if found is not None:
            root, frame = found
            spelling = render(root) + (f" on {frame.word}" if frame != Timeframe.D1 else "")
            return ConditionError("restated", text, error.position, instead=f"'{spelling}'")
    return error


class _Reader:
    """Reads a text by its parts. Keeps count of how much was read."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._left = _ATTEMPTS

    def whole(self, text: str) -> tuple[Node, Timeframe] | None:
        """The text as it is, or each of its clauses, joined as they were typed."""
        exact = self._exact(text)
        if exact is None:
            exact = self._clauses(text, list(pieces(text)))
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
                sign = "or" if kind == "OR" else sign
                continue
            clause = self._longest(text, found, at)
            if clause is None:
                return None
            exact, at = clause
            clauses += [*([sign or "and"] if clauses else []), exact]
            sign = ""
        return " ".join(clauses) or None

    def _longest(self, text: str, found: Sequence[Piece], at: int) -> tuple[str, int] | None:
        """The longest clause that begins at an index, in an exact spelling, and the index behind it."""
        for end in range(len(found), at, -1):
            if phrases().longest(found, end - 1, lambda meaning, _: meaning[0] in {"AND", "OR", "COMMA"}):
                continue
            exact = self._clause(text[found[at].at : found[end - 1].end], found[at:end])
            if exact is not None:
                return exact, end
        return None

    def _clause(self, text: str, found: Sequence[Piece]) -> str | None:
        for each in _spellings(text, found):
            exact = self._exact(each)
            if exact is not None:
                return exact
        return None

    def _exact(self, text: str) -> str | None:
        """The text if it is a condition, or what the error says that it should be."""
        if self._left <= 0:
            return None
        self._left -= 1
        try:
            self._read(text)
        except ConditionError as error:
            instead = str(error.values.get("instead", "")).strip("'")
            if error.code != "instead" or not instead:
                return None
            try:
                self._read(instead)
            except ConditionError:
                return None
            return f"({instead})"
        return text


def _spellings(text: str, found: Sequence[Piece]) -> Iterator[str]:
    """A clause as typed, that of an index, or of the volume with a factor alone: against its average."""
    first = found[0].text
    index = next((INDEXES[name] for name in (first.removesuffix(end) for end in _INDEX_ENDINGS) if name in INDEXES), "")
    if index:
        rest = text[found[0].end - found[0].at :]
        yield from (f"(close {rest})[{index}, 1d]", f"({rest})[{index}, 1d]") if rest.strip() else ()
        return
    words = {piece.text for piece in found if piece.kind != "number"}
    factors = [piece.text for piece in found if piece.kind == "number"]
    if len(factors) == 1 and words & _VOLUMES and words & _TIMES and words <= _VOLUMES | _TIMES | _USUAL:
        yield f"volume >= {factors[0]} * volume_sma_20"
        return
    yield text

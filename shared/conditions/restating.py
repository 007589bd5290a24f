"""A last resort: the exact spelling of a text that cannot be read, where every word of it has a meaning.

Else there is none, for none is better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from shared.conditions.coins import symbol_of
from shared.conditions.errors import ConditionError
from shared.conditions.expression import COMPARISONS, CONNECTIVES, CROSSINGS, Elsewhere, Node, Operation, SeriesName, walk
from shared.conditions.instruments import SYMBOL
from shared.conditions.known_words import is_known
from shared.conditions.lexicon import FACTORS
from shared.conditions.literals import PRICES, is_price
from shared.conditions.loosely import is_not_exact
from shared.conditions.normal_form import render
from shared.conditions.phrases import phrases
from shared.conditions.rewriting import corrected, rewritten
from shared.conditions.scanning import Piece, pieces
from shared.conditions.suggestions import INDEXES, index_of
from shared.events import Timeframe

Read = Callable[[str], "tuple[Node, Timeframe]"]
"""The tree and the timeframe of a text. Raises ConditionError."""
WITHOUT_SPELLING: Final = frozenset(
    {
        *("name", "call", "unexpected", "unfinished", "truth", "number", "chained", "subject", "condition", "function"),
        *("percent", "level", "parameters", "arguments", "beside"),
    }
)
"""Errors that name a place alone, or a part that is wrong."""
_NEVER: Final = frozenset({"never", "session"})
OF_A_PART: Final = frozenset({"direction", "written", "meant", "unit", "elsewhere"})
"""Errors with a spelling that may be right in its place, but not with the rest of the text."""
_MENDED: Final = frozenset({"written", *_NEVER})
_MOST_MENDED: Final = 4
"""Errors of one text that are mended, one behind the other."""
_LONGEST: Final = 120
"""Characters of a text for which the last resort is tried."""
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


def restated(error: ConditionError, text: str, read: Read, read_clause: Read, plainly: Read) -> ConditionError:
    """The error, or the one with the exact spelling of the whole text. ``plainly`` reads a text with errors that are explained."""
    if len(text) > _LONGEST or not (error.code in WITHOUT_SPELLING or _is_partial(error, text, read)):
        return error
    reader = _Reader(read, read_clause)
    spelling = _mended(error, text, plainly) or _spelling(reader, text, error)
    if not spelling:
        symbol = _symbol(error, text)
        own = (text.replace(symbol, instead, 1) for instead in ("close", "")) if symbol else ()
        spelling = next(
            (f"{each} for {symbol_of(symbol)}" for each in (_spelling(reader, each, error) for each in own) if each), ""
        )
    if not spelling or spelling == str(error.values.get("instead", "")).strip("'"):
        return error
    return ConditionError("restated", text, error.position, instead=f"'{spelling}'")


def _mended(error: ConditionError, text: str, plainly: Read) -> str:
    """The text with what each error in turn says in place of what it found: ``rel_volume > 1.5 and change > 3%``."""
    for _ in range(_MOST_MENDED):
        example = str(error.values.get("example", ""))
        if error.code == "useless" and _accepts(example, plainly):  # the example is the whole text
            return example
        alone = error.code == "elsewhere" and example.count("[") == 1 and example.endswith("]")
        if (not alone and error.code not in _MENDED) or example.startswith("time"):  # a number beside it would be minutes
            return ""
        text = next(corrected(text, error), "")
        try:
            root, frame = plainly(text)
        except ConditionError as another:
            error = another
            continue
        if _says_nothing(root):
            return ""
        return render(root) + (f" on {frame.word}" if frame != Timeframe.D1 else "")
    return ""


def _spelling(reader: _Reader, text: str, error: ConditionError) -> str:
    """The text as a condition, where every word of it has a meaning; empty where it is none."""
    for candidate in rewritten(text, error):
        found = reader.whole(candidate) if all(map(is_known, pieces(candidate))) else None
        if found is not None and not _says_nothing(found[0]):
            root, frame = _without_repeats(found[0]), found[1]
            return render(root) + (f" on {frame.word}" if frame != Timeframe.D1 else "")
    return ""


def _symbol(error: ConditionError, text: str) -> str:
    """The symbol of an instrument that the error found, in capitals as typed; empty without one."""
    typed = text[error.position : error.position + len(str(error.values.get("found", "")))]
    return typed if error.code == "name" and len(typed) > 1 and SYMBOL.fullmatch(typed) else ""


def _says_nothing(root: Node) -> bool:
    """Whether a value is compared with itself, or the price of an index with one of the instrument."""
    return any(
        isinstance(node, Operation)
        and node.name in COMPARISONS | CROSSINGS
        and (node.operands[0] == node.operands[1] or _of_two_prices(node))
        for node in walk(root)
    )


def _without_repeats(root: Node) -> Node:
    if not (isinstance(root, Operation) and root.name in CONNECTIVES):
        return root
    operands = tuple(dict.fromkeys(root.operands))
    return Operation(root.name, operands, root.at) if len(operands) > 1 else operands[0]


def _is_partial(error: ConditionError, text: str, read: Read) -> bool:
    """Whether the spelling in the error is not one of the whole text, or an index is taken for a stock."""
    if error.code == "instrument":
        return INDEXES.get(str(error.values["own"]).rpartition(" ")[2].lower(), "").startswith("^")
    if is_not_exact(error):
        return _has_clauses(text)
    if error.code in _NEVER:
        typed = list(corrected(text, error))
        return bool(typed) and not _accepts(typed[0], read)
    if error.code not in OF_A_PART or not text[error.position :].strip():
        return False
    if error.code == "elsewhere" and any(_compares_prices(each, read) for each in corrected(text, error)):
        return True
    return not any(_accepts(each, read) for each in corrected(text, error))


def _compares_prices(text: str, read: Read) -> bool:
    """Whether a price of another instrument is compared with one of the instrument itself."""
    try:
        root = read(text)[0]
    except ConditionError:
        return False
    return any(isinstance(node, Operation) and node.name in COMPARISONS | CROSSINGS and _of_two_prices(node) for node in walk(root))


def _of_two_prices(node: Operation) -> bool:
    return set(map(_price, node.operands)) == {"own", "other"}


def _price(node: Node) -> str:
    if isinstance(node, SeriesName) and (is_price(node.name) or node.name in PRICES - {"volume"}):
        return "own"
    return "other" if isinstance(node, Elsewhere) and node.instrument.startswith("^") else ""


def _accepts(text: str, read: Read) -> bool:
    try:
        read(text)
    except ConditionError:
        return False
    return True


class _Reader:
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
            if error.code != "instead" or not instead or (is_not_exact(error) and _has_clauses(text)):
                return None
            condition, on, frame = instead.rpartition(" on ")
            exact = f"({condition}) on {frame}" if on else f"({instead})"
            return exact if _accepts(instead, self._read_clause) else None
        return text


def _is_unfinished(found: Sequence[Piece]) -> bool:
    """Whether a clause ends where something must follow, or within parentheses."""
    opened = sum((piece.text == "(") - (piece.text == ")") for piece in found)
    return found[-1].text in _UNFINISHED or opened > 0


def _has_clauses(text: str) -> bool:
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

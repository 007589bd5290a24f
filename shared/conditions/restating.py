"""A last resort: the exact spelling of a text that cannot be read, where every word of it has a meaning.

Else there is none, for none is better than a wrong one.
"""

from __future__ import annotations

from typing import Final

from shared.conditions.by_clauses import ClauseReader, Read, accepts, has_clauses
from shared.conditions.coins import symbol_of
from shared.conditions.errors import ConditionError
from shared.conditions.expression import COMPARISONS, CONNECTIVES, CROSSINGS, Elsewhere, Node, Operation, SeriesName, walk
from shared.conditions.instruments import SYMBOL
from shared.conditions.known_words import is_known
from shared.conditions.literals import PRICES, is_price
from shared.conditions.loosely import is_not_exact
from shared.conditions.normal_form import render
from shared.conditions.rewriting import corrected, rewritten
from shared.conditions.scanning import pieces
from shared.conditions.suggestions import INDEXES
from shared.events import Timeframe

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


def restated(error: ConditionError, text: str, read: Read, read_clause: Read, plainly: Read) -> ConditionError:
    """The error, or the one with the exact spelling of the whole text. ``plainly`` reads a text with errors that are explained."""
    if len(text) > _LONGEST or not (error.code in WITHOUT_SPELLING or _is_partial(error, text, read)):
        return error
    reader = ClauseReader(read, read_clause)
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
        if error.code == "useless" and accepts(example, plainly):  # the example is the whole text
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


def _spelling(reader: ClauseReader, text: str, error: ConditionError) -> str:
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
        return has_clauses(text)
    if error.code in _NEVER:
        typed = list(corrected(text, error))
        return bool(typed) and not accepts(typed[0], read)
    if error.code not in OF_A_PART or not text[error.position :].strip():
        return False
    if error.code == "elsewhere" and any(_compares_prices(each, read) for each in corrected(text, error)):
        return True
    return not any(accepts(each, read) for each in corrected(text, error))


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

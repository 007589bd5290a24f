"""Which words the language has a meaning for."""

from __future__ import annotations

from functools import cache
from typing import Final

from shared.conditions.columns import column_of, known_stem, parts
from shared.conditions.events import events
from shared.conditions.functions import is_function
from shared.conditions.lexicon import RESTATED
from shared.conditions.phrases import Table, phrases
from shared.conditions.scanning import Piece
from shared.conditions.suggestions import index_of

_COUNTING: Final = frozenset({"x", "straight", "consecutive", "consecutively", "running", "row"})
"""Words that are read with a number."""
_OTHER_SIGNS: Final = frozenset("−–。")
"""Signs that are read without being a phrase."""
_COMMENTS: Final = frozenset({"word", "hangul", "unknown"})


@cache
def loose() -> Table:
    """The loose phrases, each with the text that it may stand for."""
    found = Table()
    for value, words in RESTATED:
        found.add(words, ("TEXT", value))
    return found


def is_known(piece: Piece) -> bool:
    """Whether it is a word or a sign of the language, or names an index."""
    if piece.kind == "sign":
        return piece.text in _words()
    return not is_unknown(piece) or index_of(piece.text) != ""


def is_foreign(piece: Piece) -> bool:
    """Whether it is a sign that no condition has, as ``½``."""
    return piece.kind == "sign" and not piece.text.isascii() and piece.text not in _words() and piece.text not in _OTHER_SIGNS


def is_unknown(piece: Piece) -> bool:
    """Whether it is a word that the language has not."""
    if piece.kind != "word":
        return piece.kind == "unknown"
    name = piece.text.rpartition(".")[2]
    if piece.text in _words() or is_function(name) or known_stem(parts(name)[0]):
        return False
    return column_of(piece.text) is None and column_of(name) is None and name not in events() and not name.startswith("rs_")


def is_plain_word(piece: Piece) -> bool:
    """Whether it may stand in a comment: a word that names no value."""
    return piece.kind in _COMMENTS and column_of(piece.text) is None and known_stem(parts(piece.text)[0]) is None


@cache
def _words() -> frozenset[str]:
    return frozenset(phrases().words() | loose().words() | _COUNTING)

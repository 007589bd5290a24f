"""The pieces of a text: words, numbers, signs, and runs of Hangul divided into their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.conditions.korean import parts

_PIECE: Final = re.compile(
    r"(?P<space>\s+)|(?P<bracket>\[[^\[\]]*\])|(?P<clock>[0-9]{1,2}:[0-9]{2})|(?P<word>[0-9a-f]{32}(?![A-Za-z0-9_])|52[Ww]_?[A-Za-z_]*|[0-9]{6}\.[A-Za-z]{2}"
    r"|\^[A-Za-z][A-Za-z0-9]*|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<hangul>[가-힣]+)"
    r"|(?P<sign><=|>=|==|!=|<>|=>|=<|&&|\|\||.)",
    re.DOTALL,
)
"""Every text is a sequence of these. 32 hexadecimal digits are a word: the id of a sequence of signals. Digits of other scripts are
signs, which nothing accepts."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text."""

    kind: str
    """``word``, ``number``, ``clock``, ``bracket``, ``hangul``, ``unknown`` (Hangul that is no known word) or ``sign``."""
    text: str
    """In lower case; a bracket as typed."""
    at: int
    end: int


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a normalised text, in order; spaces are the gaps between them."""
    for match in _PIECE.finditer(text):
        kind, found, at = str(match.lastgroup), match[0], match.start()
        if kind == "hangul":
            yield from _hangul(found, at)
        elif kind == "bracket":
            yield Piece(kind, found, at, match.end())
        elif kind != "space":
            yield Piece(kind, found.lower(), at, match.end())


def _hangul(run: str, at: int) -> Iterator[Piece]:
    found = parts(run)
    if not found:
        yield Piece("unknown", run, at, at + len(run))
    for part in found:
        yield Piece("hangul", part, at, at + len(part))
        at += len(part)

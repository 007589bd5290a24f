"""Numbers with thousands and units: ``1,000``, ``1.5M``, ``5천만``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from shared.conditions.phrases import units
from shared.conditions.scanning import Piece


def amount(pieces: Sequence[Piece], at: int, *, grouped: bool) -> tuple[str, int]:
    """The number with its thousands and units, and the index behind it. ``grouped``: commas do not separate arguments here."""
    text, end = pieces[at].text, at + 1
    while (
        grouped
        and text.isdecimal()
        and end + 1 < len(pieces)
        and pieces[end].text == ","
        and _is_group(pieces, end, first=end == at + 1)
    ):
        text, end = text + pieces[end + 1].text.partition(".")[0] + _fraction(pieces[end + 1].text), end + 2
        if "." in text:
            break
    found = units().longest(pieces, end)
    if found and len(text) < 30:
        (_, factor), after = found
        single = pieces[end].text.isascii() and len(pieces[end].text) == 1
        if not single or (pieces[end].at == pieces[end - 1].end and not _is_name_next(pieces, after)):
            return _with_rest(pieces, Decimal(text) * int(factor), int(factor), after)
    return text, end


def _with_rest(pieces: Sequence[Piece], value: Decimal, factor: int, end: int) -> tuple[str, int]:
    """``7만 5천``, ``1억 5천만``: what is counted in a smaller Korean unit is added."""
    while pieces[end - 1].kind == "hangul" and end + 1 < len(pieces) and pieces[end].kind == "number":
        smaller = units().longest(pieces, end + 1)
        if smaller is None or pieces[end + 1].kind != "hangul" or int(smaller[0][1]) >= factor or len(pieces[end].text) > 8:
            break
        factor = int(smaller[0][1])
        value, end = value + Decimal(pieces[end].text) * factor, smaller[1]
    return f"{value:f}", end


def _is_group(pieces: Sequence[Piece], comma: int, *, first: bool) -> bool:
    before, sign, after = pieces[comma - 1], pieces[comma], pieces[comma + 1]
    whole = after.text.partition(".")[0]
    touching = before.end == sign.at and sign.end == after.at
    return (
        after.kind == "number" and len(whole) == 3 and touching and "e" not in after.text and (not first or len(before.text) <= 3)
    )


def _fraction(text: str) -> str:
    whole, point, rest = text.partition(".")
    return f"{point}{rest}" if whole and rest else ""


def _is_name_next(pieces: Sequence[Piece], at: int) -> bool:
    return at < len(pieces) and pieces[at].text == "("

"""What is known while a text is read: its pieces, the items so far, and what the last of them decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.conditions.columns import known_stem
from shared.conditions.events import events
from shared.conditions.items import Item
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import timeframe

_OF_PRICE: Final = frozenset({"new_high", "new_low", "gap"})
_NO_NAMES: Final = frozenset({"of", "by", "within"})
CLAUSE_ENDS: Final = frozenset({"and", "or", "on", "in", "with", "while", "but", ",", ";", "&", "&&", "|", "||", ")", "?"})


@dataclass
class State:
    """A text that is read from left to right."""

    text: str
    pieces: list[Piece]
    items: list[Item] = field(default_factory=list)
    calls: list[bool] = field(default_factory=list)
    """For each open parenthesis: whether it is that of a call."""

    def last_name(self) -> str:
        """The value that was named last; ``of`` in ``200% of average`` is none."""
        return next((item.value for item in reversed(self.items) if item.type == "NAME" and item.value not in _NO_NAMES), "")

    def is_undirected(self) -> bool:
        """Whether the last relation of the clause is a crossing without a direction."""
        last = next((item for item in reversed(self.items) if item.type in {"COMPARE", "CROSS", "AND", "OR"}), None)
        return last is not None and last.type == "CROSS" and last.value == "crosses"

    def has_value(self) -> bool:
        """Whether a value stands in the clause already."""
        for item in reversed(self.items):
            if item.type in {"AND", "OR", "NOT"}:
                return False
            if item.type not in {"COMPARE", "CROSS", "FRAME", "FRAME_WHOLE"}:
                return True
        return False

    def ends_clause(self, part: Sequence[Piece]) -> bool:
        """Whether nothing that is compared follows: ``70 or higher and``; ``50% or more below`` is a share."""
        behind = next((piece for piece in self.pieces if piece.at >= part[-1].end), None)
        if behind is None or behind.text in CLAUSE_ENDS or self._is_last_timeframe(behind):
            return True
        return part[-1].text in {"more", "less"} and behind.kind == "word" and not known_stem(behind.text)

    def _is_last_timeframe(self, piece: Piece) -> bool:
        """``macd crosses zero down 1h``."""
        return piece.kind == "number" and timeframe(self.text[piece.at :].rstrip(" .!?")) is not None

    def is_end(self, at: int) -> bool:
        return at >= len(self.pieces) or self.pieces[at].text in CLAUSE_ENDS

    def drop_price(self, rule: str) -> None:
        """``price makes a new high``, ``price gaps up``: the rule is of the price anyway."""
        about_price = rule in _OF_PRICE or (rule in events() and events()[rule].pattern)
        if about_price and self.items and self.items[-1].type == "NAME" and self.items[-1].value in {"close", "price"}:
            self.items.pop()

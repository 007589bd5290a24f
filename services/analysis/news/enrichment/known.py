"""What is known of instruments, and the forms of the data files of this package."""

from __future__ import annotations

import msgspec


class KnownInstrument(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument that stories are linked to, as the table of instruments has it."""

    symbol: str
    name_en: str
    name_ko: str
    kind: str
    aliases: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()


class NameLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of ``names.jsonl``: names of an instrument, and when they do not mean it.

    The words of ``needs`` and ``unless`` are looked for around the name: at the start of a word, or anywhere if they are Hangul.
    """

    names: tuple[str, ...]
    symbol: str | None
    """Null: what has this name is none of the instruments, though a part of the name is one's."""
    exact: bool = False
    """Only in these capitals."""
    language: str = ""
    """Only in texts of this language."""
    amounts: bool = False
    """The name is a unit of money too: behind an amount it is not the instrument."""
    needs: tuple[str, ...] = ()
    """At least one of these is near, or a feed or a ticker says that the text is about the instrument."""
    unless: tuple[str, ...] = ()
    """None of these is near."""


class TopicLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of ``topics.jsonl``: words that an industry is written about with."""

    industry: str | None
    """Null: the words contain a word of an industry and have nothing to do with it."""
    words: tuple[str, ...]
    """With a capital letter: only in these capitals."""
    whole: bool = False
    """A word of Hangul stands alone, or with a particle; else it may be a part of a compound."""
    companies: bool = False
    """They are names of companies that are no instruments: whole, and with a capital letter."""


class CueLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of ``cues.jsonl``: words that speak for a category."""

    category: str | None
    """Null: the words contain a cue and speak for nothing."""
    weight: float = 1.0
    words: tuple[str, ...]
    """With a capital letter: only in these capitals."""


class WeightsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``category_weights.json``: a linear function of an embedding for each category."""

    model: str
    intercepts: dict[str, float]
    weights: dict[str, tuple[float, ...]]

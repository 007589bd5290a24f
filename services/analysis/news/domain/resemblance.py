"""Whether two headlines are about one event.

Headlines of one template ("X third-quarter profit rises 5% to 3 billion") have nearly equal vectors, so what decides first is
whether instruments, subjects, figures and claims exclude each other. Then the cosine must exceed a margin over that of unrelated
headlines (about 0.80 in one language, 0.76 across two), which is smaller the more the headlines share, and grows with the time
between them.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from services.analysis.news.domain.quantities import Quantity, agree, quantities
from services.analysis.news.domain.subjects import subjects
from services.analysis.news.domain.wording import claims, contradict, words

HOUR_MS: Final = 3_600_000
SAME_LANGUAGE: Final = (0.94, 0.915, 0.88, 0.87)
ACROSS_LANGUAGES: Final = (0.85, 0.82, 0.795, 0.79)
"""The least cosine where 0, 1, 2 or 3 of these are shared: an instrument, a subject, a figure."""
LEAST: Final = (SAME_LANGUAGE[-1], ACROSS_LANGUAGES[-1])
"""The cosines below which two titles are never one event: in one language, and in two."""
AN_HOUR_LATER: Final = 0.0006
"""What each hour between two headlines adds to the least cosine."""
NEARLY_VERBATIM: Final = 0.6
"""The Jaccard index of groups of four characters from which two headlines of one language are the same where one has no vector."""
GENERAL_HOURS: Final = 10
"""Headlines that share no instrument and no amount are one event within this time: the next day's market report is another."""
MOST_HOURS: Final = 48
_PERIODS: Final = frozenset({"quarter", "month", "year"})


class Traits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a headline is compared beside its vector."""

    korean: bool
    quantities: tuple[Quantity, ...] = ()
    subjects: frozenset[tuple[str, str]] = frozenset()
    claims: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    """Symbols of the instruments that it is about."""


class _Language(msgspec.Struct, frozen=True):
    korean: bool


pack: Final = msgspec.json.Encoder().encode
"""Traits as JSON, as the index and the table keep them: most are never compared."""
unpack: Final = msgspec.json.Decoder(Traits).decode
_language: Final = msgspec.json.Decoder(_Language).decode


def is_korean(packed: bytes) -> bool:
    """Whether the headline of packed traits is Korean."""
    return _language(packed).korean


def traits(title: str, links: frozenset[str]) -> Traits:
    """The traits of a headline that is about the instruments ``links``."""
    spaced = words(title)
    return Traits(
        korean=any("가" <= letter <= "힣" for letter in spaced),
        quantities=quantities(title),
        subjects=subjects(spaced),
        claims=claims(spaced),
        links=links,
    )


def exclude(one: Traits, other: Traits) -> str:
    """Why two headlines cannot be one event: ``claims``, ``instruments``, a kind of subject or of figure; empty where they can."""
    if contradict(one.claims, other.claims):
        return "claims"
    if one.links and other.links and one.links.isdisjoint(other.links):
        return "instruments"
    for kind in {kind for kind, _ in one.subjects} & {kind for kind, _ in other.subjects}:
        if not any(each[0] == kind for each in one.subjects & other.subjects):
            return kind
    for kind in {each.kind for each in one.quantities} & {each.kind for each in other.quantities}:
        if not any(agree(a, b) for a in one.quantities for b in other.quantities if a.kind == b.kind == kind):
            return kind
    return ""


def margin(one: Traits, other: Traits, cosine: float, jaccard: float, gap_ms: int) -> float | None:
    """How far the cosine of two headlines is above the least one; None: they are two events.

    ``cosine`` is NaN where one has no vector; ``jaccard`` is that of their groups of four characters;
    ``gap_ms`` is the time between them.
    """
    hours = abs(gap_ms) / HOUR_MS
    figures = [a for a in one.quantities for b in other.quantities if a.kind == b.kind and a.kind not in _PERIODS and agree(a, b)]
    particular = bool(one.links & other.links) or any(each.kind != "share" for each in figures)
    if hours > (MOST_HOURS if particular else GENERAL_HOURS) or exclude(one, other):
        return None
    if math.isnan(cosine):
        found = jaccard - NEARLY_VERBATIM
        return found if found >= 0 else None
    shared = bool(one.links & other.links) + bool(one.subjects & other.subjects) + bool(figures)
    least = (SAME_LANGUAGE if one.korean == other.korean else ACROSS_LANGUAGES)[shared] + AN_HOUR_LATER * hours
    return cosine - least if cosine >= least else None


def most_margin(korean: bool, other_korean: bool, cosine: float, jaccard: float) -> float:
    """The most that ``margin`` can be whatever two headlines share; below 0: they are two events."""
    return jaccard - NEARLY_VERBATIM if math.isnan(cosine) else cosine - LEAST[korean != other_korean]

"""The labelled sample of headlines, its two parts, and the instruments that it is about."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

from services.analysis.news.enrichment.known import KnownInstrument
from services.ingest.domain.universe import parse_universe
from services.ingest.settings import HERE as INGEST

SAMPLE = Path(__file__).parent / "headlines.jsonl"


class Headline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    language: str
    category: str
    symbols: tuple[str, ...]
    """Instruments that it names."""
    topics: tuple[str, ...]
    """Industries that it is about beyond those of its instruments."""
    written: int = 1
    """Before the rules (1), after them (2, used to change them), after the last change of them (3)."""

    @property
    def untouched(self) -> bool:
        """Whether it is in the part that is never looked at while rules are changed."""
        if self.written > 1:
            return self.written == 3
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


@cache
def headlines() -> tuple[Headline, ...]:
    lines = SAMPLE.read_text("utf-8").splitlines()[1:]  # the first says what the sample is
    return tuple(msgspec.json.decode(line, type=Headline) for line in lines)


@cache
def instruments() -> tuple[KnownInstrument, ...]:
    with (INGEST / "universe.jsonl").open(encoding="utf-8") as lines:
        found = parse_universe(lines).instruments
    return tuple(
        KnownInstrument(
            symbol=each.symbol,
            name_en=each.name_en,
            name_ko=each.name_ko,
            kind=each.kind,
            aliases=each.aliases,
            industries=each.industries,
        )
        for each in found
    )


def industries_of(headline: Headline) -> frozenset[str]:
    """Those of its instruments and its topics."""
    own = {each.symbol: each.industries for each in instruments()}
    return frozenset(headline.topics) | {industry for symbol in headline.symbols for industry in own[symbol]}

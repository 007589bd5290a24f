"""Replies of the bot about industries and markets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.notifier.domain.formatting import percent, price
from services.notifier.domain.industries import IndustryIndex
from services.notifier.domain.instruments import InstrumentIndex
from services.notifier.domain.preferences import local_time
from services.notifier.domain.recipients import Chat
from services.notifier.domain.replies import display_name
from services.notifier.domain.rule_texts import name as rule_name
from services.notifier.domain.telegram_html import escape
from services.notifier.words.catalogue import phrase
from shared.events import IndustryMember, IndustryView, Mover

SHOWN_RULES: Final = 5
SHOWN_STRONGEST: Final = 3


def list_text(industries: IndustryIndex, language: str) -> str:
    """One line for each industry: markets first, then by median move, highest first."""
    if not industries.views:
        return phrase(language, "industries-none")
    lines = [phrase(language, "industries")]
    lines += [
        f"{_arrow(view.median_move)} {_name(view, language)} {percent(view.median_move)} "
        f"(▲{view.advances} ▼{view.declines}) <code>{escape(view.industry, 48)}</code>"
        for view in industries.views
    ]
    if any(view.replayed for view in industries.views):
        lines.append(phrase(language, "replayed"))
    return "\n".join([*lines, phrase(language, "industry-help")])


def missing_text(name: str, industries: IndustryIndex, language: str) -> str:
    """The reply for an unknown industry, with suggestions."""
    line = phrase(language, "no-such-industry", asked=escape(name, 40))
    near = industries.suggestions(name)
    if near:
        names = ", ".join(f"<code>{escape(view.industry, 48)}</code> {_name(view, language)}" for view in near)
        return line + " " + phrase(language, "did-you-mean", names=names)
    return line + " " + phrase(language, "industry-list")


def view_text(view: IndustryView, index: InstrumentIndex, chat: Chat) -> str:
    """The newest view of one industry or market; unknown values are left out."""
    language = chat.language
    lines = [f"<b>{_name(view, language)}</b> (<code>{escape(view.industry, 48)}</code>)"]
    lines.append(f"{phrase(language, 'median')}: {percent(view.median_move)}")
    counts = {"up": view.advances, "down": view.declines, "still": view.unchanged, "missing": view.missing}
    lines.append(phrase(language, "breadth", **counts))
    for n, share, of in ((50, view.above_sma_50, view.sma_50_of), (200, view.above_sma_200, view.sma_200_of)):
        if share is not None:
            lines.append(phrase(language, "above-sma", n=n, share=f"{share * 100:.0f}%", of=of))
    for word, movers in (("leaders", view.leaders), ("laggards", view.laggards)):
        if movers:
            lines.append(f"{phrase(language, word)}: {', '.join(_mover(mover, index, language) for mover in movers)}")
    if strongest := _strongest(view.members, market=view.kind == "market"):
        ranking = ", ".join(f"{_instrument_name(symbol, index, language)} {percent(value, 1)}" for symbol, value in strongest)
        lines.append(f"{phrase(language, 'strongest-market' if view.kind == 'market' else 'strongest-industry')}: {ranking}")
    if view.signals_by_rule:
        most_frequent = sorted(view.signals_by_rule, key=lambda rule: (-rule.up - rule.down, rule.rule))[:SHOWN_RULES]
        rules = ", ".join(f"{escape(rule_name(rule.rule, language), 48)} {rule.up + rule.down}" for rule in most_frequent)
        lines.append(phrase(language, "signals-today", up=view.signals_up, down=view.signals_down, rules=rules))
    lines.append(f"{phrase(language, 'at')}: {local_time(view.ts_event, chat)}")
    if view.replayed:
        lines.append(phrase(language, "replayed"))
    return "\n".join([*lines, phrase(language, "advice")])


def _name(view: IndustryView, language: str) -> str:
    return escape((view.name_ko if language == "ko" else view.name_en) or view.industry, 60)


def _instrument_name(symbol: str, index: InstrumentIndex, language: str) -> str:
    return escape(display_name(index.get(symbol), language), 40)


def _mover(mover: Mover, index: InstrumentIndex, language: str) -> str:
    price_text = escape(price(mover.last_price, index.get(mover.symbol)))
    return f"{_instrument_name(mover.symbol, index, language)} {percent(mover.move)} ({price_text})"


def _strongest(members: Sequence[IndustryMember], *, market: bool) -> list[tuple[str, float]]:
    """The members with the highest relative strength over 63 sessions: against the industry, or in a market against its index."""
    known = []
    for member in members:
        strength = member.against_market if market else member.against_industry
        if strength is not None and strength.over_63 is not None:
            known.append((member.symbol, strength.over_63))
    return sorted(known, key=lambda one: (-one[1], one[0]))[:SHOWN_STRONGEST]


def _arrow(move: float | None) -> str:
    return "·" if not move else "▲" if move > 0 else "▼"

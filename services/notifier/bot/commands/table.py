"""All commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.notifier.bot.commands.alerts import alerts, unalert
from services.notifier.bot.commands.analyze import analyze, chart, compare, top
from services.notifier.bot.commands.backtest import backtest
from services.notifier.bot.commands.brief import brief
from services.notifier.bot.commands.build import build
from services.notifier.bot.commands.conditions import alert
from services.notifier.bot.commands.explain import explain
from services.notifier.bot.commands.flags import show_flags
from services.notifier.bot.commands.help import show_help
from services.notifier.bot.commands.industry import industry
from services.notifier.bot.commands.language import lang
from services.notifier.bot.commands.link import link
from services.notifier.bot.commands.mute import mute
from services.notifier.bot.commands.news import ALERTS, news
from services.notifier.bot.commands.operator import broadcast, stats
from services.notifier.bot.commands.payments import grant, refund, show_payments
from services.notifier.bot.commands.premium import paysupport, premium, terms
from services.notifier.bot.commands.price import price
from services.notifier.bot.commands.privacy import export, forget, privacy
from services.notifier.bot.commands.quality import quality
from services.notifier.bot.commands.rules import rules
from services.notifier.bot.commands.settings import settings
from services.notifier.bot.commands.setup import setup
from services.notifier.bot.commands.signals import signals
from services.notifier.bot.commands.start import start
from services.notifier.bot.commands.status import status
from services.notifier.bot.commands.watch import show_list, unwatch, watch
from services.notifier.bot.commands.why import record, why
from services.notifier.bot.ports import CommandFunction


@dataclass(frozen=True)
class Command:
    """A command's function, and whether it changes the chat's settings."""

    run: CommandFunction
    changes: bool = False
    """It changes settings when it has arguments; without arguments it only shows them."""
    bare: bool = False
    """It changes settings even without arguments."""
    changing: str = ""
    """It changes settings only where this is the first of several words of its arguments."""
    operator: bool = False
    """Only the operator may use it; to others it does not exist."""
    flag: str = ""
    """The feature that it belongs to: an operator can switch that off."""
    premium: str = ""
    """Only chats with premium may use it; to others the phrase with this key says what it is."""
    listed: bool = True
    """It is in the menu, with the description ``menu-NAME`` of the catalogue."""

    def alters(self, arguments: str) -> bool:
        """Whether it changes settings with these arguments."""
        if self.changing:
            word, _, rest = arguments.casefold().partition(" ")
            return word == self.changing and bool(rest)
        return self.changes and (bool(arguments) or self.bare)


COMMANDS: Final[dict[str, Command]] = {
    "price": Command(price),
    "watch": Command(watch, changes=True),
    "unwatch": Command(unwatch, changes=True),
    "list": Command(show_list),
    "signals": Command(signals),
    "news": Command(news, changing=ALERTS, flag="news"),
    "alert": Command(alert, changes=True, flag="conditions"),
    "build": Command(build, changes=True, flag="conditions"),
    "alerts": Command(alerts, changes=True),
    "unalert": Command(unalert, changes=True),
    "explain": Command(explain),
    "backtest": Command(backtest, flag="backtest", premium="premium-backtest"),
    "brief": Command(brief, flag="briefings"),
    "industry": Command(industry),
    "top": Command(top, flag="analysis"),
    "analyze": Command(analyze, flag="analysis"),
    "chart": Command(chart, flag="analysis"),
    "compare": Command(compare, flag="analysis", premium="premium-compare"),
    "quality": Command(quality),
    "rules": Command(rules, changes=True),
    "mute": Command(mute, changes=True),
    "settings": Command(settings, changes=True),
    "lang": Command(lang, changes=True),
    "premium": Command(premium, flag="premium"),
    "status": Command(status),
    "help": Command(show_help),
    "link": Command(link, changes=True, listed=False),
    "privacy": Command(privacy),
    "export": Command(export, changes=True, bare=True, listed=False),
    "forget": Command(forget, changes=True, bare=True, listed=False),
    "paysupport": Command(paysupport, listed=False),
    "terms": Command(terms, listed=False),
    "payments": Command(show_payments, operator=True, listed=False),
    "refund": Command(refund, operator=True, listed=False),
    "grant": Command(grant, operator=True, listed=False),
    "flags": Command(show_flags, operator=True, listed=False),
    "stats": Command(stats, operator=True, listed=False),
    "broadcast": Command(broadcast, operator=True, listed=False),
    "why": Command(why, listed=False),
    "record": Command(record, listed=False),
    "setup": Command(setup, changes=True, listed=False),
    "start": Command(start, changes=True, bare=True, listed=False),
}
"""In the order of the menu."""

"""``python -m services.ingest`` runs ingest; ``check`` verifies its settings; ``feeds`` shows news feeds and tries them."""

import argparse
import asyncio
import sys

from services.ingest.adapters.instruments import read_universe
from services.ingest.domain.feeds.feed import FeedError
from services.ingest.domain.universe import UniverseError
from services.ingest.settings import IngestSettings
from shared.settings import EXIT_BAD_SETTINGS, read_settings

parser = argparse.ArgumentParser(prog="python -m services.ingest", description="Publishes prices, history and news into the mesh.")
roles = parser.add_subparsers(dest="role", metavar="run|check|feeds")
roles.add_parser("run", help="run ingest (the default)")
roles.add_parser("check", help="verify that settings, universe, feeds, tape and database fit together, and exit")
feeds = roles.add_parser("feeds", help="news feeds: list them, or read one and show what it would publish")
commands = feeds.add_subparsers(dest="command", required=True)
commands.add_parser("list", help="the feeds of NEWS_FEEDS")
checked = commands.add_parser("check", help="read a feed once and show what it would publish, or why nothing")
checked.add_argument("feed", nargs="?", default="", help="URL, feed or line of NEWS_FEEDS; without it the first feed of each line")
checked.add_argument("--language", choices=("en", "ko"), default="en", help="of a URL that is not in NEWS_FEEDS")
given = parser.parse_args()
settings = read_settings(IngestSettings)
if given.role == "feeds":
    from services.ingest.news import check_feeds, list_feeds

    try:
        universe = read_universe(settings.universe)
        if given.command == "list":
            list_feeds(settings, universe)
        elif not asyncio.run(check_feeds(settings, universe, given.feed, given.language)):
            sys.exit(1)
    except (FeedError, UniverseError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(EXIT_BAD_SETTINGS)
else:
    from services.ingest.checks import check, check_stores

    origin = check(settings)
    if given.role == "check":
        check_stores(settings, origin)
    else:
        from services.ingest.app import build
        from shared.runtime import run

        run("ingest", settings, build)

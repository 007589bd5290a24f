"""``news show STORY`` and ``news split STORY ARTICLE``: look at a story, and take an article out of it."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
import time
from collections.abc import Sequence
from typing import Final

from services.analysis.news.adapters.story_commands import StoryCommands
from services.analysis.news.settings import NewsSettings
from shared import logs
from shared.db import open_database
from shared.failures import TransientError
from shared.migrations.revision import current, no_tables
from shared.settings import read_settings

WAIT_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.2


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code is 1 if it fails."""
    chosen = _parser().parse_args(arguments)
    settings = read_settings(NewsSettings)
    logs.hide_secrets(logs.secrets_of(settings))
    try:
        if asyncio.run(current(settings.database_url)) is None:
            return _fail(no_tables(settings.database_url))
        if chosen.command == "show":
            return asyncio.run(_show(settings, chosen.story))
        return asyncio.run(_split(settings, chosen.story, chosen.article, chosen.wait))
    except (TransientError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.analysis news", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="print a story, its articles, and which title brought each of them in")
    show.add_argument("story", metavar="STORY", help="its id, as /v1/news gives it")
    split = commands.add_parser("split", help="take an article out of a story; it becomes a story of its own")
    split.add_argument("story", metavar="STORY")
    split.add_argument("article", metavar="ARTICLE", help="its id, as show prints it")
    split.add_argument("--wait", type=float, default=WAIT_SECONDS, metavar="SECONDS", help="for the running role to do it")
    return parser


async def _show(settings: NewsSettings, story_id: str) -> int:
    async with open_database(settings.database_url) as database:
        found = await StoryCommands(database).story(story_id)
    if found is None:
        return _fail(f"there is no story {story_id}")
    story, members = found
    out = [f"{story.title}", f"revision {story.revision}, first seen {_time(story.first_seen)}, importance {story.importance}"]
    out += [f"split from {story.split_from}"] if story.split_from else []
    for member in members:
        article = member.article
        near = f"near {member.nearest}" + (f", cosine {member.cosine:.3f}" if member.cosine is not None else "")
        out.append(f"{article.id}  {_time(article.ts_event)}  {article.publisher}  {near if member.nearest else 'first'}")
        out.append(f"    {article.title}")
    sys.stdout.write("\n".join(out) + "\n")
    return 0


async def _split(settings: NewsSettings, story_id: str, article_id: str, wait: float) -> int:
    async with open_database(settings.database_url) as database:
        commands = StoryCommands(database)
        await commands.request_split(story_id, article_id, time.time_ns() // 1_000_000)
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            answer = await commands.answer(story_id, article_id)
            if answer.error:
                return _fail(answer.error)
            if answer.new_story_id:
                sys.stdout.write(f"{answer.new_story_id}\n")
                return 0
            await asyncio.sleep(LOOK_SECONDS)
    return _fail(f"not done after {wait:g} s: it is done when python -m services.analysis news runs")


def _fail(message: str) -> int:
    sys.stderr.write(f"error: {message}\n")
    return 1


def _time(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")

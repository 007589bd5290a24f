"""``python -m shared.migrations upgrade [REVISION] | downgrade REVISION | current | check`` on the database of DATABASE_URL."""

from __future__ import annotations

import argparse
import asyncio
import sys

from alembic.util import CommandError

from shared.failures import TransientError
from shared.migrations import command
from shared.migrations.revision import current
from shared.settings import EXIT_BAD_SETTINGS, MeshSettings, read_settings


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 1 if ``check`` found differences or the database is not available."""
    parser = argparse.ArgumentParser(prog="python -m shared.migrations", description=__doc__)
    parser.add_argument("command", choices=("upgrade", "downgrade", "current", "check"))
    parser.add_argument("revision", nargs="?")
    chosen = parser.parse_args(arguments)
    if chosen.command == "downgrade" and not chosen.revision:
        parser.error("downgrade needs a revision; base removes every table")
    try:
        return asyncio.run(_run(chosen.command, chosen.revision, read_settings(MeshSettings).database_url))
    except CommandError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_BAD_SETTINGS
    except TransientError as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _run(name: str, revision: str | None, url: str) -> int:
    match name:
        case "check":
            found = await command.differences(url)
            sys.stdout.write("\n".join(found) + "\n" if found else "the database matches shared.tables\n")
            return 1 if found else 0
        case "upgrade":
            at = await command.upgrade(url, revision or "head")
        case "downgrade":
            at = await command.downgrade(url, revision or "base")
        case _:
            at = await current(url)
    sys.stdout.write(f"{at or 'empty'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m services.gateway``: the service; with a command (``--help``) what an operator does beside it."""

import sys


def main() -> None:
    """Run the service, or the command that is named."""
    if sys.argv[1:]:
        from services.gateway.command.commands import commands

        commands(prog_name="python -m services.gateway")
        return
    from services.gateway.app import build
    from services.gateway.settings import Settings
    from shared.runtime import run
    from shared.settings import read_settings

    run("gateway", read_settings(Settings), build)


if __name__ == "__main__":
    main()

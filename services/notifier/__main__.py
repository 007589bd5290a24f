"""``python -m services.notifier``: alerts and the bot. It takes no arguments."""

import argparse


def main() -> None:
    """Run the service."""
    argparse.ArgumentParser(
        prog="python -m services.notifier",
        description="Sends alerts to chats and channels, and answers the bot. It takes no arguments; its settings are environment "
        "variables (docs/operating.md).",
    ).parse_args()
    from services.notifier.app import build
    from services.notifier.settings import NotifierSettings
    from shared.runtime import run
    from shared.settings import read_settings

    run("notifier", read_settings(NotifierSettings), build)


if __name__ == "__main__":
    main()

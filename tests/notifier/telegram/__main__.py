"""``python -m tests.notifier.telegram --port 25000``: the stand-in as a process, for end-to-end tests.

``GET /accepted`` returns the accepted messages, ``POST /updates`` adds an update to the queue.
"""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.notifier.telegram.faults import by_chance
from tests.notifier.telegram.server import TOKEN, open_telegram


async def main() -> None:
    options = argparse.ArgumentParser(description="A stand-in of Telegram's Bot API.")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    for name in ("refuse", "cut-before", "cut-after"):
        options.add_argument(f"--{name}", type=float, default=0.0, help="share of messages")
    arguments = options.parse_args()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with open_telegram(
        by_chance(arguments.seed, arguments.refuse, arguments.cut_before, arguments.cut_after), arguments.port
    ) as telegram:
        print(f"TELEGRAM_API={telegram.base} TELEGRAM_BOT_TOKEN={TOKEN}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(main())

"""A service for the tests of the runtime: ``python -m tests.shared.service_process HOW`` with settings by environment."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog
from pydantic import SecretStr

from shared.failures import TransientError
from shared.runtime import Lifecycle, Task, run
from shared.settings import MeshSettings

HOW = sys.argv[1] if len(sys.argv) > 1 else "clean"
log = structlog.get_logger("test")


class Settings(MeshSettings):
    api_secret: SecretStr = SecretStr("canary-one-kestrel")


@asynccontextmanager
async def build(settings: Settings, lifecycle: Lifecycle) -> AsyncIterator[Mapping[str, Task]]:
    if HOW == "start":
        raise TransientError("no broker at mysql://fin:canary-two-kestrel@db/x")
    if HOW == "start-cancelled":
        raise asyncio.CancelledError
    if HOW == "start-hangs":
        log.info("hanging")
        await asyncio.Event().wait()

    async def work() -> None:
        log.info("working", note=f"the secret is {settings.api_secret.get_secret_value()}", password="canary-three-kestrel")
        match HOW:
            case "fails":
                raise RuntimeError("https://api.telegram.org/bot123456789:canaryfourcanaryfourcanaryfourkestrel/getMe failed")
            case "returns":
                return
            case "cancelled":
                lost = asyncio.get_running_loop().create_future()
                lost.cancel()
                await lost
            case "exits":
                sys.exit(0)
            case "stubborn":
                while True:
                    try:
                        await asyncio.Event().wait()
                    except asyncio.CancelledError:
                        log.info("cancelled")
                        raise
        await lifecycle.stopping.wait()
        log.info("draining")
        if HOW == "second":
            await asyncio.Event().wait()
        if HOW == "drain-cancelled":
            raise asyncio.CancelledError

    async def other() -> None:
        await lifecycle.stopping.wait()
        log.info("other drained")

    lifecycle.on_ready("fine", lambda: HOW != "unready")
    lifecycle.on_alive("fine", lambda: True)
    try:
        yield {"work": work, "other": other}
    finally:
        if HOW == "close-fails":
            raise ConnectionError("cannot close")
        if HOW == "close-cancelled":
            raise asyncio.CancelledError
        log.info("closed")


if __name__ == "__main__":
    run("test-service", Settings(), build)

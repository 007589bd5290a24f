"""Compiles a kind of indicator in a child process at low priority, so that the event loop does not wait."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

LIMIT_SECONDS: Final = 600.0
"""A kind takes about a second; on a machine with other work many times that."""


async def compile_kind(kind: str, folder: Path) -> str:
    """Compiles a kind into the folder of compiled kernels; returns the error, empty if there is none."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.analysis", "compile-kinds", kind),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "CACHE": str(folder.parent)},
        cwd=Path(__file__).parents[2],
    )
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            _, errors = await process.communicate()
    except TimeoutError:
        errors = f"not done after {LIMIT_SECONDS:g} s".encode()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode == 0:
        return ""
    return errors.decode("utf-8", "replace")[-2000:] or f"exit code {process.returncode}"

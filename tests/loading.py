"""A plugin of pytest that loads what nearly every process of tests would load for itself, before they are forked.

Another process loads the services at the same time, and starts them for all.
"""

from __future__ import annotations

import pytest

from tests.preloading.process import PreloadingServer


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Load it, if there are tests to run."""
    if session.items and not session.testsfailed and not session.config.option.collectonly:
        PreloadingServer.shared = PreloadingServer("--everything")
        load()


def load() -> None:
    """The machine code of the engine, of its chart patterns and of every kind of indicator; the parser of conditions."""
    from services.analysis.kernels import machine_code
    from services.analysis.kernels.indicators.table import KINDS
    from services.analysis.kernels.plan import plan
    from services.analysis.kernels.rehearsal import rehearse_history, rehearse_kind
    from services.analysis.live.domain.preload import rehearse
    from shared.conditions import parse
    from tests.analysis import market

    code = machine_code.load(market.KERNELS)
    rehearse(market.series())
    rehearse_history(plan(), code)
    for kind in KINDS:
        rehearse_kind(kind, code)
    parse("close > 0")

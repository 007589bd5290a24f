"""Bars that cannot be: the engine lets none of them in, and no kernel raises, hangs or leaves its arrays on them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.kernels import machine_code
from services.analysis.kernels.closed_bars import adjusted
from services.analysis.live.domain.provided_bars import of_history
from shared.events import History, ProviderBar, Timeframe
from tests.analysis import checked
from tests.analysis.market import KERNELS
from tests.analysis.samples import WRONG, wrong


@pytest.mark.parametrize("seed", range(40))
def test_no_kernel_raises(seed: int) -> None:
    assert checked.run(machine_code.load(KERNELS), machine_code.load_patterns(KERNELS), wrong(seed)) == 300


@pytest.mark.timeout(900)
def test_no_kernel_reads_outside_of_its_arrays() -> None:
    """The same with every access checked: compiled anew, into a folder of its own, whenever a kernel has changed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.analysis.checked", str(KERNELS / "checked")],
        env=os.environ | {"NUMBA_BOUNDSCHECK": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=800,
    )
    assert (done.returncode, done.stdout) == (0, "an access outside is detected\n40 series\n"), done.stderr[-2000:]


amounts = st.sampled_from((*WRONG, 100.0, 101.0, 99.0)) | st.floats(width=64)


@settings(max_examples=300, deadline=None)
@given(values=st.tuples(amounts, amounts, amounts, amounts, amounts), factors=st.tuples(amounts, amounts))
def test_history_accepts_valid_bars_only(values: tuple[float, ...], factors: tuple[float, float]) -> None:
    names = ("open", "high", "low", "close", "volume")
    prices: dict[str, Any] = dict(zip(names, values, strict=True))
    bar = ProviderBar(ts_open=1, ts_close=2, price_factor=factors[0], split_factor=factors[1], **prices)
    message = History(symbol="A", exchange="NYSE", timeframe=Timeframe.D1, bars=(bar,), ts_event=2, ts_init=2, source="provider")
    bars = of_history([message], 2)
    possible = all(0 < price <= 1e9 for price in values[:4]) and 0 <= values[4] < math.inf
    sane = all(0 < factor < math.inf for factor in factors)
    assert len(bars) <= (possible and sane)
    inputs = adjusted(bars)
    for o, h, l, c, v in zip(inputs.open, inputs.high, inputs.low, inputs.close, inputs.volume, strict=True):
        assert np.isfinite([o, h, l, c, v]).all()
        assert 0 < l <= min(o, c) <= max(o, c) <= h
        assert v >= 0

"""Parts in copies of the process: the same answers in the same order, the same errors, and nothing left running."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from services.analysis.research.quality.blocks import BlockSums, _starts
from services.analysis.research.quality.forked import PartError, forked
from services.analysis.research.quality.records import records
from tests.research.quality.markets import KERNELS, RULES, walks
from tests.research.role import ROOT


def test_records_are_those_of_one_process() -> None:
    market = walks(5, 1400, 3)
    one, other = records(market, RULES, KERNELS), records(market, RULES, KERNELS, run=forked)
    assert len(one) > 100
    assert repr(one) == repr(other)


def test_parts_come_back_in_their_order_from_other_processes() -> None:
    found = forked(lambda n: (n * n, os.getpid()), range(5))
    assert [square for square, _ in found] == [0, 1, 4, 9, 16]
    assert len({process for _, process in found} - {os.getpid()}) == 2
    assert forked(str, [7]) == ["7"]
    assert forked(str, []) == []


def test_an_error_of_a_part_is_raised_and_no_process_is_left() -> None:
    def broken(n: int) -> int:
        if n == 3:
            raise ValueError("part 3")
        return n

    with pytest.raises(ValueError, match="part 3"):
        forked(broken, range(4))
    assert multiprocessing.active_children() == []


def test_a_process_that_is_killed_is_an_error() -> None:
    def killed(n: int) -> int:
        if n == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return n

    with pytest.raises(PartError):
        forked(killed, range(4))
    assert multiprocessing.active_children() == []


ORPHANS = """
import os, sys, time
from pathlib import Path
from services.analysis.research.quality.forked import forked

def part(n):
    os.write(1, b"%d\\n" % os.getpid())
    while not Path(sys.argv[1]).exists():
        time.sleep(0.01)
    return bytes(1_000_000)

forked(part, range(2))
"""


def test_processes_end_after_their_parent_was_killed(tmp_path: Path) -> None:
    """What they send is more than a pipe holds."""
    gate = tmp_path / "gate"
    with subprocess.Popen([sys.executable, "-c", ORPHANS, str(gate)], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        try:
            assert parent.stdout is not None
            children = [int(parent.stdout.readline()) for _ in range(2)]
        finally:
            parent.kill()
    gate.touch()
    _gone, left = psutil.wait_procs([psutil.Process(each) for each in children], 60)
    assert not [each for each in left if each.status() != psutil.STATUS_ZOMBIE]


def test_resamples_are_those_of_wider_numbers() -> None:
    """Half the memory; the records that are stored stay those of the numbers that were drawn before."""
    blocks = BlockSums(np.zeros((1, 1831)), 10, np.ones(1), np.ones(1))
    found = _starts(blocks, np.random.default_rng(3), 250)
    assert np.array_equal(found, np.random.default_rng(3).integers(0, 1831, (250, 184)))

"""q-values are those of scipy, to the last bit: records of signals that are stored stay as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from services.analysis.research.quality.false_discovery import q_values


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_q_values_are_those_of_scipy(found: list[float]) -> None:
    p = np.array(found)
    assert q_values(p).tobytes() == false_discovery_control(p).tobytes()


@pytest.mark.parametrize(("p", "q"), [([0.01, 0.04, 0.03], [0.03, 0.04, 0.04]), ([1.0, 0.5], [1.0, 1.0]), ([0.2, 0.2], [0.2, 0.2])])
def test_known_cases(p: list[float], q: list[float]) -> None:
    assert q_values(np.array(p)).tolist() == pytest.approx(q)

"""The first principal components of embeddings of headlines (Jolliffe, 2002, "Principal Component Analysis", chapter 2).

They were fitted on the headlines that this project wrote as a sample (``python -m tests.research.datasets.fit_components``), so no
row of a data set depends on stories that came later.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

COMPONENTS: Final = 8
FILE: Final = Path(__file__).with_name("embedding_components.json")


class ComponentsFile(msgspec.Struct, frozen=True):
    """The content of the file."""

    model: str
    """What made the embeddings."""
    middle: tuple[float, ...]
    """Their mean, 384 numbers."""
    components: tuple[tuple[float, ...], ...]
    """Unit vectors, that of the greatest variance first."""


@cache
def _basis() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found = msgspec.json.decode(FILE.read_bytes(), type=ComponentsFile)
    return np.array(found.middle), np.array(found.components)


def components(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """The components of embeddings of shape (n, 384): (n, 8); NaN where there is none."""
    middle, basis = _basis()
    return np.asarray((vectors - middle) @ basis.T)

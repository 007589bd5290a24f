"""Titles with nearly the same letters, by MinHash (package datasketch) and locality-sensitive hashing.

The bands are compared over arrays of signatures: the hash tables of ``datasketch.MinHashLSH`` take 4 KB and 0.1 ms for each title,
which is 400 MB and a slow restart with 100,000.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

PERMUTATIONS: Final = 32
BANDS: Final = 8
"""Of four values each: titles with a Jaccard index of 0.7 share one with a probability of 0.89, with 0.4 of 0.19."""
WORDS: Final = PERMUTATIONS // 2
"""64-bit words of a signature, two of each band."""
SCHEME: Final = "affine32"
GROUP: Final = 4
"""Characters of a group."""
_PERMUTATIONS: Final = MinHash(num_perm=PERMUTATIONS, scheme=SCHEME).permutations


def signature(spaced: str) -> NDArray[np.uint32]:
    """The MinHash of the groups of four characters of words, as ``wording.words`` gives them, shape (32,)."""
    found = MinHash(num_perm=PERMUTATIONS, scheme=SCHEME, permutations=_PERMUTATIONS)
    found.update_batch({spaced[n : n + GROUP].encode(errors="replace") for n in range(max(1, len(spaced) - GROUP + 1))})
    values: NDArray[np.uint32] = found.hashvalues
    return values


def jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """The estimated Jaccard index of what two signatures are of.

    >>> jaccard(signature(" stocks end higher "), signature(" stocks end higher "))
    1.0
    """
    return float(np.mean(one == other))


def sharing_a_band(packed: NDArray[np.uint64], signed: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Which of n signatures share a band with ``signed``: their places, each once.

    ``packed``: shape (16, n), the words of the signatures as columns: ``signature(...).view(np.uint64)``.
    """
    mine = signed.view(np.uint64)
    found = []
    for first in range(0, WORDS, 2):
        half = np.flatnonzero(packed[first] == mine[first])
        found.append(half[packed[first + 1, half] == mine[first + 1]])
    return np.unique(np.concatenate(found))


def jaccards(packed: NDArray[np.uint64], places: NDArray[np.intp], signed: NDArray[np.uint32]) -> NDArray[np.float64]:
    """The estimated Jaccard index with each of the signatures at these places, shape (k,)."""
    chosen = np.ascontiguousarray(packed[:, places].T).view(np.uint32)
    return np.asarray((chosen == signed).mean(axis=1))

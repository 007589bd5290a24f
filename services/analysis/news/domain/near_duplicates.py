"""Titles with nearly the same letters, found by MinHash and locality-sensitive hashing (package datasketch)."""

from __future__ import annotations

from itertools import islice
from typing import Final

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray

PERMUTATIONS: Final = 32
BANDS: Final = (8, 4)
"""Bands and rows of a band: titles with a Jaccard index of 0.7 are found with a probability of 0.89, with 0.4 of 0.19."""
SCHEME: Final = "affine32"
GROUP: Final = 4
"""Characters of a group."""
MOST: Final = 64
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


class NearDuplicates:
    """The signatures of titles by number."""

    def __init__(self) -> None:
        self._found = MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)

    def add(self, number: int, signed: NDArray[np.uint32]) -> None:
        """Add a title; its number is not in use."""
        self._found.insert(number, _min_hash(signed), check_duplication=False)

    def remove(self, number: int) -> None:
        """Remove a title."""
        self._found.remove(number)

    def near(self, signed: NDArray[np.uint32]) -> list[int]:
        """The numbers of at most 64 titles that are probably nearly the same: thousands may have one template."""
        return list(islice(self._found.query(_min_hash(signed)), MOST))


def _min_hash(signed: NDArray[np.uint32]) -> MinHash:
    return MinHash(num_perm=PERMUTATIONS, hashvalues=signed, permutations=_PERMUTATIONS, scheme=SCHEME)

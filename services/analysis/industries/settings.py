"""Settings of ``analysis industries``, read from the environment."""

from __future__ import annotations

from pydantic import Field

from shared.settings import MeshSettings


class IndustriesSettings(MeshSettings):
    """Settings of ``python -m services.analysis industries``."""

    probe_port: int = Field(default=9104, ge=0, le=65535)
    """Port for the probes."""
    industries_group: str = "analysis-industries"
    """Consumer group of which each process is a member, so that the broker knows that it runs; every process reads all messages."""
    industries_seconds: float = Field(default=5.0, gt=0)
    """Shortest time between two publications of a view; an unchanged view is not published."""
    roster_seconds: float = Field(default=30.0, gt=0)
    """How often instruments, industries and markets are read again."""
    industries_tail: int = Field(default=10_000, ge=0)
    """Bars and signals read back per partition at the start: more than analysis live can have published before they are stored."""

"""What ingest is told by its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from shared.settings import MeshSettings

HERE = Path(__file__).parent


class Settings(MeshSettings):
    """Settings of ingest, by environment variable without a prefix."""

    probe_port: int = Field(default=9101, ge=0, le=65535)
    """Port for the probes."""
    source: Literal["replay", "yahoo"] = "replay"
    """Where prices come from: ``replay`` plays a tape, ``yahoo`` is live."""
    universe: Path = HERE / "universe.jsonl"
    """File of instruments and industries, one JSON object a line."""
    tapes: Path = HERE / "tapes"
    """Folder of the tapes."""
    tape: str = Field(default="demo", pattern=r"^[a-z0-9-]{1,40}$")
    """Name of the tape that ``replay`` plays."""
    speed: Literal["tape", "max"] | float = "tape"
    """Seconds of event time a second; ``tape`` takes the tape's own, ``max`` or 0 plays as fast as the broker acknowledges."""
    longest_pause: float = Field(default=0.5, ge=0)
    """Seconds: times in which nothing happens on the tape (nights, weekends) are cut to this."""
    beat_seconds: float = Field(default=5.0, gt=0)
    """Live sources: how often the passing of event time is told while an exchange is open."""
    beat_lag: float = Field(default=5.0, ge=0)
    """Live sources: seconds by which heartbeats lag behind the clock, so that ticks on their way come before them."""

"""What ingest is told by its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

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
    calendar_corrections: Path | None = None
    """File of corrections of exchange calendars (docs/calendars.md), after those of the project. The same one for ingest and
    analysis."""
    tapes: Path = HERE / "tapes"
    """Folder of the tapes."""
    tape: str = Field(default="demo", pattern=r"^[a-z0-9-]{1,40}$")
    """Name of the tape that ``replay`` plays."""
    speed: Literal["tape", "max"] | Annotated[float, Field(ge=0, allow_inf_nan=False)] = "tape"
    """Seconds of event time a second; ``tape`` takes the tape's own, ``max`` or 0 plays as fast as the broker acknowledges."""
    longest_pause: float = Field(default=2.0, ge=0)
    """Seconds: times in which nothing happens on the tape (nights, weekends) are cut to this."""
    beat_seconds: float = Field(default=5.0, gt=0)
    """Live sources: how often the passing of event time is told while an exchange is open."""
    beat_lag: float = Field(default=5.0, ge=0)
    """Live sources: seconds by which heartbeats lag behind the clock, so that ticks on their way come before them."""
    feed_stale_seconds: float = Field(default=300.0, gt=0)
    """Live sources: an exchange whose session is open and of which no tick has come for this long is a stale feed, and is told."""
    yahoo_stream_url: str = "wss://streamer.finance.yahoo.com/?version=2"
    """Yahoo's streaming WebSocket."""
    yahoo_origin: str = ""
    """Scheme, host and port that stand in for all of Yahoo's HTTP hosts (a proxy of one's own); empty for Yahoo itself."""
    yahoo_threads: int = Field(default=6, ge=2, le=8)
    """Threads that ask Yahoo over HTTP."""
    yahoo_per_minute: float = Field(default=60.0, gt=0)
    """Most HTTP questions a minute, polled prices and history together; Yahoo blocks who asks much more."""
    yahoo_timeout_seconds: float = Field(default=12.0, gt=0)
    """How long one HTTP question may take, cookies and crumbs included."""
    yahoo_poll_seconds: float = Field(default=60.0, gt=0)
    """How often a polled symbol is asked for; longer where ``yahoo_per_minute`` does not allow that for all of them."""
    yahoo_subscribe_seconds: float = Field(default=15.0, gt=0)
    """How often the stream is told again what it is to send."""
    yahoo_stale_seconds: float = Field(default=120.0, gt=0)
    """A symbol of an open market that the stream has not told of for this long is polled."""
    yahoo_silent_seconds: float = Field(default=30.0, gt=0)
    """When the stream has told of nothing at all for this long, everything is polled and the stream is connected anew."""

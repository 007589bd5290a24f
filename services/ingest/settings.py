"""Settings of ingest, read from its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from shared.settings import MeshSettings

HERE = Path(__file__).parent


class IngestSettings(MeshSettings):
    """Settings of ingest, by environment variable without a prefix."""

    probe_port: int = Field(default=9101, ge=0, le=65535)
    """Port for the probes."""
    source: Literal["replay", "yahoo"] = "replay"
    """Where prices come from: ``replay`` plays a tape, ``yahoo`` is live."""
    universe: Path = HERE / "universe.jsonl"
    """File of instruments and industries, one JSON object a line."""
    calendar_corrections: Path | None = None
    """File of calendar corrections (docs/calendars.md), applied after those of the project. Use the same file for ingest and
    analysis."""
    tapes: Path = HERE / "tapes"
    """Folder of the tapes."""
    tape: str = Field(default="demo", pattern=r"^[a-z0-9-]{1,40}$")
    """Name of the tape that ``replay`` plays."""
    speed: Literal["tape", "max"] | Annotated[float, Field(ge=0, allow_inf_nan=False)] = "tape"
    """Seconds of event time per second; ``tape`` uses the tape's own speed, ``max`` or 0 plays as fast as the broker
    acknowledges."""
    longest_pause: float = Field(default=2.0, ge=0)
    """Seconds: times without events on the tape (nights, weekends) are shortened to this."""
    beat_seconds: float = Field(default=5.0, gt=0)
    """Live sources: seconds between heartbeats while an exchange is open."""
    beat_lag: float = Field(default=5.0, ge=0)
    """Live sources: seconds by which heartbeats lag behind the clock, so that delayed ticks are published before them."""
    feed_stale_seconds: float = Field(default=300.0, gt=0)
    """Live sources: an open exchange without a tick for this many seconds is reported as a stale feed."""
    yahoo_stream_url: str = "wss://streamer.finance.yahoo.com/?version=2"
    """Yahoo's streaming WebSocket."""
    yahoo_origin: str = ""
    """Scheme, host and port that replace all of Yahoo's HTTP hosts (for example a proxy); empty for Yahoo itself."""
    yahoo_threads: int = Field(default=6, ge=2, le=8)
    """Threads for HTTP requests to Yahoo."""
    yahoo_per_minute: float = Field(default=60.0, gt=0)
    """Maximum HTTP requests per minute, polled prices and history together; Yahoo blocks clients that send many more."""
    yahoo_timeout_seconds: float = Field(default=12.0, gt=0)
    """Seconds that one HTTP request may take, including cookies and crumbs."""
    yahoo_poll_seconds: float = Field(default=60.0, gt=0)
    """Seconds between polls of one symbol; longer if ``yahoo_per_minute`` does not allow that for all polled symbols."""
    yahoo_subscribe_seconds: float = Field(default=15.0, gt=0)
    """Seconds between subscriptions: the stream is subscribed again at this interval."""
    yahoo_stale_seconds: float = Field(default=120.0, gt=0)
    """A symbol of an open market without a streamed price for this many seconds is polled."""
    yahoo_silent_seconds: float = Field(default=30.0, gt=0)
    """If no price at all is streamed for this many seconds, all symbols are polled and the stream is reconnected."""
    news: bool = True
    """Whether to publish news: that of the feeds with a live source, that of the tape with ``replay``."""
    news_feeds: Path = HERE / "feeds.jsonl"
    """File of news feeds, one JSON object a line (docs/news.md)."""
    news_contact: str = Field(default="", max_length=200, pattern=r"^[!-~]*$")
    """E-mail or web address for the User-Agent. Feeds whose publisher refuses clients without one are not read without it."""
    news_bodies: bool = False
    """Whether to read the text of articles' pages, of feeds whose line allows it and where robots.txt allows it."""
    news_allow_private: bool = False
    """Whether news feeds may be on this machine or in its networks; otherwise such addresses are refused."""
    news_gap_seconds: float = Field(default=2.0, ge=0)
    """Seconds between two requests to one host of news feeds."""

"""Yahoo's doors: the streaming WebSocket, the polled quote, the history of bars.

Here belongs what talks to Yahoo. What its answers mean, and what to do about them, is decided in ``services.ingest.domain``.
"""

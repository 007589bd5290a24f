"""Yahoo's interfaces: the streaming WebSocket, polled prices and charts of history.

This package sends requests to Yahoo. How its responses are interpreted is decided in ``services.ingest.domain``.
"""

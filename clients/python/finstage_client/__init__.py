"""Typed asyncio client of the Finstage API.

``Client`` has a method for each operation, made from the API's document; ``Stream`` is the WebSocket, which connects again, resumes
and leaves out what it has delivered.
"""

from finstage_client.client import Client, ProblemError
from finstage_client.stream import Message, Stream, StreamError

__all__ = ["Client", "Message", "ProblemError", "Stream", "StreamError"]

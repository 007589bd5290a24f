"""Child processes that answer requests and are killed when they do not: for code that may hang, crash or block the event loop."""

from shared.children.loop import serve
from shared.children.pool import ChildPool
from shared.children.process import ChildError, ChildProcess

__all__ = ["ChildError", "ChildPool", "ChildProcess", "serve"]

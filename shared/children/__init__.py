"""Child processes that answer requests and are killed when they do not: for code that may hang, crash or block the event loop.

``pool`` and ``process`` are for the parent, ``loop`` for the child, which imports nothing else of it: no event loop.
"""

"""The gateway: REST, WebSocket, server-sent events and the page, for people and programs outside the mesh.

It reads topics and tables. It writes keys, its audit log, and the watchlists, alerts and choices of the
owners of keys, in the rows of the bot. What decides about markets must never be here.
"""

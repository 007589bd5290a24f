"""The gateway: REST, WebSocket, server-sent events and the page, for people and programs outside the mesh.

It reads topics and tables and writes neither. What decides about markets must never be here.
"""

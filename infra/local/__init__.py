"""The whole mesh on one machine: fetches and builds what it needs, then runs broker and services under one supervisor.

``environment.py`` runs before anything is installed, so it imports only the standard library.
"""

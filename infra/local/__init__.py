"""The whole mesh on one machine: what it needs is fetched and built, then broker and services run under one supervisor.

``environment.py`` is the one file here that runs before anything is installed: it knows only the standard library.
"""

"""Translates a story's title and summary to Korean: a cache, then one translator after the other until an answer passes the checks.

``masking``, ``amounts``, ``particles`` and ``checks`` are pure; each other module reaches one thing outside: a table, a process, a
service.
"""

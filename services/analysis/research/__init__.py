"""Answers research jobs: evaluates conditions over stored history (role ``research``)."""

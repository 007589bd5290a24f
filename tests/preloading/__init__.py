"""Processes of the services that start by a fork of one that has loaded what they import: 0.2 s of CPU instead of 3 to 6.

They are processes like any other: they have an environment, a log, signals and an exit code of their own, and can be killed.
"""

"""Processes of the services that start by a fork of one that has loaded what they import, which takes seconds of CPU.

They are processes like any other: they have an environment, a log, signals and an exit code of their own, and can be killed.
"""

"""Briefings: what a market did, computed from stored bars, signals and stories.

Texts and pictures of them are here too. Reading a table, a clock or a calendar library must never be here.
"""

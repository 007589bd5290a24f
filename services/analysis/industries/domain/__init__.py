"""Measures of groups of instruments: breadth, moves, leaders, relative strength. Plain numpy, without the kernels.

Functions of arrays take whole aligned histories: ``days`` of shape (T,), ``closes`` of shape (T, M), NaN where a member did not
trade. The live view calls the same functions on the newest rows.
"""

"""Groups of instruments, seen as one: breadth, moves, leaders, relative strength. Plain numpy: nothing here needs the kernels.

What takes arrays takes whole aligned histories: ``days`` of shape (T,), ``closes`` of shape (T, M), NaN where a member did not
trade. The live view calls the same functions on the newest rows.
"""

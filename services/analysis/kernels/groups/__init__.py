"""Groups of instruments and their measures: members, breadth, moves, relative strength. Plain numpy.

Functions of arrays take whole aligned histories: ``days`` of shape (T,), ``closes`` of shape (T, M), NaN where a member did not
trade. The live view of an industry calls them on its newest rows, conditions on all rows.
"""

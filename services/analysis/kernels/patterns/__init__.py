"""Chart patterns: one file a family, a pure function of closed bars, the same code live and in history.

Bars become pivots (``zigzag.py``), pivots become drafts of patterns (the families), drafts live until they break out, fail or reach
their target (``life.py``). All lengths are multiples of the average true range and all geometry is linear in price, so a series
times a power of two gives the same patterns bit by bit, and a series turned upside down (p -> -p) gives each pattern's mirror
image: a family is written once, for one orientation, on ``s * price`` with s = +1 or -1. The literal list is ``table.py``. Nothing
here knows a symbol, a clock or the bars to come.
"""

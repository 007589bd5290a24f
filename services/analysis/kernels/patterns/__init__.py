"""Chart patterns: one file per family, pure functions of closed bars, the same code live and in history.

``zigzag.py`` finds pivots, the families find drafts of patterns in them, and ``lifecycle.py`` follows a pattern until it breaks
out, fails or reaches its target. All lengths are multiples of the average true range and all geometry is linear in price, so a
series times a power of two gives the same patterns bit by bit, and a series turned upside down (p -> -p) gives each pattern's
mirror image: a family is written once, for one orientation, on ``s * price`` with s = +1 or -1. ``table.py`` lists them. Nothing
here depends on a symbol, a clock or later bars.
"""

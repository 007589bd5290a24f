"""One file an indicator: a pure scalar step over closed bars that looks back only, and the ``KIND`` that describes it.

The literal list is ``table.py``; exact formulas, seeding and warm-up are in ``docs/signals.md``. Nothing here loops over a whole
series, keeps state of its own, or knows a symbol: the loops are generated from the table (``domain/loops.py``).
"""

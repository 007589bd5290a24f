"""One file a rule (or a rule and its mirror image): a pure step on the values before, the values now and the closed bar.

A step answers +1 (up), -1 (down) or 0 (nothing) and remembers nothing. The literal list is ``table.py``; exact conditions are in
``docs/signals.md``.
"""

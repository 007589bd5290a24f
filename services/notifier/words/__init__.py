"""The words of the notifier: the catalogue in ``shared/words`` and Korean particles.

Pure. No sentence of a language belongs in code.
"""

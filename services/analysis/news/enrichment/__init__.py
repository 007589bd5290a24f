"""What a story says: its language, instruments, industries, category and summary, each with the reason. Pure: no I/O, no clock.

The words are data: ``names.jsonl`` (names of instruments and what is mistaken for them), ``topics.jsonl`` (words of industries),
``cues.jsonl`` (words of categories) and ``category_weights.json`` (fitted to labelled headlines).
"""

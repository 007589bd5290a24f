"""Data sets for machine learning: features that were known at each bar, labels of what followed, and the files of both.

Features and labels are computed apart: no function of a feature is given a label. No Kafka, no database, no clock.
"""

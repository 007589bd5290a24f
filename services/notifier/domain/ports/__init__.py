"""Protocols of the outside that handlers use, by subject. Adapters satisfy them structurally.

Nothing here does anything: what a protocol promises is proved by the tests of its adapter.
"""

"""Tests of the mesh with real parts: real Kafka, real databases, a real browser.

Stand-ins exist only for what is outside (Yahoo, feeds, Telegram), speak the real protocol on a real socket and live beside the
tests that use them.
"""

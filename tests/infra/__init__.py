"""Tests of the broker, its topics and the local stack."""

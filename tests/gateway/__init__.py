"""Tests of the gateway: on real sockets, and a real browser for the page."""

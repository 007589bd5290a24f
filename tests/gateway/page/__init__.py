"""Tests of the page, in a real Chromium where it is about what a reader sees."""

"""Finds every regular expression of the project, and has each judged by recheck (https://makenowjust-labs.github.io/recheck/)."""

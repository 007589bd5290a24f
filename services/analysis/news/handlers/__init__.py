"""Handlers of the role news: they take articles, store stories, publish them, and fill in reactions."""

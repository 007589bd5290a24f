"""Conditions are parsed in processes of their own: no text that somebody sends can hold up the event loop."""

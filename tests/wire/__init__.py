"""Sample bytes of every event and version: they must decode for ever."""

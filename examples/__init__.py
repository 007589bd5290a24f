"""Programs to read and copy: each uses what Finstage offers to others, and nothing else of it."""

"""Pure: what an article says, which articles are one story, and how a story grows."""

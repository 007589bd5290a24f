"""News feeds without any I/O: which exist, what an entry means, when a feed is read again."""

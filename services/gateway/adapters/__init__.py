"""One module per outside thing: the topics, the tables."""

"""The tables, the embedding process and the command line of the role news."""

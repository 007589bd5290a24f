"""A stand-in for Yahoo, speaking its protocols on real sockets, and the captured bodies that it serves."""

"""What the gateway knows without any I/O: views, queries, live series, subscriptions. No clock, no sockets, no logging."""

"""Chart pictures by matplotlib, drawn in a process of their own that can be killed. What a chart shows is decided in the domain."""

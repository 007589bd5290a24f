"""Chart pictures by matplotlib, drawn in a child process that can be killed. The domain decides what a chart shows."""

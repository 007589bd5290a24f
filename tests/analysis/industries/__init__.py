"""Industries and markets as a whole."""

"""HTTP and WebSocket: a handler gathers, calls what is pure, answers. Routes stand in one table, ``routes.ROUTES``."""

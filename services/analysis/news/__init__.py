"""Makes stories of articles (role ``news``): merges what is about one event, enriches, stores and publishes it."""

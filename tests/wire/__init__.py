"""Sample bytes of every event and version: every version must stay decodable."""

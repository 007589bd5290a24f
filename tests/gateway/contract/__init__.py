"""The OpenAPI document is what the gateway does, and v1 of it never takes anything away."""

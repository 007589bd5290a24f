"""Handlers of the notifier: gather inputs, call the domain, apply the result. They reach the outside through ports only."""

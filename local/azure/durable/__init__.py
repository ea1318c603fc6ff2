"""Durable Functions: a task hub on durabletask's in-memory backend, and the pump from it to an app."""

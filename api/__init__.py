"""The HTTP API: one FastAPI application, one router a task."""

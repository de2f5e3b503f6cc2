"""One router a task."""

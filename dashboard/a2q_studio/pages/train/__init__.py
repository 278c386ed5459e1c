"""Train: settings, start, and the queue."""

"""The pages, each a room with its widgets, charts and words."""

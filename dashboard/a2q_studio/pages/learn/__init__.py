"""The Learn page: its frame, and one module for each step's interactive part."""

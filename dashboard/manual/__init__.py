"""What Help says, as data."""

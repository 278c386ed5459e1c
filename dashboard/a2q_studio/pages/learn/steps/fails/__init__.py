"""Step 7: where the intuition fails."""

"""Step 6: what group means hide."""

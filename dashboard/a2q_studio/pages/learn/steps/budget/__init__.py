"""Step 4: share out a budget of bits."""

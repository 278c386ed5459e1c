"""Step 5: bits as they are learned."""
